//! Buttons, and links that look like one.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ButtonKind {
    /// With a border.
    #[default]
    Normal,
    /// The one thing to do here.
    Primary,
    /// Without a border.
    Plain,
    /// Destroys something.
    Danger,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Normal => "button",
            Self::Primary => "button primary",
            Self::Plain => "button plain",
            Self::Danger => "button danger",
        }
    }
}

/// A button with an icon, a text, or both; with an icon alone, `text` becomes its label.
#[component]
pub(crate) fn Button(
    #[prop(into)] text: Signal<String>,
    on_click: impl Fn(MouseEvent) + 'static,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional)] icon_only: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// For a toggle: whether it is on.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    #[prop(optional, into)] testid: Option<String>,
    /// `submit` inside a form.
    #[prop(default = "button")]
    kind_of: &'static str,
) -> impl IntoView {
    let label = move || icon_only.then(|| text.get());
    view! {
        <button
            type=kind_of
            class=kind.class()
            class:icon-only=icon_only
            aria-label=label
            title=label
            aria-pressed=move || pressed.map(|on| if on.get() { "true" } else { "false" })
            data-testid=testid
            disabled=move || disabled.get()
            on:click=on_click
        >
            {icon.map(|glyph| view! { <Icon glyph /> })}
            {(!icon_only).then(|| view! { <span>{move || text.get()}</span> })}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub(crate) fn LinkButton(
    #[prop(into)] text: String,
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional, into)] testid: Option<String>,
) -> impl IntoView {
    view! {
        <a class=kind.class() href=move || href.get() data-testid=testid>
            {icon.map(|glyph| view! { <Icon glyph /> })}
            <span>{text}</span>
        </a>
    }
}
