//! A panel that stands beside the content and leaves it usable; on a small screen a sheet over it. Escape closes it.

use leptos::prelude::*;

use crate::part::{Button, ButtonKind, Glyph};

/// The panel. Mount it to open it, inside an element of the class `docked`.
#[component]
pub(crate) fn Dock(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] on_close: Callback<()>,
    #[prop(optional, into)] testid: Option<String>,
    /// Above the title: badges.
    #[prop(optional, into)]
    over: ViewFn,
    children: Children,
) -> impl IntoView {
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            on_close.run(());
        }
    });
    on_cleanup(move || keys.remove());
    view! {
        <aside class="dock" aria-label=move || title.get() data-testid=testid>
            <header class="dock-head">
                <div class="grow">
                    <div class="dock-over">{over.run()}</div>
                    <h2 class="dock-title">{move || title.get()}</h2>
                </div>
                <Button text="Close" icon=Glyph::Close icon_only=true kind=ButtonKind::Plain testid="dock-close" on_click=move |_| on_close.run(()) />
            </header>
            <div class="dock-body">{children()}</div>
        </aside>
    }
}
