//! The head of a screen: its name and what can be done with the whole of it.

use leptos::prelude::*;

/// The page's title, which changes with what `title` reads.
pub(crate) fn use_title(title: impl Fn() -> String + 'static) {
    Effect::new(move |_| document().set_title(&format!("{} · Alidade", title())));
}

/// The name of a screen, and beside it its controls.
#[component]
pub(crate) fn ScreenHead(
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    use_title(move || title.get());
    view! {
        <header class="screen-head">
            <h1 class="cut" data-testid="screen-title">{move || title.get()}</h1>
            {children.map(|children| children())}
        </header>
    }
}
