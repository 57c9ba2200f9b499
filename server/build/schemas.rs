//! JSON schemas of serde types, read from their source: names, types, documentation, and the serde attributes that
//! the crate `api` uses. An attribute or type it does not know ends the build, so the description cannot drift.

use std::error::Error;
use std::path::Path;

use serde_json::{Map, Value, json};
use syn::{Attribute, Expr, Field, Fields, GenericArgument, Item, Lit, Meta, PathArguments, Type};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The schemas of every public type of the folder's files, by name.
pub(crate) fn of_folder(folder: &Path) -> Outcome<Value> {
    let mut schemas = Map::new();
    let mut paths: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "rs")) {
        let file = syn::parse_file(&std::fs::read_to_string(path)?)?;
        for item in file.items {
            let (name, schema) = match &item {
                Item::Struct(item) if is_serde(&item.attrs) => {
                    (item.ident.to_string(), structure(&item.attrs, &item.fields)?)
                }
                Item::Enum(item) if is_serde(&item.attrs) => (item.ident.to_string(), enumeration(item)?),
                _ => continue,
            };
            schemas.insert(name, schema);
        }
    }
    // Written as text by hand-made serializers.
    schemas.insert(
        "Nanos".into(),
        json!({ "type": "string", "pattern": "^-?[0-9]+$", "description": "Nanoseconds since the Unix epoch." }),
    );
    schemas.insert(
        "Statistic".into(),
        json!({
            "type": "string",
            "pattern": "^(SampleCount|Sum|Average|Minimum|Maximum|Rate|Last|p[0-9.]+)$",
            "description": "A statistic over a period, named as CloudWatch names it.",
        }),
    );
    Ok(Value::Object(schemas))
}

fn is_serde(attributes: &[Attribute]) -> bool {
    let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    derives.into_iter().any(|attribute| {
        let mut found = false;
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident("Serialize");
            Ok(())
        });
        found
    })
}

fn structure(attributes: &[Attribute], fields: &Fields) -> Outcome<Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut flattened = Vec::new();
    for field in fields {
        let serde = Serde::of(&field.attrs)?;
        let schema = field_schema(field)?;
        if serde.flatten {
            flattened.push(schema);
            continue;
        }
        let rust_name = field.ident.as_ref().ok_or("a tuple struct needs a schema of its own")?.to_string();
        let name = serde.rename.unwrap_or(rust_name);
        if !serde.default {
            required.push(Value::String(name.clone()));
        }
        properties.insert(name, schema);
    }
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = Value::Array(required);
    }
    if !flattened.is_empty() {
        flattened.push(schema);
        schema = json!({ "allOf": flattened });
    }
    Ok(described(schema, attributes))
}

fn enumeration(item: &syn::ItemEnum) -> Outcome<Value> {
    let serde = Serde::of(&item.attrs)?;
    let case = |name: &str| serde.rename_all.as_deref().map_or_else(|| Ok(name.to_owned()), |rule| in_case(name, rule));
    let Some(tag) = &serde.tag else {
        let names =
            item.variants.iter().map(|variant| case(&variant.ident.to_string())).collect::<Outcome<Vec<_>>>()?;
        return Ok(described(json!({ "type": "string", "enum": names }), &item.attrs));
    };
    let mut variants = Vec::new();
    for variant in &item.variants {
        let content = variant.fields.iter().next().ok_or("a tagged variant without content")?;
        let name = case(&variant.ident.to_string())?;
        let tagged = json!({ "type": "object", "required": [tag], "properties": { tag: { "const": name } } });
        let both = json!({ "allOf": [tagged, type_schema(&content.ty)?] });
        variants.push(described(both, &variant.attrs));
    }
    Ok(described(json!({ "oneOf": variants }), &item.attrs))
}

fn field_schema(field: &Field) -> Outcome<Value> {
    Ok(described(type_schema(&field.ty)?, &field.attrs))
}

fn type_schema(ty: &Type) -> Outcome<Value> {
    let path = match ty {
        Type::Array(array) => return Ok(json!({ "type": "array", "items": type_schema(&array.elem)? })),
        Type::Path(path) => &path.path,
        _ => return Err("a type that is neither a path nor an array".into()),
    };
    let last = path.segments.last().ok_or("a type without a name")?;
    let inner: Vec<&Type> = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(inner) => Some(inner),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    Ok(match (last.ident.to_string().as_str(), inner.as_slice()) {
        ("String", _) => json!({ "type": "string" }),
        ("bool", _) => json!({ "type": "boolean" }),
        ("u8", _) => json!({ "type": "integer", "minimum": 0, "maximum": u8::MAX }),
        ("u32", _) => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        ("u64", _) => json!({ "type": "integer", "minimum": 0 }),
        ("i64", _) => json!({ "type": "integer" }),
        ("f64", _) => json!({ "type": "number" }),
        ("Value", _) => json!({}),
        ("Attributes", _) => json!({ "type": "object" }),
        ("Option", [inner]) => json!({ "anyOf": [type_schema(inner)?, { "type": "null" }] }),
        ("Vec", [inner]) => json!({ "type": "array", "items": type_schema(inner)? }),
        ("BTreeMap", [_, inner]) => json!({ "type": "object", "additionalProperties": type_schema(inner)? }),
        (name, []) if name.starts_with(char::is_uppercase) => json!({ "$ref": format!("#/components/schemas/{name}") }),
        (name, _) => {
            return Err(format!("type {name} has no JSON schema here: add one to server/build/schemas.rs").into());
        }
    })
}

/// What serde is told about a type, a field or a variant.
#[derive(Default)]
struct Serde {
    rename: Option<String>,
    rename_all: Option<String>,
    tag: Option<String>,
    flatten: bool,
    default: bool,
}

impl Serde {
    fn of(attributes: &[Attribute]) -> Outcome<Self> {
        let mut serde = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| {
                let text = || -> syn::Result<String> { Ok(meta.value()?.parse::<syn::LitStr>()?.value()) };
                let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                match name.as_str() {
                    "rename" => serde.rename = Some(text()?),
                    "rename_all" => serde.rename_all = Some(text()?),
                    "tag" => serde.tag = Some(text()?),
                    "flatten" => serde.flatten = true,
                    "default" => {
                        serde.default = true;
                        if meta.input.peek(syn::Token![=]) {
                            text()?;
                        }
                    }
                    "skip_serializing_if" => drop(text()?),
                    other => {
                        return Err(
                            meta.error(format!("serde attribute {other} is not known to server/build/schemas.rs"))
                        );
                    }
                }
                Ok(())
            })?;
        }
        Ok(serde)
    }
}

fn in_case(name: &str, rule: &str) -> Outcome<String> {
    let snake: String = name.char_indices().fold(String::new(), |mut text, (index, letter)| {
        if letter.is_uppercase() && index > 0 {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
        text
    });
    Ok(match rule {
        "snake_case" => snake,
        "SCREAMING_SNAKE_CASE" => snake.to_uppercase(),
        "camelCase" => name[..1].to_lowercase() + &name[1..],
        _ => return Err(format!("serde's case {rule} is not known to server/build/schemas.rs").into()),
    })
}

/// Adds the documentation. A `$ref` may stand beside it in OpenAPI 3.1.
fn described(mut schema: Value, attributes: &[Attribute]) -> Value {
    let lines =
        attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(|attribute| match &attribute
            .meta
        {
            Meta::NameValue(pair) => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value().trim().to_owned()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        });
    let text = lines.collect::<Vec<_>>().join(" ");
    if !text.is_empty() {
        schema["description"] = Value::String(text);
    }
    schema
}
