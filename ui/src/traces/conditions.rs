//! Conditions on attributes: those that hold as chips, and a line that adds one, with keys and values that exist.

use api::AttributeFilter;
use leptos::prelude::*;

use super::bar::change;
use super::compare::ComparePanel;
use super::state::ListState;
use crate::client::{self, Signal as Table};
use crate::condition;
use crate::condition_form::ConditionForm;
use crate::format;
use crate::load::load;
use crate::part::{Button, Chip, Choice, Glyph};
use crate::url::use_place;

/// The chips and the line.
#[component]
pub(super) fn Conditions(state: ListState) -> impl IntoView {
    let place = use_place();
    let (adding, comparing) = (RwSignal::new(false), RwSignal::new(false));
    let callee = move || state.filter.with(|(filter, _)| filter.callee.clone());
    let chips = move || {
        let conditions = state.filter.with(|(filter, _)| filter.conditions.clone());
        let chip = |(at, filter): (usize, AttributeFilter)| {
            let words = condition::words(&filter);
            let remove = move || change(state, place, |filter| drop(filter.conditions.remove(at)));
            view! { <li><Chip remove=format!("Remove {words}") text=words raw=true on_remove=remove testid="condition" /></li> }
        };
        conditions.into_iter().enumerate().map(chip).collect_view()
    };
    let callee_chip = move || {
        callee().map(|callee| {
            let remove = move || change(state, place, |filter| filter.callee = None);
            view! { <li><Chip text=format!("calls {callee}") remove="Remove the callee" on_remove=remove testid="callee" /></li> }
        })
    };
    let clear = move || {
        state.filter.with(|(filter, _)| !filter.is_empty()).then(|| {
        let clear = move |_| change(state, place, |filter| *filter = super::filter::Filter::default());
        view! { <li><button type="button" class="link-button" data-testid="clear-filters" on:click=clear>"Clear all"</button></li> }
    })
    };
    view! {
        <ul class="chips">
            {callee_chip}{chips}
            <li><Button text="Attribute" icon=Glyph::Add pressed=Signal::derive(move || adding.get()) on_click=move |_| adding.update(|adding| *adding = !*adding) testid="add-condition" /></li>
            <Show when=move || state.filter.with(|(filter, _)| !filter.is_empty())>
                <li><Button text="Compare with the rest" icon=Glyph::Metrics on_click=move |_| comparing.set(true) testid="compare-open" /></li>
            </Show>
            {clear}
        </ul>
        <Show when=move || adding.get()><Line state adding /></Show>
        <Show when=move || comparing.get()><ComparePanel state on_close=move |()| comparing.set(false) /></Show>
    }
}

#[component]
fn Line(state: ListState, adding: RwSignal<bool>) -> impl IntoView {
    let place = use_place();
    let prefix = RwSignal::new(String::new());
    let keys = load(move || client::attributes(Table::Spans, place.range(), prefix.get()));
    let choices = Signal::derive(move || {
        let answer = keys.value.get();
        let choice =
            |known: &api::KeyCount| Choice { value: known.key.clone(), note: format::count_short(known.count as f64) };
        answer.map(|answer| answer.keys.iter().map(choice).collect()).unwrap_or_default()
    });
    let add = Callback::new(move |condition| {
        adding.set(false);
        change(state, place, |filter| filter.conditions.push(condition));
    });
    let ask = Callback::new(move |text| prefix.set(text));
    view! {
        <div class="condition-line" data-testid="condition-line">
            <ConditionForm table=Table::Spans keys=choices on_key_input=ask on_add=add testid="condition" />
        </div>
    }
}
