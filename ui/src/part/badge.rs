//! Badges. The colour is never alone: each tone has its own mark and the text says it.

use api::alarm::AlarmState;
use api::log::Severity;
use api::trace::Class;
use leptos::prelude::*;

/// The colour of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tone {
    /// Green.
    Ok,
    /// Yellow.
    Error,
    /// Purple.
    Throttle,
    /// Red.
    Fault,
    /// Grey.
    #[default]
    Quiet,
}

impl Tone {
    /// Its class in the style sheet.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Throttle => "throttle",
            Self::Fault => "fault",
            Self::Quiet => "quiet",
        }
    }
}

impl From<Class> for Tone {
    fn from(class: Class) -> Self {
        match class {
            Class::Ok => Self::Ok,
            Class::Error => Self::Error,
            Class::Throttle => Self::Throttle,
            Class::Fault => Self::Fault,
        }
    }
}

impl From<AlarmState> for Tone {
    fn from(state: AlarmState) -> Self {
        match state {
            AlarmState::Ok => Self::Ok,
            AlarmState::Alarm => Self::Fault,
            AlarmState::InsufficientData => Self::Quiet,
        }
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Fatal | Severity::Error => Self::Fault,
            Severity::Warn => Self::Error,
            Severity::Info | Severity::Debug | Severity::Trace => Self::Quiet,
        }
    }
}

/// `ok`, `error`, `throttle`, `fault`: as the API writes it and as the style sheet names it.
pub(crate) fn class_name(class: Class) -> &'static str {
    Tone::from(class).as_str()
}

/// A text in a tone.
#[component]
pub(crate) fn Badge(
    #[prop(into)] text: String,
    #[prop(optional)] tone: Tone,
    /// Without a background: for tables.
    #[prop(optional)]
    bare: bool,
    #[prop(optional, into)] testid: Option<String>,
) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.as_str()) class:bare=bare data-testid=testid>{text}</span> }
}

/// How a request went.
#[component]
pub(crate) fn ClassBadge(class: Class, #[prop(optional)] bare: bool) -> impl IntoView {
    let text = match class {
        Class::Ok => "OK",
        Class::Error => "Error",
        Class::Throttle => "Throttle",
        Class::Fault => "Fault",
    };
    view! { <Badge text tone=Tone::from(class) bare testid="class" /> }
}

/// Where an alarm stands, in CloudWatch's words.
#[component]
pub(crate) fn AlarmBadge(state: AlarmState) -> impl IntoView {
    let text = match state {
        AlarmState::Ok => "OK",
        AlarmState::Alarm => "In alarm",
        AlarmState::InsufficientData => "Insufficient data",
    };
    view! { <Badge text tone=Tone::from(state) testid="alarm-state" /> }
}

/// The severity of a log record; a dash where it has none.
#[component]
pub(crate) fn SeverityBadge(number: u8, #[prop(optional)] bare: bool) -> impl IntoView {
    let severity = Severity::from_number(number);
    let text = severity.map_or("–", Severity::as_str);
    view! { <Badge text tone=severity.map(Tone::from).unwrap_or_default() bare testid="severity" /> }
}
