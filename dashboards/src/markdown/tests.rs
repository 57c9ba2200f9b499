use super::*;

fn text(said: &str) -> Inline {
    Inline::Text(said.to_owned())
}

fn link(said: &str, href: &str) -> Inline {
    Inline::Link { text: said.to_owned(), href: href.to_owned() }
}

#[test]
fn every_kind_of_block() {
    let markdown = "# When it burns\nLook at\nthe provider.\n\n- one\n- two\n1. first\n2. second\n\n```\nlet a = *b;\n```\n### End";
    let expected = vec![
        Block::Heading { level: 1, inlines: vec![text("When it burns")] },
        Block::Paragraph(vec![text("Look at the provider.")]),
        Block::List { ordered: false, items: vec![vec![text("one")], vec![text("two")]] },
        Block::List { ordered: true, items: vec![vec![text("first")], vec![text("second")]] },
        Block::Code("let a = *b;".to_owned()),
        Block::Heading { level: 3, inlines: vec![text("End")] },
    ];
    assert_eq!(blocks(markdown), expected);
}

#[test]
fn every_kind_of_inline() {
    let expected = vec![
        text("a "),
        Inline::Code("x*y*z".to_owned()),
        text(" "),
        Inline::Strong("b".to_owned()),
        Inline::Emphasis("c".to_owned()),
        text(" "),
        link("status", "https://status.example.com/?a=b"),
        text("."),
    ];
    assert_eq!(inlines("a `x*y*z` **b***c* [status](https://status.example.com/?a=b)."), expected);
}

#[test]
fn what_is_not_marked_is_text() {
    for plain in
        ["2 * 3 * 4", "a ** b", "`", "**", "*open", "[a](b", "[a]", "<script>alert(1)</script>", "5 $", "über – ä*"]
    {
        assert_eq!(inlines(plain), [text(plain)], "{plain}");
    }
    assert_eq!(blocks("#no heading"), [Block::Paragraph(vec![text("#no heading")])]);
    assert_eq!(blocks("\n \n"), []);
    assert_eq!(blocks("```\nnever closed"), [Block::Code("never closed".to_owned())]);
}

#[test]
fn links_lead_only_where_they_may() {
    for href in ["https://a.example", "http://a.example", "mailto:a@b.example", "/alarms/1?from=now-1h"] {
        assert_eq!(inlines(&format!("[x]({href})")), [link("x", href)]);
    }
    for href in [
        "javascript:alert",
        "JavaScript:x",
        "data:text/html,x",
        "//evil.example",
        "/\\evil.example",
        " https://a.example",
        "",
    ] {
        let written = format!("[x]({href})");
        assert_eq!(inlines(&written), [text(&written)], "{href}");
    }
}
