//! Where values come from: the text of the file, the environment, flags. Later ones win.

use toml::Value;

/// What the caller read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Name and text of the file.
    pub file: Option<(String, String)>,
    /// The environment; only the variables of [`super::SETTINGS`] and those of object stores are looked at.
    pub environment: Vec<(String, String)>,
    /// What the machine or the container has, where it is known.
    pub machine_memory_bytes: Option<u64>,
    /// Flag, key and value.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// A value that was given.
pub(super) struct Given {
    pub(super) key: String,
    pub(super) text: String,
    /// Where, for messages.
    pub(super) place: String,
}

impl Sources {
    /// All values, those that win last.
    pub(super) fn values(&self, mistakes: &mut Vec<String>) -> Vec<Given> {
        let mut values = Vec::new();
        if let Some((name, text)) = &self.file {
            match text.parse::<toml::Table>() {
                Ok(table) => flatten(name, "", &table, &mut values, mistakes),
                Err(error) => mistakes.push(format!("{name}: not TOML: {}", error.to_string().trim_end())),
            }
        }
        for setting in super::SETTINGS {
            let variable = setting.variable();
            // An empty variable is an unset one: that is how compose files and unit files unset.
            let given = self.environment.iter().find(|(name, value)| *name == variable && !value.is_empty());
            if let Some((_, value)) = given {
                values.push(Given { key: setting.key.to_owned(), text: value.clone(), place: variable });
            }
        }
        for (flag, key, value) in &self.flags {
            values.push(Given { key: (*key).to_owned(), text: value.clone(), place: (*flag).to_owned() });
        }
        values
    }

    /// The variables by which the clients of object stores are told endpoints, regions and credentials everywhere.
    pub(super) fn of_object_stores(&self) -> Vec<(String, String)> {
        let is_theirs = |name: &str| ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|theirs| name.starts_with(theirs));
        let given = self.environment.iter().filter(|(name, value)| is_theirs(name) && !value.is_empty());
        given.map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect()
    }

    /// Variables that look like ours and are not. Reported, not refused: Kubernetes sets `ALIDADE_PORT` and the like
    /// for a service of that name.
    pub fn unknown_variables(&self) -> Vec<&str> {
        let ours = |name: &str| {
            NOT_SETTINGS.contains(&name) || super::SETTINGS.iter().any(|setting| setting.variable() == name)
        };
        let names = self.environment.iter().map(|(name, _)| name.as_str());
        names.filter(|name| name.starts_with("ALIDADE_") && !ours(name)).collect()
    }
}

/// Variables of ours that are read elsewhere.
const NOT_SETTINGS: [&str; 3] = ["ALIDADE_CONFIG", "ALIDADE_ENDPOINT", "ALIDADE_TOKEN"];

fn flatten(file: &str, prefix: &str, table: &toml::Table, values: &mut Vec<Given>, mistakes: &mut Vec<String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let text = match value {
            Value::Table(inner) => {
                flatten(file, &key, inner, values, mistakes);
                continue;
            }
            Value::String(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Boolean(switch) => switch.to_string(),
            Value::Datetime(_) | Value::Array(_) => {
                mistakes.push(format!("{file}: {key} must be a string, a number, true or false"));
                continue;
            }
        };
        values.push(Given { key, text, place: file.to_owned() });
    }
}
