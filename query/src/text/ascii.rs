//! Terms in plain ASCII text, found without taking the text apart: most log lines are such, and most do not match.

/// Texts up to this length have no run that the tokenizer cuts.
pub(super) const TEXT_BYTES_MAX: usize = storage::text::TOKEN_BYTES_MAX;

/// Whether these tokens (lower case) stand one after the other in the text; of the last one `prefix` wants the begin only.
/// Says the same as the tokenizer where the text is ASCII and not longer than [`TEXT_BYTES_MAX`].
pub(super) fn occurs(text: &[u8], phrase: &[String], prefix: bool) -> bool {
    let Some(first) = phrase.first().map(String::as_bytes) else { return true };
    let mut from = 0;
    while let Some(at) = find(&text[from..], first).map(|at| at + from) {
        let begins = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        if begins && follows(&text[at..], phrase, prefix) {
            return true;
        }
        from = at + 1;
    }
    false
}

/// Whether the text, which begins with a token, begins with all of these.
fn follows(mut text: &[u8], phrase: &[String], prefix: bool) -> bool {
    for (position, token) in phrase.iter().enumerate() {
        if !starts_with(text, token.as_bytes()) {
            return false;
        }
        text = &text[token.len()..];
        let is_last = position + 1 == phrase.len();
        if is_last && prefix {
            return true;
        }
        if text.first().is_some_and(u8::is_ascii_alphanumeric) {
            return false;
        }
        let separators = text.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
        text = &text[separators..];
    }
    true
}

/// Where the token, in whichever case, is first; it is not empty.
fn find(text: &[u8], token: &[u8]) -> Option<usize> {
    let begins = text.len().checked_sub(token.len())? + 1;
    let first = token[0];
    // Of the bytes that become a lower-case letter or a digit with this bit, all but a few are what is looked for.
    let mut candidates = text[..begins].iter().enumerate().filter(|(_, byte)| **byte | 0x20 == first);
    candidates.find(|(at, _)| starts_with(&text[*at..], token)).map(|(at, _)| at)
}

fn starts_with(text: &[u8], token: &[u8]) -> bool {
    text.get(..token.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(token))
}
