//! Halves of characters. A client that cuts a text in the middle of an emoji (a limit on the length of attributes does)
//! writes one half of it as `\ud83c`, which is no character; the rows beside it must not be lost for that.

use std::borrow::Cow;

/// The body with U+FFFD for each half that stands alone.
pub(super) fn without_halves(body: &[u8]) -> Cow<'_, [u8]> {
    let mut mended = Cow::Borrowed(body);
    let mut at = 0;
    while let Some(next) = body.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += next;
        at += match (unit(body, at), unit(body, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                mended.to_mut()[at + 2..at + 6].copy_from_slice(b"fffd");
                6
            }
            // Any other escape: the character after the backslash belongs to it.
            _ => 2,
        };
    }
    mended
}

/// The UTF-16 unit that is escaped at a place.
fn unit(body: &[u8], at: usize) -> Option<u16> {
    let digits = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_halves_that_stand_alone_are_mended() {
        let mended = |text: &str| String::from_utf8(without_halves(text.as_bytes()).into_owned()).unwrap();
        assert_eq!(mended(r#""great! \ud83c""#), r#""great! \ufffd""#);
        assert_eq!(mended(r#""\uDF89 \ud83c\u0041""#), r#""\ufffd \ufffd\u0041""#);
        for whole in [r#""\ud83c\udf89""#, r#""\\ud83c""#, r#""a\"\n\u00e9""#, r#""\"#, r#""\ud8"#, "", "🎉"] {
            assert_eq!(mended(whole), whole);
            assert!(matches!(without_halves(whole.as_bytes()), Cow::Borrowed(_)), "{whole}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_cut_can_be_read(text in "[a\u{1f389}\u{e9}\\\\\"]{0,12}", cut in 0_usize..24) {
            let units: Vec<u16> = text.encode_utf16().take(cut).collect();
            let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let body = format!("\"{escaped}\"");
            let read: String = serde_json::from_slice(&without_halves(body.as_bytes())).unwrap();
            prop_assert_eq!(read, String::from_utf16_lossy(&units));
        }
    }
}
