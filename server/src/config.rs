//! The settings of the process: one TOML file, environment variables over it, flags over both.
//!
//! What it promises: every key is in [`settings::SETTINGS`] and nowhere else; a key has the same spelling rules in all
//! three places; all mistakes are reported at once, each with what is accepted; without any file or variable the
//! defaults run. What it leaves out: reading files and the environment, which the caller hands in.

mod bounds;
pub(crate) mod budget;
mod field;
mod settings;
mod sources;

use std::fmt;

pub use settings::{SETTINGS, Setting};
pub use sources::Sources;

use crate::{door, listen, query_gate};

/// Everything a user may set: a struct of the parts' own configs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: listen::Config,
    /// Where people reach this server, for links in notifications; absent: the HTTP listener's address.
    pub public_url: Option<String>,
    /// What is logged, as `tracing_subscriber::EnvFilter` has it.
    pub log: String,
    /// The memory that the process may take, in bytes; shared out among the parts below.
    pub memory_limit: usize,
    /// Who may come in.
    pub door: door::Config,
    /// How many questions at once, and how long each may take.
    pub query_gate: query_gate::Config,
    /// Limits of what comes in.
    pub ingest: collector::Limits,
    /// The data directory and its limits.
    pub storage: storage::Config,
    /// Limits of questions.
    pub query: query::Config,
    /// Alarms and their webhooks.
    pub alarms: alarms::Config,
}

/// The key of [`Config::memory_limit`].
const MEMORY_LIMIT: &str = "memory_limit";

impl Default for Config {
    fn default() -> Self {
        let mut config = Self {
            listen: listen::Config::default(),
            public_url: None,
            log: "info".to_owned(),
            memory_limit: budget::default_limit(None),
            door: door::Config::default(),
            query_gate: query_gate::Config::default(),
            ingest: collector::Limits::default(),
            storage: storage::Config::new("./data"),
            query: query::Config::default(),
            alarms: alarms::Config::default(),
        };
        budget::share_out(&mut config);
        budget::give_questions_the_rest(&mut config, |_| false);
        config
    }
}

impl Config {
    /// The settings of these sources, or every mistake in them.
    pub fn read(sources: &Sources) -> Result<Self, Mistakes> {
        let mut config = Self { memory_limit: budget::default_limit(sources.machine_memory_bytes), ..Self::default() };
        let mut mistakes = Vec::new();
        let given = sources.values(&mut mistakes);
        // The others' defaults are shares of it. A mistake in it is told below, with all others.
        let limit = SETTINGS.iter().find(|setting| setting.key == MEMORY_LIMIT);
        for value in given.iter().filter(|value| value.key == MEMORY_LIMIT) {
            let _ = limit.map(|limit| (limit.field)(&mut config).set(&value.text));
        }
        budget::share_out(&mut config);
        let is_given = |key: &str| given.iter().any(|value| value.key == key);
        for value in &given {
            let Some(setting) = SETTINGS.iter().find(|setting| setting.key == value.key) else {
                mistakes.push(unknown(&value.key, &value.place));
                continue;
            };
            let field = (setting.field)(&mut config);
            let shown = if field.is_secret() { "…" } else { value.text.as_str() };
            if let Err(expected) = field.set(&value.text) {
                mistakes.push(format!("{}: {} = {shown:?}: {expected}", value.place, setting.key));
            }
        }
        budget::give_questions_the_rest(&mut config, is_given);
        mistakes.extend(bounds::mistakes(&config));
        mistakes.extend(budget::mistakes(&config, sources.machine_memory_bytes));
        if config.storage.tables_url.is_some() {
            // What is said in our own setting wins: it comes last.
            let options = &mut config.storage.tables_options.0;
            options.splice(0..0, sources.of_object_stores());
        }
        if let Err(refusal) = door::may_bind(&config.listen, &config.door) {
            mistakes.push(refusal);
        }
        let promoted = &config.storage.promoted_attributes;
        let wrong = storage::promoted::mistakes(promoted, config.storage.promoted_attributes_max);
        mistakes.extend(wrong.into_iter().map(|mistake| format!("storage.promoted_attributes: {mistake}")));
        if mistakes.is_empty() { Ok(config) } else { Err(Mistakes(mistakes)) }
    }
}

fn unknown(key: &str, place: &str) -> String {
    let nearest = SETTINGS.iter().min_by_key(|setting| distance(setting.key, key));
    match nearest.filter(|setting| distance(setting.key, key) <= 1 + key.len() / 3) {
        Some(setting) => format!("{place}: there is no key {key}; did you mean {}?", setting.key),
        None => {
            let keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
            format!("{place}: there is no key {key}; the keys are {}", keys.join(", "))
        }
    }
}

/// Levenshtein's distance: how many letters to insert, remove or replace.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub Vec<String>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        self.0.iter().try_for_each(|mistake| write!(f, "\n  - {mistake}"))?;
        f.write_str("\nevery key, its variable and its default: docs/configuration.md")
    }
}

impl std::error::Error for Mistakes {}

#[cfg(test)]
mod tests;
