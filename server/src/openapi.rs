//! The description of the HTTP API: OpenAPI 3.1.
//!
//! Routes stand in [`ROUTES`], which a test compares with what the server answers. Schemas come from the source of the
//! crate `api` (see build/schemas.rs), so they are what serde reads and writes.

use std::sync::OnceLock;

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

mod body;
mod table;

pub(crate) use body::mistakes;
pub(crate) use table::{Content, ROUTES, Route};

const SCHEMAS: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas.json"));

fn schemas() -> &'static Value {
    static PARSED: OnceLock<Value> = OnceLock::new();
    PARSED.get_or_init(|| serde_json::from_str(SCHEMAS).expect("the build script wrote JSON"))
}

/// `GET /api/openapi.json`.
pub(crate) async fn serve() -> Response {
    ([(CONTENT_TYPE, "application/json")], document().to_string()).into_response()
}

/// The whole description.
pub(crate) fn document() -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
        let operations = paths.entry(route.path).or_insert_with(|| json!({}));
        operations[route.method.to_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Alidade",
            "version": crate::VERSION,
            "summary": "Traces, logs, metrics and alarms of serverless applications.",
            "description": "A time in an answer is epoch nanoseconds as a string; a time in a question is RFC 3339, epoch \
                            nanoseconds, or relative (now-1h). A failure is {\"error\": {\"kind\", \"message\"}} at every status \
                            that is not a success.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "A login's token or an API token; not asked for on loopback without auth." },
                "cookie": { "type": "apiKey", "in": "cookie", "name": "alidade_session" },
            },
        },
        "security": [{}, { "bearer": [] }, { "cookie": [] }],
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "operationId": route.operation,
        "summary": route.summary,
        "responses": {
            route.status.to_string(): response(&route.answer),
            "default": { "description": "A failure.", "content": content(&Content::Type("ApiError")) },
        },
    });
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = in_path
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    for name in route.parameters {
        let required = matches!(*name, "signal" | "search");
        parameters.push(json!({ "name": name, "in": "query", "required": required, "schema": { "type": "string" } }));
    }
    if matches!(route.method, "PUT" | "DELETE") && matches!(route.path, api::paths::ALARM | api::paths::DASHBOARD) {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "schema": { "type": "string" },
            "description": "The version the change is meant for; another one is answered 409.",
        }));
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if route.body != Content::Nothing {
        operation["requestBody"] = json!({ "required": true, "content": content(&route.body) });
    }
    operation
}

fn response(answer: &Content) -> Value {
    match answer {
        Content::Nothing => json!({ "description": "Done." }),
        _ => json!({ "description": "The answer.", "content": content(answer) }),
    }
}

fn content(content: &Content) -> Value {
    match content {
        Content::Nothing => json!({}),
        Content::Text => json!({ "text/plain": { "schema": { "type": "string" } } }),
        Content::Json => json!({ "application/json": { "schema": { "type": "object" } } }),
        Content::Type(name) => {
            json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } })
        }
        Content::Events(name) => {
            json!({ "text/event-stream": { "itemSchema": { "$ref": format!("#/components/schemas/{name}") } } })
        }
    }
}

#[cfg(test)]
mod tests;
