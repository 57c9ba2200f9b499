//! Conditions on attributes, as chips, with a small form for the next one. Used by metrics and alarms.

use api::AttributeFilter;
use leptos::prelude::*;

use crate::client::Signal as Table;
use crate::condition;
use crate::condition_form::ConditionForm;
use crate::part::{Chip, Choice};

/// The list and the form.
#[component]
pub(crate) fn FilterList(
    #[prop(into)] filters: Signal<Vec<AttributeFilter>>,
    #[prop(into)] on_change: Callback<Vec<AttributeFilter>>,
    #[prop(into)] keys: Signal<Vec<Choice>>,
    /// Whose attributes.
    signal: Table,
) -> impl IntoView {
    let add = Callback::new(move |filter| {
        let mut all = filters.get_untracked();
        all.push(filter);
        on_change.run(all);
    });
    let chip = move |(at, filter): (usize, AttributeFilter)| {
        let remove = move || {
            let mut all = filters.get_untracked();
            if at < all.len() {
                all.remove(at);
            }
            on_change.run(all);
        };
        let words = condition::words(&filter);
        view! { <Chip remove=format!("Remove {words}") text=words raw=true on_remove=remove testid="filter" /> }
    };
    view! {
        {move || filters.get().into_iter().enumerate().map(chip).collect_view()}
        <ConditionForm table=signal keys on_add=add brief=true testid="filter" />
    }
}
