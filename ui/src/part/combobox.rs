//! A choice of many: a text field that suggests. What is typed counts too, so a name that is not yet known can be given.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::field::{Wrong, described_by, invalid};

/// A suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What is chosen.
    pub(crate) value: String,
    /// Beside it, in grey.
    pub(crate) note: String,
}

impl Choice {
    /// A suggestion without a note.
    pub(crate) fn plain(value: impl Into<String>) -> Self {
        Self { value: value.into(), note: String::new() }
    }
}

const SHOWN_MAX: usize = 50;

/// Those that contain what was typed, the ones that begin with it first.
fn matching(choices: &[Choice], typed: &str) -> Vec<Choice> {
    let typed = typed.to_lowercase();
    let mut found: Vec<(bool, &Choice)> = choices
        .iter()
        .filter_map(|choice| choice.value.to_lowercase().find(&typed).map(|at| (at != 0, choice)))
        .collect();
    found.sort_by_key(|(inside, _)| *inside);
    found.into_iter().take(SHOWN_MAX).map(|(_, choice)| choice.clone()).collect()
}

/// A text field that suggests. `on_change` is called when a suggestion is taken, and on Enter or leaving with what is
/// typed; an empty text clears the choice.
#[component]
pub(crate) fn Combobox(
    #[prop(into)] value: Signal<String>,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    #[prop(into)] on_change: Callback<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional, into)] testid: Option<String>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] wrong: Wrong,
    /// Called with each keystroke, to ask the server for suggestions.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let typed = RwSignal::new(value.get_untracked());
    let edited = RwSignal::new(false);
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    Effect::new(move |_| typed.set(value.get()));
    let shown = Memo::new(move |_| {
        // Until something is typed, all are offered.
        let text = if edited.get() { typed.get() } else { String::new() };
        choices.with(|choices| matching(choices, &text))
    });
    let take = move |text: String| {
        open.set(false);
        edited.set(false);
        active.set(None);
        typed.set(text.clone());
        if text != value.get_untracked() {
            on_change.run(text);
        }
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" | "ArrowUp" => {
            event.prevent_default();
            open.set(true);
            let count = shown.with(Vec::len);
            let step = if event.key() == "ArrowDown" { 1 } else { count.saturating_sub(1) };
            let start = if event.key() == "ArrowDown" { count.saturating_sub(1) } else { 0 };
            active.update(|active| *active = (count > 0).then(|| (active.unwrap_or(start) + step) % count));
        }
        "Enter" => {
            let chosen = active
                .get_untracked()
                .and_then(|at| shown.with(|shown| shown.get(at).map(|choice| choice.value.clone())));
            if chosen.is_some() || edited.get_untracked() {
                event.prevent_default();
            }
            take(chosen.unwrap_or_else(|| typed.get_untracked()));
        }
        "Escape" if open.get_untracked() => {
            event.stop_propagation();
            open.set(false);
            edited.set(false);
            typed.set(value.get_untracked());
        }
        _ => {}
    };
    let input = move |event| {
        let text = event_target_value(&event);
        typed.set(text.clone());
        edited.set(true);
        open.set(true);
        active.set(None);
        if let Some(on_input) = on_input {
            on_input.run(text);
        }
    };
    let item = move |(at, choice): (usize, Choice)| {
        let chosen = choice.value.clone();
        let select = move |event: leptos::ev::MouseEvent| {
            // Before the field loses the focus.
            event.prevent_default();
            take(chosen.clone());
        };
        view! {
            <li role="option" aria-selected=move || (active.get() == Some(at)).to_string() on:mousedown=select>
                <span>{choice.value}</span><span class="quiet">{choice.note}</span>
            </li>
        }
    };
    view! {
        <div class="combo">
            <input
                class="input" type="text" role="combobox" autocomplete="off" spellcheck="false"
                aria-invalid=invalid(wrong) aria-describedby=described_by(id.as_deref().unwrap_or_default(), wrong)
                id=id aria-label=label placeholder=placeholder data-testid=testid
                aria-expanded=move || open.get().to_string()
                prop:value=move || typed.get()
                on:input=input
                on:keydown=on_key
                on:click=move |_| open.set(true)
                on:blur=move |_| { if edited.get_untracked() { take(typed.get_untracked()) } else { open.set(false) } }
            />
            <Show when=move || open.get() && !shown.read().is_empty()>
                <ul class="combo-list" role="listbox">{move || shown.get().into_iter().enumerate().map(item).collect_view()}</ul>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_comes_before_a_middle() {
        let choices: Vec<Choice> = ["my-checkout", "checkout", "cart"].map(Choice::plain).to_vec();
        let found: Vec<String> = matching(&choices, "CHECK").into_iter().map(|choice| choice.value).collect();
        assert_eq!(found, ["checkout", "my-checkout"]);
        assert_eq!(matching(&choices, "").len(), 3);
    }
}
