//! What stands where data will be or would be: waiting, nothing, a failure; and the card around it.

use api::{ApiError, ErrorKind};
use leptos::prelude::*;

use super::badge::Tone;
use super::button::Button;
use super::icon::{Glyph, Icon};
use crate::range_repair::{self, RangeButtons, Repair};
use crate::url::Place;

/// Nothing here, and what to do next.
#[component]
pub(crate) fn EmptyState(
    #[prop(into)] title: String,
    /// What to do next.
    #[prop(into)]
    hint: String,
    #[prop(default = Glyph::Empty)] icon: Glyph,
    /// Buttons or links.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="state" data-testid="empty">
            <Icon glyph=icon size=24 />
            <h2>{title}</h2>
            <p>{hint}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
}

/// A failure: what went wrong, what to change, and another try, or another time range where the page's was the mistake.
#[component]
pub(crate) fn ErrorState(error: ApiError, #[prop(optional, into)] on_retry: Option<Callback<()>>) -> impl IntoView {
    let (title, details, actions) = match range_mistake(&error) {
        Some((place, repair)) => {
            let actions = view! { <RangeButtons place repair=repair.clone() /> }.into_any();
            (repair.title().to_owned(), Some(error.error.message), Some(actions))
        }
        None => {
            let again = |retry: Callback<()>| {
                view! { <Button text="Try again" icon=Glyph::Refresh on_click=move |_| retry.run(()) /> }.into_any()
            };
            (error.error.message, error.error.hint, on_retry.map(again))
        }
    };
    view! {
        <div class="state failed" role="alert" data-testid="error">
            <Icon glyph=Glyph::Warning size=24 />
            <h2>{title}</h2>
            {details.map(|details| view! { <p>{details}</p> })}
            {actions.map(|actions| view! { <div class="actions">{actions}</div> })}
        </div>
    }
}

/// The page's time range and its repair, if a question was refused while the range is wrong.
pub(super) fn range_mistake(error: &ApiError) -> Option<(Place, Repair)> {
    let place = use_context::<Place>().filter(|_| error.error.kind == ErrorKind::Invalid)?;
    untrack(|| range_repair::needed(place)).map(|repair| (place, repair))
}

/// Grey lines where text will be, so that nothing jumps when it comes.
#[component]
pub(crate) fn Skeleton(#[prop(default = 4)] lines: usize) -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true" data-testid="skeleton">
            {(0..lines).map(|_| view! { <i></i> }).collect_view()}
        </div>
    }
}

/// A sentence with a coloured edge.
#[component]
pub(crate) fn Notice(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <div class=format!("notice {}", tone.as_str()) data-testid="notice"><div class="grow">{children()}</div></div> }
}

/// A titled part of a screen.
#[component]
pub(crate) fn Card(
    #[prop(into)] title: String,
    /// Beside the title: links and buttons.
    #[prop(optional, into)]
    actions: ViewFn,
    #[prop(optional, into)] testid: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card" data-testid=testid>
            <header class="card-head"><h2 class="cut">{title}</h2>{actions.run()}</header>
            {children()}
        </section>
    }
}
