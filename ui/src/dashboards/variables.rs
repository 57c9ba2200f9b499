//! The choices above a board.

use std::collections::BTreeMap;

use ::dashboards::{Dashboard, Signal as Telemetry, Variable};
use leptos::prelude::*;

use crate::client;
use crate::load::load;
use crate::part::Select;
use crate::text;
use crate::url::use_place;

/// A list for each variable.
#[component]
pub(super) fn Variables(board: StoredValue<Dashboard>) -> impl IntoView {
    let variables = board.with_value(|board| board.variables.clone());
    let any = !variables.is_empty();
    any.then(|| view! { <div class="row wrap" data-testid="variables">{variables.into_iter().map(|variable| view! { <Choose variable /> }).collect_view()}</div> })
}

#[component]
fn Choose(variable: Variable) -> impl IntoView {
    let place = use_place();
    let signal = match variable.signal {
        Telemetry::Spans => client::Signal::Spans,
        Telemetry::Logs => client::Signal::Logs,
        Telemetry::Metrics => client::Signal::Metrics,
    };
    let attribute = variable.attribute.clone();
    let values = load(move || client::attribute_values(signal, attribute.clone(), place.range(), String::new()));
    let options = Signal::derive(move || {
        let mut options = vec![(String::new(), "All".to_owned())];
        let known: BTreeMap<String, String> = values
            .value
            .get()
            .map(|answer| {
                answer.values.iter().map(|known| (text::of_value(&known.value), text::of_value(&known.value))).collect()
            })
            .unwrap_or_default();
        options.extend(known);
        options
    });
    let key = format!("var.{}", variable.name);
    let written = key.clone();
    let default = variable.default.clone();
    let value = Signal::derive(move || place.get(&key).unwrap_or_else(|| default.clone()));
    let label = if variable.label.is_empty() { variable.name.clone() } else { variable.label.clone() };
    let testid = format!("variable-{}", variable.name);
    view! {
        <label class="row"><span class="field-name">{label.clone()}</span>
            <Select value options label auto=true testid on_change=move |text| place.set(&[(written.as_str(), Some(text))]) />
        </label>
    }
}
