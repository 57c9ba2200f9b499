//! Why the server did not take a form, in the form's words: one sentence, or a list of its mistakes.

use api::ApiError;
use leptos::html;
use leptos::prelude::*;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::badge::Tone;
use super::state::Notice;

/// The refusal, if there is one. `labels` are what the form calls the fields of the API.
#[component]
pub(crate) fn Refusal(
    #[prop(into)] error: Signal<Option<ApiError>>,
    labels: &'static [(&'static str, &'static str)],
    testid: &'static str,
) -> impl IntoView {
    let draw = move |error: ApiError| {
        let mut lines = lines(&error.error.message, labels);
        lines.extend(error.error.hint);
        let content = if lines.len() == 1 {
            lines.concat().into_any()
        } else {
            view! { <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }.into_any()
        };
        // It may come below the screen's edge, where nobody would see why nothing happened.
        let root = NodeRef::<html::Div>::new();
        Effect::new(move |_| {
            if let Some(root) = root.get() {
                let nearest = ScrollIntoViewOptions::new();
                nearest.set_block(ScrollLogicalPosition::Nearest);
                root.scroll_into_view_with_scroll_into_view_options(&nearest);
            }
        });
        view! { <div class="refusal" node_ref=root role="alert" data-testid=testid><Notice tone=Tone::Fault>{content}</Notice></div> }
    };
    move || error.get().map(draw)
}

/// The mistakes that a message holds: `alarm "a" has 2 mistakes: name: …; threshold: …`. A semicolon within a mistake is
/// followed by no name of a field.
fn lines(message: &str, labels: &[(&str, &str)]) -> Vec<String> {
    let mistakes = match message.split_once(" mistakes: ") {
        Some((head, mistakes)) if head.ends_with(|c: char| c.is_ascii_digit()) => mistakes,
        _ => message,
    };
    let mut lines: Vec<String> = Vec::new();
    for part in mistakes.split("; ") {
        match (field_of(part), lines.last_mut()) {
            (None, Some(line)) => *line = format!("{line}; {part}"),
            (field, _) => lines.push(in_words(part, field, labels)),
        }
    }
    lines
}

/// `source.metric: name the metric` is about `source.metric`.
fn field_of(mistake: &str) -> Option<&str> {
    let (field, _) = mistake.split_once(": ")?;
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | '[' | ']');
    (!field.is_empty() && field.chars().all(is_name)).then_some(field)
}

fn in_words(mistake: &str, field: Option<&str>, labels: &[(&str, &str)]) -> String {
    let label = field.and_then(|field| labels.iter().find(|(name, _)| *name == field));
    match (field, label) {
        (Some(field), Some((_, label))) => format!("{label}{}", &mistake[field.len()..]),
        _ => mistake.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: &[(&str, &str)] = &[("name", "Name"), ("evaluation_periods", "Periods")];

    #[test]
    fn each_mistake_is_a_line_in_the_words_of_the_form() {
        let message = "the alarm has 3 mistakes: name: 1 to 255 characters, not 0; evaluation_periods: they may cover 7 days (604800 s), not 9 s; use fewer or shorter periods; source.attributes[0].key: name the attribute";
        assert_eq!(
            lines(message, LABELS),
            [
                "Name: 1 to 255 characters, not 0",
                "Periods: they may cover 7 days (604800 s), not 9 s; use fewer or shorter periods",
                "source.attributes[0].key: name the attribute",
            ]
        );
    }

    #[test]
    fn any_other_message_stays_whole() {
        for message in ["The server does not answer.", "there is an alarm \"a; b\" already; choose another name"] {
            assert_eq!(lines(message, LABELS), [message]);
        }
        assert_eq!(lines("name: taken", LABELS), ["Name: taken"]);
    }
}
