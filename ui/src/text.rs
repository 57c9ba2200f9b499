//! Text that came from outside, made safe to look at: hidden and direction-changing characters become visible,
//! long text is folded, matched words are marked. Whoever draws it uses text nodes only.

use serde_json::Value;

/// Text longer than this is folded behind "show all".
pub(crate) const FOLD_CHARACTERS: usize = 2_000;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As it is.
    Plain(String),
    /// A word that was searched for.
    Marked(String),
    /// A character that would not be seen or would turn the text around: `U+202E`.
    Hidden(String),
}

/// A value as text: a string as it is, everything else as JSON.
pub(crate) fn of_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The first [`FOLD_CHARACTERS`] of a longer text, and how many characters it has in all.
pub(crate) fn fold(text: &str) -> Option<(&str, usize)> {
    if text.len() <= FOLD_CHARACTERS {
        return None;
    }
    let (end, _) = text.char_indices().nth(FOLD_CHARACTERS)?;
    Some((&text[..end], text.chars().count()))
}

/// A key cut after its dots, underscores and slashes: `http.`, `status_`, `code`.
pub(crate) fn key_parts(key: &str) -> Vec<&str> {
    key.split_inclusive(['.', '_', '/']).collect()
}

/// Whether a character cannot be seen, or changes the direction of those around it.
pub(crate) fn is_hidden(c: char) -> bool {
    let invisible = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    invisible || (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
}

/// The text in pieces: hidden characters made visible, words marked in any case (`words` in lower case).
pub(crate) fn pieces(text: &str, words: &[String]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest_from = 0;
    for (from, to) in matches(text, words) {
        plain(&text[rest_from..from], &mut pieces);
        pieces.push(Piece::Marked(text[from..to].to_owned()));
        rest_from = to;
    }
    plain(&text[rest_from..], &mut pieces);
    pieces
}

fn plain(text: &str, pieces: &mut Vec<Piece>) {
    let mut start = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| is_hidden(*c)) {
        if at > start {
            pieces.push(Piece::Plain(text[start..at].to_owned()));
        }
        pieces.push(Piece::Hidden(format!("U+{:04X}", c as u32)));
        start = at + c.len_utf8();
    }
    if start < text.len() {
        pieces.push(Piece::Plain(text[start..].to_owned()));
    }
}

/// Places of the words in order, none overlapping. Lower case is taken character by character, so that the places stay true.
fn matches(text: &str, words: &[String]) -> Vec<(usize, usize)> {
    let words: Vec<Vec<char>> = words.iter().filter(|w| !w.is_empty()).map(|w| w.chars().collect()).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let folded: Vec<(usize, char)> =
        text.char_indices().map(|(at, c)| (at, c.to_lowercase().next().unwrap_or(c))).collect();
    let end_of = |index: usize| folded.get(index).map_or(text.len(), |(at, _)| *at);
    let mut found = Vec::new();
    let mut index = 0;
    while index < folded.len() {
        let fits = |word: &&Vec<char>| {
            folded.len() - index >= word.len() && word.iter().zip(&folded[index..]).all(|(w, (_, c))| w == c)
        };
        match words.iter().filter(fits).map(Vec::len).max() {
            Some(length) => {
                found.push((folded[index].0, end_of(index + length)));
                index += length;
            }
            None => index += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests;
