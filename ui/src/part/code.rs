//! Text to copy: a button, and a block of code with one.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::icon::{Glyph, Icon};

/// Copies a text to the clipboard, and shows that it did.
#[component]
pub(crate) fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// What is copied, for the label: `trace id`.
    #[prop(default = "text")]
    what: &'static str,
) -> impl IntoView {
    let done = RwSignal::new(false);
    let copy = move |event: leptos::ev::MouseEvent| {
        event.stop_propagation();
        let promise = window().navigator().clipboard().write_text(&text.get_untracked());
        spawn_local(async move {
            if JsFuture::from(promise).await.is_ok() && done.try_set(true).is_none() {
                let back = move || {
                    done.try_set(false);
                };
                set_timeout(back, Duration::from_millis(1500));
            }
        });
    };
    let label = move || if done.get() { format!("Copied {what}") } else { format!("Copy {what}") };
    view! {
        <button type="button" class="copy" class:done=move || done.get() aria-label=label title=label on:click=copy>
            {move || view! { <Icon glyph=if done.get() { Glyph::Done } else { Glyph::Copy } size=14 /> }}
        </button>
    }
}

/// A block of code.
#[component]
pub(crate) fn Code(#[prop(into)] text: String) -> impl IntoView {
    view! { <div class="code" tabindex="0">{text.clone()}<CopyButton text=text what="code" /></div> }
}
