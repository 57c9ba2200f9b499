//! Attributes, values, resources and scopes.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde::de::MapAccess;

use super::reader::{Field, Fields};
use super::scalar::Scalar;

impl Fields for KeyValue {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "key" => field.text("key", &mut self.key),
            "value" => field.message("value", &mut self.value),
            _ => field.ignore(),
        }
    }
}

impl Fields for AnyValue {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        let into = &mut self.value;
        match name {
            "stringValue" | "string_value" => field.one_of("stringValue", into, Scalar::text, Value::StringValue),
            "boolValue" | "bool_value" => field.one_of("boolValue", into, |scalar| scalar.boolean(), Value::BoolValue),
            "intValue" | "int_value" => {
                field.one_of("intValue", into, |scalar| scalar.integer("a 64-bit integer"), Value::IntValue)
            }
            "doubleValue" | "double_value" => field.one_of_double("doubleValue", into, Value::DoubleValue),
            "bytesValue" | "bytes_value" => {
                field.one_of("bytesValue", into, |scalar| scalar.bytes(), Value::BytesValue)
            }
            "arrayValue" | "array_value" => field.one_of_message("arrayValue", into, Value::ArrayValue),
            "kvlistValue" | "kvlist_value" => field.one_of_message("kvlistValue", into, Value::KvlistValue),
            _ => field.ignore(),
        }
    }
}

impl Fields for ArrayValue {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "values" => field.list("values", &mut self.values),
            _ => field.ignore(),
        }
    }
}

impl Fields for KeyValueList {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "values" => field.list("values", &mut self.values),
            _ => field.ignore(),
        }
    }
}

impl Fields for Resource {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "attributes" => field.list("attributes", &mut self.attributes),
            _ => field.ignore(),
        }
    }
}

impl Fields for InstrumentationScope {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "name" => field.text("name", &mut self.name),
            "version" => field.text("version", &mut self.version),
            "attributes" => field.list("attributes", &mut self.attributes),
            _ => field.ignore(),
        }
    }
}
