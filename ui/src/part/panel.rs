//! A drawer from the right, over the screen. Escape and the shade close it; the focus goes in and comes back.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::button::{Button, ButtonKind};
use super::icon::Glyph;

/// A drawer. Mount it to open it.
#[component]
pub(crate) fn Panel(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] on_close: Callback<()>,
    #[prop(optional, into)] testid: Option<String>,
    /// Without a shade the screen behind stays usable.
    #[prop(optional)]
    beside: bool,
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<leptos::html::Aside>::new();
    let before = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let before = StoredValue::new_local(before);
    Effect::new(move |_| {
        if let Some(root) = root.get() {
            let _ = root.focus();
        }
    });
    on_cleanup(move || {
        before.try_with_value(|before| before.as_ref().map(HtmlElement::focus));
    });
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            on_close.run(());
        }
    });
    on_cleanup(move || keys.remove());
    view! {
        {(!beside).then(|| view! { <div class="panel-shade" on:click=move |_| on_close.run(())></div> })}
        <aside class="panel" node_ref=root tabindex="-1" role="dialog" aria-label=move || title.get() data-testid=testid>
            <header class="panel-head">
                <h2 class="cut">{move || title.get()}</h2>
                <Button text="Close" icon=Glyph::Close icon_only=true kind=ButtonKind::Plain testid="panel-close" on_click=move |_| on_close.run(()) />
            </header>
            <div class="panel-body">{children()}</div>
        </aside>
    }
}
