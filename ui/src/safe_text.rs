//! Draws text that came from outside: text nodes only, hidden characters as marks, matched words marked, direction
//! isolated, long text folded. What is a mark and where is decided in [`crate::text`].

use leptos::prelude::*;

use crate::format;
use crate::text::{self, Piece};

/// A text from outside, whole or folded.
#[component]
pub(crate) fn SafeText(
    #[prop(into)] text: String,
    /// Words to mark, in lower case.
    #[prop(optional)]
    words: Vec<String>,
) -> impl IntoView {
    let Some((head, total)) = text::fold(&text).map(|(head, total)| (head.to_owned(), total)) else {
        return view! { <span class="safe">{draw(&text, &words)}</span> }.into_any();
    };
    let whole = RwSignal::new(false);
    let content = move || if whole.get() { draw(&text, &words) } else { draw(&head, &words) };
    let label = move || {
        if whole.get() {
            "show less".to_owned()
        } else {
            format!("show all {} characters", format::count(total as u64))
        }
    };
    let toggle = move |event: leptos::ev::MouseEvent| {
        event.stop_propagation();
        whole.update(|whole| *whole = !*whole);
    };
    view! {
        <span class="safe">{content}</span>
        {move || (!whole.get()).then_some("… ")}
        <button type="button" class="link-button" data-testid="show-all" on:click=toggle>{label}</button>
    }
    .into_any()
}

/// A key from outside, which breaks after its dots and underscores before it breaks within a word.
#[component]
pub(crate) fn SafeKey(#[prop(into)] text: String) -> impl IntoView {
    if text::fold(&text).is_some() {
        return view! { <SafeText text /> }.into_any();
    }
    let parts = text::key_parts(&text).into_iter().enumerate();
    let parts = parts.map(|(at, part)| view! { {(at > 0).then(|| view! { <wbr /> })}{draw(part, &[])} });
    view! { <span class="safe">{parts.collect_view()}</span> }.into_any()
}

/// The pieces of a text as nodes.
pub(crate) fn draw(text: &str, words: &[String]) -> AnyView {
    text::pieces(text, words)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(text) => text.into_any(),
            Piece::Marked(text) => view! { <mark>{text}</mark> }.into_any(),
            Piece::Hidden(name) => {
                view! { <span class="hidden-character" title="A character that is not seen">{name}</span> }.into_any()
            }
        })
        .collect_view()
        .into_any()
}
