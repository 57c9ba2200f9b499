//! Light, dark, or as the system has it. `assets/theme.js` applies the remembered choice before the first paint.

use leptos::prelude::*;

use crate::part::{Button, ButtonKind, Glyph};
use crate::storage;

/// The reader's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    fn as_str(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// The theme of the page.
#[derive(Clone, Copy)]
pub(crate) struct ThemeChoice(RwSignal<Theme>);

/// Makes the theme a context and keeps the page in step with it.
pub(crate) fn provide_theme() {
    let remembered = match storage::read("theme").as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    };
    let choice = ThemeChoice(RwSignal::new(remembered));
    Effect::new(move |_| {
        let theme = choice.0.get();
        storage::write("theme", theme.as_str());
        let Some(root) = document().document_element() else { return };
        // Setting an attribute of the page's own root cannot be refused.
        let _ = match theme.as_str() {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
    });
    provide_context(choice);
}

impl ThemeChoice {
    pub(super) fn set(self, theme: Theme) {
        self.0.set(theme);
    }

    pub(super) fn advance(self) {
        self.0.update(|theme| *theme = theme.next());
    }
}

pub(super) fn use_theme() -> ThemeChoice {
    expect_context::<ThemeChoice>()
}

/// One button: system → light → dark.
#[component]
pub(super) fn ThemeSwitch() -> impl IntoView {
    let choice = use_theme();
    move || {
        let (icon, text) = match choice.0.get() {
            Theme::System => (Glyph::System, "Theme: as the system"),
            Theme::Light => (Glyph::Sun, "Theme: light"),
            Theme::Dark => (Glyph::Moon, "Theme: dark"),
        };
        view! { <Button text icon icon_only=true kind=ButtonKind::Plain testid="theme" on_click=move |_| choice.advance() /> }
    }
}
