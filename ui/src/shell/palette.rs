//! The command palette: type where to go, a service, or a trace id.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use super::destination::DESTINATIONS;
use super::shortcuts::{KEYS, close_on_escape};
use super::theme::{Theme, use_theme};
use super::time_shift::PRESETS;
use crate::load::load;
use crate::part::{Glyph, Icon};
use crate::services::use_services;
use crate::url::use_place;

const SHOWN_MAX: usize = 40;

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Theme(Theme),
    Last(&'static str),
}

/// Where an entry leads.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Page(String, Vec<(&'static str, String)>),
    Act(Act),
}

/// An entry of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    icon: Glyph,
    text: String,
    note: String,
    target: Target,
}

fn page(
    icon: Glyph,
    text: impl Into<String>,
    note: &str,
    path: impl Into<String>,
    query: Vec<(&'static str, String)>,
) -> Entry {
    Entry { icon, text: text.into(), note: note.to_owned(), target: Target::Page(path.into(), query) }
}

/// All entries for these services. Pure.
fn entries(services: &[String]) -> Vec<Entry> {
    let mut entries: Vec<Entry> =
        DESTINATIONS.iter().map(|to| page(to.icon, to.name, &format!("g {}", to.key), to.path, Vec::new())).collect();
    entries.push(page(Glyph::Add, "New alarm", "Alarms", "/alarms/new", Vec::new()));
    for service in services {
        let query = || vec![("service", service.clone())];
        entries.push(page(Glyph::Traces, format!("{service} traces"), "Service", "/traces", query()));
        entries.push(page(Glyph::Logs, format!("{service} logs"), "Service", "/logs", query()));
    }
    let act =
        |icon, text: String, note: &str, act| Entry { icon, text, note: note.to_owned(), target: Target::Act(act) };
    entries.extend(PRESETS.map(|(back, words)| act(Glyph::Clock, format!("Last {words}"), "Time", Act::Last(back))));
    for (text, icon, theme) in [
        ("Light theme", Glyph::Sun, Theme::Light),
        ("Dark theme", Glyph::Moon, Theme::Dark),
        ("Theme as the system", Glyph::System, Theme::System),
    ] {
        entries.push(act(icon, text.to_owned(), "Theme", Act::Theme(theme)));
    }
    entries
}

/// Entries in which the typed words occur, in the order of the list; a trace id comes first. Pure.
fn found(entries: &[Entry], typed: &str) -> Vec<Entry> {
    let typed = typed.trim().to_lowercase();
    let mut found = Vec::new();
    if typed.len() == 32 && typed.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        found.push(page(Glyph::Traces, format!("Trace {typed}"), "Open", format!("/traces/{typed}"), Vec::new()));
    }
    let words: Vec<&str> = typed.split_whitespace().collect();
    let hits = entries.iter().filter(|entry| {
        let text = entry.text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    });
    found.extend(hits.cloned());
    found.truncate(SHOWN_MAX);
    found
}

/// The palette. Mount it to open it.
#[component]
pub(super) fn Palette(close: Callback<()>) -> impl IntoView {
    let place = use_place();
    let theme = use_theme();
    let field = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    close_on_escape(close);
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let asker = use_services();
    let services = load(move || asker.ask(place.range(), None));
    let all = Memo::new(move |_| {
        let list = services.value.get();
        let names: Vec<String> =
            list.iter().flat_map(|list| list.services.iter().map(|service| service.service.clone())).collect();
        Arc::new(entries(&names))
    });
    let shown = Memo::new(move |_| found(&all.get(), &typed.read()));
    let run = move |entry: &Entry| {
        close.run(());
        match &entry.target {
            Target::Page(path, query) => {
                let query: Vec<(&str, &str)> = query.iter().map(|(key, value)| (*key, value.as_str())).collect();
                place.go(&untrack(|| place.href(path, &query)));
            }
            Target::Act(Act::Theme(chosen)) => theme.set(*chosen),
            Target::Act(Act::Last(back)) => place.set(&[("from", Some(format!("now-{back}"))), ("to", None)]),
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let count = shown.with(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => active.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => active.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                if let Some(entry) = shown.with(|shown| shown.get(active.get_untracked()).cloned()) {
                    run(&entry);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let item = move |(at, entry): (usize, Entry)| {
        let (icon, text, note) = (entry.icon, entry.text.clone(), entry.note.clone());
        view! {
            <li role="option" aria-selected=move || (active.get() == at).to_string() on:click=move |_| run(&entry) on:mousemove=move |_| active.set(at)>
                <Icon glyph=icon /><span class="cut">{text}</span><span class="quiet">{note}</span>
            </li>
        }
    };
    view! {
        <div class="palette-shade" on:click=move |_| close.run(())>
            <div class="palette" role="dialog" aria-label="Command palette" data-testid="palette" on:click=|event| event.stop_propagation()>
                <input node_ref=field type="text" role="combobox" aria-expanded="true" aria-label="Where to" data-testid="palette-input"
                    placeholder="Go to a screen or a service, or paste a trace id" autocomplete="off" spellcheck="false"
                    on:input=move |event| { typed.set(event_target_value(&event)); active.set(0) } on:keydown=on_key />
                <ul role="listbox">
                    {move || shown.get().into_iter().enumerate().map(item).collect_view()}
                </ul>
                <Show when=move || shown.read().is_empty()>
                    <p class="state">"Nothing has this name. A trace id has 32 hex digits."</p>
                </Show>
            </div>
        </div>
    }
}

/// The list of keys. Mount it to open it.
#[component]
pub(super) fn Help(close: Callback<()>) -> impl IntoView {
    close_on_escape(close);
    let line = |(key, text): (&'static str, &'static str)| view! { <kbd>{key}</kbd><span>{text}</span> };
    view! {
        <div class="palette-shade" on:click=move |_| close.run(())>
            <div class="palette" role="dialog" aria-label="Keyboard" data-testid="help">
                <div class="card-head"><h2>"Keyboard"</h2></div>
                <div class="keys">{KEYS.map(line).collect_view()}</div>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_order_and_a_trace_id_comes_first() {
        let entries = entries(&["checkout".to_owned()]);
        let texts: Vec<String> = found(&entries, "logs check").into_iter().map(|entry| entry.text).collect();
        assert_eq!(texts, ["checkout logs"]);
        let id = "0af7651916cd43dd8448eb211c80319C";
        assert_eq!(found(&entries, id)[0].target, Target::Page(format!("/traces/{}", id.to_lowercase()), Vec::new()));
        assert_eq!(found(&entries, "")[0].text, "Overview");
    }
}
