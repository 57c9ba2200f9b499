//! The keyboard: `g` and a letter go to a screen, and a few single keys.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::destination::DESTINATIONS;
use super::theme::use_theme;
use super::time_picker::{shift, toggle_live};
use super::time_shift::Shift;
use crate::url::use_place;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    Go(&'static str),
    Palette,
    Help,
    Search,
    Earlier,
    Later,
    Refresh,
    Live,
    Theme,
}

/// For the help: keys and what they do.
pub(super) const KEYS: [(&str, &str); 9] = [
    ("Ctrl K", "Command palette: go anywhere, open a trace by its id"),
    ("/", "To the search field of the screen"),
    ("g, then o m t l e d a s", "To Overview, Map, Traces, Logs, Metrics, Dashboards, Alarms, Settings"),
    ("[  ]", "Earlier and later, by the length of the time range"),
    ("r", "Refresh"),
    (".", "Live: refresh every 10 seconds"),
    ("d", "Theme: system, light, dark"),
    ("Esc", "Close what is open"),
    ("?", "This list"),
];

/// The command of a key, after `g` or not. Pure.
fn command(key: &str, with_control: bool, after_g: bool) -> Option<Command> {
    if with_control {
        return key.eq_ignore_ascii_case("k").then_some(Command::Palette);
    }
    if after_g {
        let mut letters = key.chars();
        let letter = letters.next().filter(|_| letters.next().is_none())?;
        return DESTINATIONS
            .iter()
            .find(|destination| destination.key == letter)
            .map(|destination| Command::Go(destination.path));
    }
    Some(match key {
        "?" => Command::Help,
        "/" => Command::Search,
        "[" => Command::Earlier,
        "]" => Command::Later,
        "r" => Command::Refresh,
        "." => Command::Live,
        "d" => Command::Theme,
        _ => return None,
    })
}

/// Listens to the keyboard for as long as the frame stands.
pub(super) fn listen(palette: RwSignal<bool>, help: RwSignal<bool>) {
    let place = use_place();
    let theme = use_theme();
    let after_g = StoredValue::new(false);
    let run = move |command: Command| match command {
        Command::Go(path) => place.go(&untrack(|| place.href(path, &[]))),
        Command::Palette => palette.set(true),
        Command::Help => help.set(true),
        Command::Search => focus_search(),
        Command::Earlier => untrack(|| shift(place, Shift::Earlier)),
        Command::Later => untrack(|| shift(place, Shift::Later)),
        Command::Refresh => place.refresh(),
        Command::Live => untrack(|| toggle_live(place)),
        Command::Theme => theme.advance(),
    };
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        let with_control = event.ctrl_key() || event.meta_key();
        if event.default_prevented() || event.alt_key() || (!with_control && is_typing(&event)) {
            return;
        }
        let was_after_g = after_g.get_value();
        after_g.set_value(!with_control && !was_after_g && event.key() == "g");
        if let Some(command) = command(&event.key(), with_control, was_after_g) {
            event.prevent_default();
            run(command);
        }
    });
    on_cleanup(move || keys.remove());
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|element| {
        let name = element.tag_name();
        let is_field = matches!(name.as_str(), "INPUT" | "TEXTAREA" | "SELECT");
        is_field || element.has_attribute("contenteditable")
    })
}

/// The field that a screen marks with `data-search`.
fn focus_search() {
    let field = document().query_selector("[data-search]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// Calls `close` on Escape while the present view stands.
pub(super) fn close_on_escape(close: Callback<()>) {
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            close.run(());
        }
    });
    on_cleanup(move || keys.remove());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_one_thing() {
        assert_eq!(command("k", true, false), Some(Command::Palette));
        assert_eq!(command("r", true, false), None);
        assert_eq!(command("d", false, false), Some(Command::Theme));
        assert_eq!(command("d", false, true), Some(Command::Go("/dashboards")));
        assert_eq!(command("x", false, true), None);
        let mut letters: Vec<char> = DESTINATIONS.iter().map(|destination| destination.key).collect();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), DESTINATIONS.len());
    }
}
