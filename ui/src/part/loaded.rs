//! The three states of a question: waiting, failed, answered.

use std::sync::Arc;

use api::ApiError;
use leptos::prelude::*;

use super::badge::Tone;
use super::state::{ErrorState, Notice, Skeleton, range_mistake};
use crate::load::Load;
use crate::range_repair::RangeButtons;

#[derive(Clone, PartialEq)]
enum Stage {
    Waiting,
    Failed(ApiError),
    Ready,
}

/// Draws `view` once, when the first answer is there, with a signal of the newest answer. A later failure stands above
/// the last answer. While the first is awaited there is a skeleton of so many `lines`.
#[component]
pub(crate) fn Loaded<T, F>(
    load: Load<T>,
    view: F,
    #[prop(default = 4)] lines: usize,
    /// What stands there while the first answer is awaited, if not a skeleton.
    #[prop(optional, into)]
    waiting: Option<ViewFn>,
) -> impl IntoView
where
    T: Send + Sync + 'static,
    F: Fn(Signal<Arc<T>>) -> AnyView + Send + Sync + 'static,
{
    let stage = Memo::new(move |_| {
        let ready = load.value.with(Option::is_some);
        match load.failure.get() {
            _ if ready => Stage::Ready,
            Some(error) => Stage::Failed(error),
            None => Stage::Waiting,
        }
    });
    let retry = Callback::new(move |()| load.retry());
    move || match stage.get() {
        Stage::Waiting => match &waiting {
            Some(waiting) => waiting.run(),
            None => view! { <Skeleton lines /> }.into_any(),
        },
        Stage::Failed(error) => view! { <ErrorState error on_retry=retry /> }.into_any(),
        Stage::Ready => {
            let Some(first) = load.value.get_untracked() else { return ().into_any() };
            let newest = RwSignal::new(first);
            Effect::new(move |_| {
                if let Some(value) = load.value.get() {
                    newest.set(value);
                }
            });
            let stale = move || {
                load.failure.get().map(|error| {
                    let mistake = range_mistake(&error);
                    let text = mistake
                        .as_ref()
                        .map_or(error.error.message.trim_end_matches('.'), |(_, repair)| repair.title());
                    let text = format!("{text}. What is shown is the last answer.");
                    let actions = mistake
                        .map(|(place, repair)| view! { <div class="row wrap"><RangeButtons place repair /></div> });
                    view! { <Notice tone=Tone::Fault>{text}{actions}</Notice> }
                })
            };
            view! { {stale}{view(newest.into())} }.into_any()
        }
    }
}
