//! Data points and exemplars.

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogramDataPoint, HistogramDataPoint, NumberDataPoint, SummaryDataPoint, exemplar,
    number_data_point,
};
use serde::de::MapAccess;

use super::reader::{Field, Fields};

impl Fields for NumberDataPoint {
    const IS_ROW: bool = true;

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "attributes" => field.list("attributes", &mut self.attributes),
            "startTimeUnixNano" | "start_time_unix_nano" => {
                field.unsigned64("startTimeUnixNano", &mut self.start_time_unix_nano)
            }
            "timeUnixNano" | "time_unix_nano" => field.unsigned64("timeUnixNano", &mut self.time_unix_nano),
            "asDouble" | "as_double" => {
                field.one_of_double("asDouble", &mut self.value, number_data_point::Value::AsDouble)
            }
            "asInt" | "as_int" => field.one_of(
                "asInt",
                &mut self.value,
                |scalar| scalar.integer("a 64-bit integer"),
                number_data_point::Value::AsInt,
            ),
            "exemplars" => field.list("exemplars", &mut self.exemplars),
            "flags" => field.unsigned32("flags", &mut self.flags),
            _ => field.ignore(),
        }
    }
}

impl Fields for HistogramDataPoint {
    const IS_ROW: bool = true;

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "attributes" => field.list("attributes", &mut self.attributes),
            "startTimeUnixNano" | "start_time_unix_nano" => {
                field.unsigned64("startTimeUnixNano", &mut self.start_time_unix_nano)
            }
            "timeUnixNano" | "time_unix_nano" => field.unsigned64("timeUnixNano", &mut self.time_unix_nano),
            "count" => field.unsigned64("count", &mut self.count),
            "sum" => field.optional_double("sum", &mut self.sum),
            "bucketCounts" | "bucket_counts" => field.list_unsigned64("bucketCounts", &mut self.bucket_counts),
            "explicitBounds" | "explicit_bounds" => field.list_double("explicitBounds", &mut self.explicit_bounds),
            "exemplars" => field.list("exemplars", &mut self.exemplars),
            "flags" => field.unsigned32("flags", &mut self.flags),
            "min" => field.optional_double("min", &mut self.min),
            "max" => field.optional_double("max", &mut self.max),
            _ => field.ignore(),
        }
    }
}

impl Fields for ExponentialHistogramDataPoint {
    const IS_ROW: bool = true;

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "attributes" => field.list("attributes", &mut self.attributes),
            "startTimeUnixNano" | "start_time_unix_nano" => {
                field.unsigned64("startTimeUnixNano", &mut self.start_time_unix_nano)
            }
            "timeUnixNano" | "time_unix_nano" => field.unsigned64("timeUnixNano", &mut self.time_unix_nano),
            "count" => field.unsigned64("count", &mut self.count),
            "sum" => field.optional_double("sum", &mut self.sum),
            "scale" => field.signed32("scale", &mut self.scale),
            "zeroCount" | "zero_count" => field.unsigned64("zeroCount", &mut self.zero_count),
            "positive" => field.message("positive", &mut self.positive),
            "negative" => field.message("negative", &mut self.negative),
            "flags" => field.unsigned32("flags", &mut self.flags),
            "exemplars" => field.list("exemplars", &mut self.exemplars),
            "min" => field.optional_double("min", &mut self.min),
            "max" => field.optional_double("max", &mut self.max),
            "zeroThreshold" | "zero_threshold" => field.double("zeroThreshold", &mut self.zero_threshold),
            _ => field.ignore(),
        }
    }
}

impl Fields for Buckets {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "offset" => field.signed32("offset", &mut self.offset),
            "bucketCounts" | "bucket_counts" => field.list_unsigned64("bucketCounts", &mut self.bucket_counts),
            _ => field.ignore(),
        }
    }
}

impl Fields for SummaryDataPoint {
    const IS_ROW: bool = true;

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "attributes" => field.list("attributes", &mut self.attributes),
            "startTimeUnixNano" | "start_time_unix_nano" => {
                field.unsigned64("startTimeUnixNano", &mut self.start_time_unix_nano)
            }
            "timeUnixNano" | "time_unix_nano" => field.unsigned64("timeUnixNano", &mut self.time_unix_nano),
            "count" => field.unsigned64("count", &mut self.count),
            "sum" => field.double("sum", &mut self.sum),
            "quantileValues" | "quantile_values" => field.list("quantileValues", &mut self.quantile_values),
            "flags" => field.unsigned32("flags", &mut self.flags),
            _ => field.ignore(),
        }
    }
}

impl Fields for ValueAtQuantile {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "quantile" => field.double("quantile", &mut self.quantile),
            "value" => field.double("quantileValues.value", &mut self.value),
            _ => field.ignore(),
        }
    }
}

impl Fields for Exemplar {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "filteredAttributes" | "filtered_attributes" => {
                field.list("filteredAttributes", &mut self.filtered_attributes)
            }
            "timeUnixNano" | "time_unix_nano" => field.unsigned64("exemplars.timeUnixNano", &mut self.time_unix_nano),
            "asDouble" | "as_double" => {
                field.one_of_double("exemplars.asDouble", &mut self.value, exemplar::Value::AsDouble)
            }
            "asInt" | "as_int" => field.one_of(
                "exemplars.asInt",
                &mut self.value,
                |scalar| scalar.integer("a 64-bit integer"),
                exemplar::Value::AsInt,
            ),
            "traceId" | "trace_id" => field.id("exemplars.traceId", &mut self.trace_id),
            "spanId" | "span_id" => field.id("exemplars.spanId", &mut self.span_id),
            _ => field.ignore(),
        }
    }
}
