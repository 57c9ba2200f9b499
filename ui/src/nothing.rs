//! What stands where a search found nothing: what was looked for, and buttons that look further.

use leptos::prelude::*;

use crate::clock;
use crate::part::{Button, EmptyState, Glyph};
use crate::shell::wider;
use crate::url::use_place;

/// Services that are named before "and n more".
const SERVICES_NAMED: usize = 3;

/// What was looked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Sought {
    /// In the plural: `traces`.
    pub(crate) what: String,
    /// Only of these, if there are any.
    pub(crate) services: Vec<String>,
    /// There are other conditions.
    pub(crate) narrowed: bool,
    /// Only this environment.
    pub(crate) environment: Option<String>,
    /// What else is known, a sentence; may be empty.
    pub(crate) known: String,
    /// What to do where nothing was narrowed.
    pub(crate) first_step: &'static str,
}

impl Sought {
    fn title(&self) -> String {
        let from = match self.services.len() {
            0 => String::new(),
            1..=SERVICES_NAMED => format!(" from {}", self.services.join(", ")),
            all => format!(" from {} and {} more", self.services[..SERVICES_NAMED].join(", "), all - SERVICES_NAMED),
        };
        let why = if self.narrowed { "match the conditions" } else { "in this time range" };
        format!("No {}{from} {why}", self.what)
    }

    fn hint(&self) -> String {
        let environment = self.environment.as_ref();
        let environment = environment.map(|name| format!("Only the environment {name} is looked at."));
        let advice = match (self.narrowed, self.services.is_empty()) {
            (true, _) => "Take a condition away, or choose a longer time range.",
            (false, false) => "Look at all services, or choose a longer time range.",
            (false, true) => self.first_step,
        };
        let parts = [self.known.as_str(), environment.as_deref().unwrap_or_default(), advice];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Parameters of the URL that are taken away.
type Without = &'static [&'static str];

/// The state, with a button for each thing that may be taken away.
#[component]
pub(crate) fn Nothing(
    sought: Sought,
    /// The parameters that choose services.
    service: Without,
    /// The parameters of the other conditions.
    conditions: Without,
) -> impl IntoView {
    let place = use_place();
    let button = move |shown: bool, text: &'static str, without: Without, testid: &'static str| {
        let take_away = move |_| place.set(&without.iter().map(|key| (*key, None)).collect::<Vec<_>>());
        shown.then(|| view! { <Button text testid on_click=take_away /> })
    };
    let longer = untrack(|| wider(&place.range(), clock::now_unix_nano()));
    let longer = longer.map(|(range, text)| {
        view! { <Button text icon=Glyph::Clock testid="range-wider" on_click=move |_| place.set_range(range.clone()) /> }
    });
    let (title, hint) = (sought.title(), sought.hint());
    view! {
        <EmptyState title hint>
            {longer}
            {button(!sought.services.is_empty(), "All services", service, "all-services")}
            {button(sought.environment.is_some(), "All environments", &["env"], "all-environments")}
            {button(sought.narrowed, "Clear the conditions", conditions, "clear-conditions")}
        </EmptyState>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(services: &[&str], narrowed: bool) -> Sought {
        Sought {
            what: "traces".to_owned(),
            services: services.iter().map(|name| (*name).to_owned()).collect(),
            narrowed,
            first_step: "Send some.",
            ..Sought::default()
        }
    }

    #[test]
    fn the_title_names_what_was_looked_for() {
        assert_eq!(sought(&[], false).title(), "No traces in this time range");
        assert_eq!(sought(&["cart"], false).title(), "No traces from cart in this time range");
        assert_eq!(sought(&["cart"], true).title(), "No traces from cart match the conditions");
        assert_eq!(
            sought(&["a", "b", "c", "d", "e"], false).title(),
            "No traces from a, b, c and 2 more in this time range"
        );
    }

    #[test]
    fn the_hint_offers_what_is_there_to_be_taken_away() {
        assert_eq!(sought(&[], false).hint(), "Send some.");
        assert!(sought(&["cart"], false).hint().starts_with("Look at all services"));
        assert!(sought(&["cart"], true).hint().starts_with("Take a condition away"));
        let known =
            Sought { environment: Some("prod".to_owned()), known: "It comes from b.".to_owned(), ..sought(&[], false) };
        assert_eq!(known.hint(), "It comes from b. Only the environment prod is looked at. Send some.");
    }
}
