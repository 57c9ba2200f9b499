//! Numbers, durations and quoted texts, read and printed as Prometheus does.

use std::fmt::Write;

/// Whether a label name needs no quotes.
pub(crate) fn is_legacy_label_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A text in double quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Reads a text with its quotes: `"` and `'` know escapes, a backtick none. The error says what is wrong.
pub(crate) fn unquote(literal: &str) -> Result<String, String> {
    let mut characters = literal.chars();
    let quote = characters.next().filter(|quote| matches!(quote, '"' | '\'' | '`'));
    let (Some(quote), true) = (quote, literal.len() > 1) else {
        return Err("a text begins and ends with a quote".into());
    };
    let inner = literal[1..].strip_suffix(quote).ok_or("the text has no closing quote")?;
    if quote == '`' {
        return Ok(inner.to_owned());
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = escape(&rest[at + 1..], quote, &mut bytes)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).map_err(|_| "the text is not valid UTF-8".to_owned())
}

/// Reads one escape, behind its backslash.
fn escape<'a>(text: &'a str, quote: char, bytes: &mut Vec<u8>) -> Result<&'a str, String> {
    let first = text.chars().next().ok_or("a backslash at the end of a text")?;
    let rest = &text[first.len_utf8()..];
    let simple = match first {
        'a' => Some(7),
        'b' => Some(8),
        'f' => Some(12),
        'n' => Some(b'\n'),
        'r' => Some(b'\r'),
        't' => Some(b'\t'),
        'v' => Some(11),
        '\\' => Some(b'\\'),
        _ if first == quote => u8::try_from(u32::from(first)).ok(),
        _ => None,
    };
    if let Some(byte) = simple {
        bytes.push(byte);
        return Ok(rest);
    }
    let (digits, radix, is_character, from) = match first {
        'x' => (2, 16, false, rest),
        'u' => (4, 16, true, rest),
        'U' => (8, 16, true, rest),
        '0'..='7' => (3, 8, false, text),
        _ => return Err(format!("unknown escape \\{first}; write \\\\ for a backslash")),
    };
    let number = from.get(..digits).and_then(|digits| u32::from_str_radix(digits, radix).ok());
    let number = number.ok_or_else(|| format!("the escape \\{first} wants {digits} digits"))?;
    if is_character {
        let character = char::from_u32(number).ok_or_else(|| format!("\\{first} names no character"))?;
        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        bytes.push(u8::try_from(number).map_err(|_| format!("the escape \\{first} is more than a byte"))?);
    }
    Ok(&from[digits..])
}

/// Reads a number without a sign: decimal, hexadecimal, octal (a leading 0), `Inf`, `NaN`, digits divided by `_`.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    if text.eq_ignore_ascii_case("inf") {
        return Some(f64::INFINITY);
    }
    if text.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN);
    }
    text.bytes().next().filter(|first| first.is_ascii_digit() || *first == b'.')?;
    let digits = text.replace('_', "");
    #[expect(clippy::cast_precision_loss, reason = "a literal is a float")]
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return u64::from_str_radix(hex, 16).ok().map(|number| number as f64);
    }
    let is_octal = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    #[expect(clippy::cast_precision_loss, reason = "a literal is a float")]
    if let (true, Ok(number)) = (is_octal, u64::from_str_radix(&digits, 8)) {
        return Some(number as f64);
    }
    digits.parse().ok()
}

const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Reads a duration without a sign, in milliseconds: units from the longest to the shortest, each at most once.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let mut units = UNITS.iter();
    let mut rest = text;
    let mut total: u64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (_, factor) = units.find(|(unit, _)| *unit == &rest[..letters])?;
        rest = &rest[letters..];
        total = total.checked_add(number.checked_mul(*factor)?)?;
    }
    i64::try_from(total).ok()
}

/// A duration in its units: `1h30m`.
pub(crate) fn print_duration(milliseconds: i64) -> String {
    let mut text = if milliseconds < 0 { "-".to_owned() } else { String::new() };
    let mut rest = milliseconds.unsigned_abs();
    if rest == 0 {
        return "0s".into();
    }
    for (unit, factor) in UNITS {
        // Years and weeks only where nothing else is needed, as Prometheus prints them.
        if matches!(unit, "y" | "w") && !rest.is_multiple_of(factor) {
            continue;
        }
        if rest >= factor {
            let _ = write!(text, "{}{unit}", rest / factor);
            rest %= factor;
        }
    }
    text
}

/// A float in the fewest digits that tell it from others, with an exponent where it is small or large (`%g` of C).
pub(crate) fn short_float(value: f64) -> String {
    const EXPONENT_MIN: i32 = -4;
    const EXPONENT_END: i32 = 6;
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf".into() } else { "-Inf".into() };
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value == 0.0 || (EXPONENT_MIN..EXPONENT_END).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}
