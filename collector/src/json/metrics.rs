//! Metrics: what stands above the points.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, ExponentialHistogram, Gauge, Histogram, Metric, ResourceMetrics, ScopeMetrics, Sum, Summary,
};
use serde::de::MapAccess;

use super::reader::{Field, Fields};

impl Fields for ExportMetricsServiceRequest {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "resourceMetrics" | "resource_metrics" => field.list("resourceMetrics", &mut self.resource_metrics),
            _ => field.ignore(),
        }
    }
}

impl Fields for ResourceMetrics {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "resource" => field.message("resource", &mut self.resource),
            "scopeMetrics" | "scope_metrics" => field.list("scopeMetrics", &mut self.scope_metrics),
            _ => field.ignore(),
        }
    }
}

impl Fields for ScopeMetrics {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "scope" => field.message("scope", &mut self.scope),
            "metrics" => field.list("metrics", &mut self.metrics),
            _ => field.ignore(),
        }
    }
}

impl Fields for Metric {
    const IS_REFUSED_ALONE: bool = true;

    /// Its points; those that were refused by themselves are not among them.
    fn rows(&self) -> u64 {
        let points = match &self.data {
            None => 0,
            Some(Data::Gauge(gauge)) => gauge.data_points.len(),
            Some(Data::Sum(sum)) => sum.data_points.len(),
            Some(Data::Histogram(histogram)) => histogram.data_points.len(),
            Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
            Some(Data::Summary(summary)) => summary.data_points.len(),
        };
        points.max(1) as u64
    }

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        let data = &mut self.data;
        match name {
            "name" => field.text("name", &mut self.name),
            "description" => field.text("description", &mut self.description),
            "unit" => field.text("unit", &mut self.unit),
            "gauge" => field.one_of_message("gauge", data, Data::Gauge),
            "sum" => field.one_of_message("sum", data, Data::Sum),
            "histogram" => field.one_of_message("histogram", data, Data::Histogram),
            "exponentialHistogram" | "exponential_histogram" => {
                field.one_of_message("exponentialHistogram", data, Data::ExponentialHistogram)
            }
            "summary" => field.one_of_message("summary", data, Data::Summary),
            _ => field.ignore(),
        }
    }
}

impl Fields for Gauge {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "dataPoints" | "data_points" => field.list("dataPoints", &mut self.data_points),
            _ => field.ignore(),
        }
    }
}

impl Fields for Sum {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "dataPoints" | "data_points" => field.list("dataPoints", &mut self.data_points),
            "aggregationTemporality" | "aggregation_temporality" => {
                temporality(field, &mut self.aggregation_temporality)
            }
            "isMonotonic" | "is_monotonic" => field.boolean("isMonotonic", &mut self.is_monotonic),
            _ => field.ignore(),
        }
    }
}

impl Fields for Histogram {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "dataPoints" | "data_points" => field.list("dataPoints", &mut self.data_points),
            "aggregationTemporality" | "aggregation_temporality" => {
                temporality(field, &mut self.aggregation_temporality)
            }
            _ => field.ignore(),
        }
    }
}

impl Fields for ExponentialHistogram {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "dataPoints" | "data_points" => field.list("dataPoints", &mut self.data_points),
            "aggregationTemporality" | "aggregation_temporality" => {
                temporality(field, &mut self.aggregation_temporality)
            }
            _ => field.ignore(),
        }
    }
}

impl Fields for Summary {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "dataPoints" | "data_points" => field.list("dataPoints", &mut self.data_points),
            _ => field.ignore(),
        }
    }
}

fn temporality<'de, A: MapAccess<'de>>(field: Field<'_, '_, A>, into: &mut i32) -> Result<(), A::Error> {
    field.enumeration("aggregationTemporality", into, |name| {
        AggregationTemporality::from_str_name(name).map(|temporality| temporality as i32)
    })
}
