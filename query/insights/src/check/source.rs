//! `SOURCE`: how much it may name.

use crate::error::SyntaxError;
use crate::syntax::{LogGroups, Source, SourceKind, TimeBound};

/// CloudWatch's limits.
const NAME_PREFIXES_MAX: usize = 5;
const ACCOUNTS_MAX: usize = 20;
const DATA_SOURCES_MAX: usize = 10;
const CLASSES: [&str; 3] = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"];

pub(super) fn check(source: &Source, mistakes: &mut Vec<SyntaxError>) {
    let mut mistake = |message: String| mistakes.push(SyntaxError::at(source.span, message));
    for (name, bound) in [("start", &source.start), ("end", &source.end)] {
        if let Some(TimeBound::Date(text)) = bound
            && crate::function::time::read(text).is_none()
        {
            mistake(format!("`{name}=` needs a date such as \"2024-01-31 12:00:00\", not {text:?}"));
        }
    }
    let log_groups = match &source.kind {
        SourceKind::LogGroups(groups) => Some(groups),
        SourceKind::DataSource { names, log_groups } => {
            at_most("dataSource", names.len(), DATA_SOURCES_MAX, &mut mistake);
            log_groups.as_ref()
        }
        _ => None,
    };
    let Some(LogGroups { name_prefix, account_identifiers, class, .. }) = log_groups else { return };
    at_most("namePrefix", name_prefix.len(), NAME_PREFIXES_MAX, &mut mistake);
    at_most("accountIdentifiers", account_identifiers.len(), ACCOUNTS_MAX, &mut mistake);
    for name in class.iter().filter(|name| !CLASSES.contains(&name.as_str())) {
        let message = format!("there is no class {name:?}; there are {}", CLASSES.join(", "));
        mistakes.push(SyntaxError::at(source.span, message).near(name, CLASSES));
    }
}

fn at_most(what: &str, count: usize, most: usize, mistake: &mut impl FnMut(String)) {
    if count > most {
        mistake(format!("`{what}` takes at most {most} names, not {count}"));
    }
}
