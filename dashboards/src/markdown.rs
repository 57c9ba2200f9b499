//! The text of a text widget: a small part of Markdown, read into blocks that a component draws one by one. Pure.
//!
//! There is no HTML in it and none comes out: whatever is not understood is text. A link leads to `http`, `https`,
//! `mailto` or a page of Alidade; any other is shown as it was written.

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// `#` to `###`.
    Heading {
        /// 1 to 3.
        level: u8,
        /// What it says.
        inlines: Vec<Inline>,
    },
    /// Lines up to an empty one.
    Paragraph(Vec<Inline>),
    /// `- item` or `1. item`, each on a line.
    List {
        /// Whether it is numbered.
        ordered: bool,
        /// What the items say.
        items: Vec<Vec<Inline>>,
    },
    /// What stands between lines of three backticks.
    Code(String),
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Plain.
    Text(String),
    /// Between backticks.
    Code(String),
    /// Between `**`.
    Strong(String),
    /// Between `*`.
    Emphasis(String),
    /// `[text](address)`.
    Link {
        /// What it reads.
        text: String,
        /// Where it leads: safe to be made an `href`.
        href: String,
    },
}

/// Reads a text into blocks.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines().map(str::trim_end).peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        if trimmed.is_empty() {
            continue;
        }
        if trimmed.starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim_start().starts_with("```")).collect();
            blocks.push(Block::Code(code.join("\n")));
        } else if let Some((level, text)) = heading(trimmed) {
            blocks.push(Block::Heading { level, inlines: inlines(text) });
        } else if let Some((ordered, first)) = item(trimmed) {
            let mut items = vec![inlines(first)];
            while let Some((_, next)) =
                lines.peek().and_then(|line| item(line.trim_start())).filter(|next| next.0 == ordered)
            {
                items.push(inlines(next));
                lines.next();
            }
            blocks.push(Block::List { ordered, items });
        } else {
            let mut paragraph = trimmed.to_owned();
            while let Some(next) = lines.next_if(|line| continues(line.trim_start())) {
                paragraph.push(' ');
                paragraph.push_str(next.trim_start());
            }
            blocks.push(Block::Paragraph(inlines(&paragraph)));
        }
    }
    blocks
}

fn continues(line: &str) -> bool {
    !line.is_empty() && !line.starts_with("```") && heading(line).is_none() && item(line).is_none()
}

fn heading(line: &str) -> Option<(u8, &str)> {
    [(1, "# "), (2, "## "), (3, "### ")]
        .into_iter()
        .find_map(|(level, mark)| Some((level, line.strip_prefix(mark)?.trim_start())))
}

/// Whether it is numbered, and what the item says.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(text) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, text.trim_start()));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let text = line[digits..].strip_prefix(". ")?;
    (1..=3).contains(&digits).then_some((true, text.trim_start()))
}

fn inlines(text: &str) -> Vec<Inline> {
    let mut found = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((inline, used)) = marked(rest) {
            if !plain.is_empty() {
                found.push(Inline::Text(std::mem::take(&mut plain)));
            }
            found.push(inline);
            rest = &rest[used..];
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    if !plain.is_empty() {
        found.push(Inline::Text(plain));
    }
    found
}

/// The inline that the text begins with, if it begins with one, and its length in bytes.
fn marked(text: &str) -> Option<(Inline, usize)> {
    let between = |mark: &str| -> Option<(String, usize)> {
        let inner = text.strip_prefix(mark)?;
        let end = inner.find(mark)?;
        let said = &inner[..end];
        let is_marked = !said.is_empty() && !said.starts_with(' ') && !said.ends_with(' ');
        is_marked.then(|| (said.to_owned(), end + 2 * mark.len()))
    };
    if let Some((said, used)) = between("`") {
        return Some((Inline::Code(said), used));
    }
    if let Some((said, used)) = between("**") {
        return Some((Inline::Strong(said), used));
    }
    if let Some((said, used)) = between("*").filter(|_| !text.starts_with("**")) {
        return Some((Inline::Emphasis(said), used));
    }
    let (said, after) = text.strip_prefix('[')?.split_once("](")?;
    let (href, _) = after.split_once(')')?;
    let link = Inline::Link { text: said.to_owned(), href: href.to_owned() };
    (!said.contains(['[', ']']) && is_safe(href)).then(|| (link, said.len() + href.len() + 4))
}

/// Whether an address may become an `href`.
fn is_safe(href: &str) -> bool {
    let leads_out = ["https://", "http://", "mailto:"].iter().any(|scheme| href.starts_with(scheme));
    let leads_within = href.starts_with('/') && !href.starts_with("//") && !href.contains('\\');
    (leads_out || leads_within) && !href.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests;
