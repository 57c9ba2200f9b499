//! Text for people: the blocks that `dashboards::markdown` reads, drawn one by one. No HTML goes in or comes out.

use ::dashboards::markdown::{Block, Inline, blocks};
use leptos::prelude::*;

/// The text.
pub(super) fn draw(markdown: &str) -> AnyView {
    view! { <div class="prose">{blocks(markdown).iter().map(block).collect_view()}</div> }.into_any()
}

fn block(block: &Block) -> AnyView {
    match block {
        Block::Heading { level: 1, inlines } => view! { <h2>{line(inlines)}</h2> }.into_any(),
        Block::Heading { inlines, .. } => view! { <h3>{line(inlines)}</h3> }.into_any(),
        Block::Paragraph(inlines) => view! { <p>{line(inlines)}</p> }.into_any(),
        Block::List { ordered, items } => {
            let items = items.iter().map(|item| view! { <li>{line(item)}</li> }).collect_view();
            if *ordered { view! { <ol>{items}</ol> }.into_any() } else { view! { <ul>{items}</ul> }.into_any() }
        }
        Block::Code(text) => view! { <pre>{text.clone()}</pre> }.into_any(),
    }
}

fn line(inlines: &[Inline]) -> Vec<AnyView> {
    inlines.iter().map(inline).collect()
}

fn inline(inline: &Inline) -> AnyView {
    match inline {
        Inline::Text(text) => text.clone().into_any(),
        Inline::Code(text) => view! { <code>{text.clone()}</code> }.into_any(),
        Inline::Strong(text) => view! { <b>{text.clone()}</b> }.into_any(),
        Inline::Emphasis(text) => view! { <em>{text.clone()}</em> }.into_any(),
        Inline::Link { text, href } => view! { <a href=href.clone()>{text.clone()}</a> }.into_any(),
    }
}
