//! Short messages about what was just done. A failure stays until it is closed.

use std::time::Duration;

use api::ApiError;
use leptos::prelude::*;

use crate::part::{Button, ButtonKind, Glyph};

const SHOWN_SECONDS: u64 = 5;
const KEPT_MAX: usize = 4;

#[derive(Clone, PartialEq)]
struct Toast {
    id: u64,
    good: bool,
    text: String,
    hint: Option<String>,
}

/// The messages on the screen.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last_id: StoredValue<u64>,
}

/// Makes [`use_toasts`] work below.
pub(crate) fn provide_toasts() {
    provide_context(Toasts { shown: RwSignal::new(Vec::new()), last_id: StoredValue::new(0) });
}

/// The messages of this page.
pub(crate) fn use_toasts() -> Toasts {
    expect_context::<Toasts>()
}

impl Toasts {
    /// Something worked; the message goes by itself.
    pub(crate) fn good(self, text: impl Into<String>) {
        let id = self.push(true, text.into(), None);
        set_timeout(move || self.close(id), Duration::from_secs(SHOWN_SECONDS));
    }

    /// Something failed.
    pub(crate) fn bad(self, error: &ApiError) {
        self.push(false, error.error.message.clone(), error.error.hint.clone());
    }

    fn push(self, good: bool, text: String, hint: Option<String>) -> u64 {
        let id = self.last_id.get_value() + 1;
        self.last_id.set_value(id);
        self.shown.update(|shown| {
            shown.push(Toast { id, good, text, hint });
            let surplus = shown.len().saturating_sub(KEPT_MAX);
            shown.drain(..surplus);
        });
        id
    }

    fn close(self, id: u64) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Where the messages are shown.
#[component]
pub(super) fn ToastStack() -> impl IntoView {
    let toasts = use_toasts();
    let draw = move |toast: Toast| {
        let id = toast.id;
        view! {
            <div class="toast" class:good=toast.good class:bad=!toast.good data-testid="toast">
                <div class="grow">
                    <div>{toast.text}</div>
                    {toast.hint.map(|hint| view! { <div class="quiet">{hint}</div> })}
                </div>
                <Button text="Close" icon=Glyph::Close icon_only=true kind=ButtonKind::Plain on_click=move |_| toasts.close(id) />
            </div>
        }
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.id children=draw />
        </div>
    }
}
