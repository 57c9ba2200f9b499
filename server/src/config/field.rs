//! One setting's place in the config: reads its value from text and shows it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use storage::promoted::{ColumnType, Place, PromotedAttribute};
use storage::{ServiceRetention, Signal, TablesOptions};

/// A place in the config, by the kind of its value.
pub enum Field<'config> {
    /// Free text that must not be empty.
    Text(&'config mut String),
    /// A folder.
    Path(&'config mut PathBuf),
    /// `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`.
    Address(&'config mut SocketAddr),
    /// `https://alidade.example.com`.
    Url(&'config mut Option<String>),
    /// `true`, `on`, `yes`, `1` and their opposites.
    Switch(&'config mut bool),
    /// `64MiB`, `512 KiB`, `1000`.
    Bytes(&'config mut usize),
    /// The same for sizes of files.
    FileBytes(&'config mut u64),
    /// A number of things, at least 1.
    Count(&'config mut usize),
    /// The same in 32 bits.
    SmallCount(&'config mut u32),
    /// The same in 64 bits.
    LongCount(&'config mut u64),
    /// `250ms`, `30s`, `5m`, `12h`, `30d`.
    Duration(&'config mut Duration),
    /// The same, or empty.
    DurationOrNone(&'config mut Option<Duration>),
    /// `checkout=90d, audit/logs=400d`.
    ServiceAges(&'config mut Vec<ServiceRetention>),
    /// `app.plan, cart.total=double, cell/resource`.
    Attributes(&'config mut Vec<PromotedAttribute>),
    /// `s3://bucket/prefix`.
    TablesUrl(&'config mut Option<String>),
    /// `endpoint=http://127.0.0.1:9000, region=eu-1`. Values may be secrets.
    Options(&'config mut TablesOptions),
}

const SIZES: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
const TIMES: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Field<'_> {
    /// Takes the value from text, or says what would be accepted.
    pub fn set(self, text: &str) -> Result<(), String> {
        let text = text.trim();
        match self {
            Self::Text(place) if !text.is_empty() => *place = text.to_owned(),
            Self::Path(place) if !text.is_empty() => *place = PathBuf::from(text),
            Self::Text(_) | Self::Path(_) => return Err("must not be empty".to_owned()),
            Self::Address(place) => *place = address(text)?,
            Self::Url(place) => *place = Some(url(text)?),
            Self::Switch(place) => *place = switch(text)?,
            Self::Bytes(place) => *place = size(text)?.try_into().map_err(|_| "too large for this machine")?,
            Self::FileBytes(place) => *place = size(text)?,
            Self::Count(place) => *place = count(text)?.try_into().map_err(|_| "too large for this machine")?,
            Self::SmallCount(place) => *place = count(text)?.try_into().map_err(|_| "too large")?,
            Self::LongCount(place) => *place = count(text)?,
            Self::Duration(place) => *place = duration(text)?,
            Self::DurationOrNone(place) => {
                *place = Some(text).filter(|text| !text.is_empty()).map(duration).transpose()?
            }
            Self::ServiceAges(place) => *place = service_ages(text)?,
            Self::Attributes(place) => *place = attributes(text)?,
            Self::TablesUrl(place) => {
                storage::check_tables_url(text).map_err(|error| error.to_string())?;
                *place = Some(text.to_owned());
            }
            Self::Options(place) => *place = options(text)?,
        }
        Ok(())
    }

    /// The value as it would be written in the file.
    pub fn show(self) -> String {
        match self {
            Self::Text(value) => value.clone(),
            Self::Path(value) => value.display().to_string(),
            Self::Address(value) => value.to_string(),
            Self::Url(value) => value.clone().unwrap_or_default(),
            Self::Switch(value) => value.to_string(),
            Self::Bytes(value) => show_in_units(*value as u64, &SIZES),
            Self::FileBytes(value) => show_in_units(*value, &SIZES),
            Self::Count(value) => value.to_string(),
            Self::SmallCount(value) => value.to_string(),
            Self::LongCount(value) => value.to_string(),
            Self::Duration(value) => show_duration(*value),
            Self::DurationOrNone(value) => value.map(show_duration).unwrap_or_default(),
            Self::ServiceAges(value) => value.iter().map(show_service_age).collect::<Vec<_>>().join(", "),
            Self::Attributes(value) => value.iter().map(show_attribute).collect::<Vec<_>>().join(", "),
            Self::TablesUrl(value) => value.clone().unwrap_or_default(),
            Self::Options(value) => value.0.iter().map(|(name, _)| format!("{name}=…")).collect::<Vec<_>>().join(", "),
        }
    }

    /// Whether its text must not be shown.
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Options(_))
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let numeric = numeric.as_deref().unwrap_or(text);
    numeric
        .parse()
        .map_err(|_| "must be an address and a port, such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:0".to_owned())
}

fn url(text: &str) -> Result<String, String> {
    let expected = || "must be http:// or https:// and a host, such as https://alidade.example.com".to_owned();
    let uri: http::Uri = text.parse().map_err(|_| expected())?;
    let known_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    if !known_scheme || uri.host().is_none_or(str::is_empty) || uri.query().is_some() {
        return Err(expected());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Ok(true),
        "false" | "off" | "no" | "0" => Ok(false),
        _ => Err("must be true or false (on, yes, 1; off, no, 0)".to_owned()),
    }
}

fn count(text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "must be a whole number above 0".to_owned())
}

fn size(text: &str) -> Result<u64, String> {
    in_units(text, &SIZES, Some("B"))
        .ok_or_else(|| "must be a size above 0, such as 1048576, 512KiB, 64MiB or 2GiB".to_owned())
}

fn show_duration(value: Duration) -> String {
    show_in_units(u64::try_from(value.as_millis()).unwrap_or(u64::MAX), &TIMES)
}

fn duration(text: &str) -> Result<Duration, String> {
    let milliseconds = in_units(text, &TIMES, None);
    milliseconds
        .map(Duration::from_millis)
        .ok_or_else(|| "must be a time above 0 with its unit, such as 250ms, 30s, 5m, 12h or 30d".to_owned())
}

fn service_ages(text: &str) -> Result<Vec<ServiceRetention>, String> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let expected = || format!("{entry:?} must be service=time or service/signal=time, such as audit/logs=400d");
            // A service may have any name: the signal is what stands behind the last slash, if it is one.
            let (name, age) = entry.rsplit_once('=').ok_or_else(expected)?;
            let of_signal = |part: &str| Signal::ALL.into_iter().find(|signal| signal.table() == part.trim());
            let parts = name.rsplit_once('/').and_then(|(service, part)| Some((service, of_signal(part)?)));
            let (service, signal) = parts.map_or((name, None), |(service, signal)| (service, Some(signal)));
            let (service, age) = (service.trim(), duration(age.trim()).map_err(|_| expected())?);
            if service.is_empty() {
                return Err(expected());
            }
            Ok(ServiceRetention { service: service.to_owned(), signal, age })
        })
        .collect()
}

fn options(text: &str) -> Result<TablesOptions, String> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let option = |entry: &str| {
        let (name, value) = entry.split_once('=').map(|(name, value)| (name.trim(), value.trim()))?;
        (!name.is_empty() && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    };
    let options: Option<Vec<_>> = entries.map(option).collect();
    options.map(TablesOptions).ok_or_else(|| "must be name=value, name=value, …".to_owned())
}

fn show_service_age(rule: &ServiceRetention) -> String {
    let signal = rule.signal.map(|signal| format!("/{}", signal.table())).unwrap_or_default();
    format!("{}{signal}={}", rule.service, Field::Duration(&mut rule.age.clone()).show())
}

fn attributes(text: &str) -> Result<Vec<PromotedAttribute>, String> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let expected = || {
                format!(
                    "{entry:?} must be name, name=type or name/resource=type, such as cart.total=double; the types are \
                     text, integer, double and boolean"
                )
            };
            let (name, column_type) = match entry.rsplit_once('=') {
                Some((name, of_name)) => (name, ColumnType::of_name(of_name.trim()).ok_or_else(expected)?),
                None => (entry, ColumnType::String),
            };
            // A name may have a slash: the place is what stands behind the last one, if it is one.
            let placed = name.rsplit_once('/').and_then(|(name, place)| Some((name, Place::of_name(place.trim())?)));
            let (name, place) = placed.unwrap_or((name, Place::Record));
            if name.trim().is_empty() {
                return Err(expected());
            }
            Ok(PromotedAttribute { name: name.trim().to_owned(), column_type, place })
        })
        .collect()
}

fn show_attribute(attribute: &PromotedAttribute) -> String {
    let place = if attribute.place == Place::Resource { "/resource" } else { "" };
    format!("{}{place}={}", attribute.name, attribute.column_type.name())
}

fn in_units(text: &str, units: &[(&str, u64)], default_unit: Option<&str>) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().ok()?;
    let written = text[digits..].trim();
    let unit = if written.is_empty() { default_unit? } else { written };
    let (_, factor) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    number.checked_mul(*factor).filter(|value| *value > 0)
}

fn show_in_units(value: u64, units: &[(&str, u64)]) -> String {
    let exact = units.iter().find(|(_, factor)| value.is_multiple_of(*factor));
    let (unit, factor) = exact.unwrap_or(&("", 1));
    format!("{}{unit}", value / factor)
}
