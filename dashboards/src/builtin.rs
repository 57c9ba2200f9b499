//! The boards that come with Alidade. They cannot be changed, only copied.

use crate::model::Dashboard;

/// Their ids, in the order they are listed.
pub const BUILTIN_IDS: [&str; 1] = ["serverless-overview"];

/// A built-in board, if there is one of that id.
pub fn builtin(id: &str) -> Option<Dashboard> {
    let text = text_of(id)?;
    Some(serde_json::from_str(text).expect("the built-in boards are valid: a test reads each of them"))
}

fn text_of(id: &str) -> Option<&'static str> {
    match id {
        "serverless-overview" => Some(include_str!("../builtin/serverless-overview.json")),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
