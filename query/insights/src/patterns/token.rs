//! From a text to its skeleton: words, separators, and values by their type.

use std::sync::Arc;

use super::TEXT_BYTES_MAX;
use crate::aggregate::bytes::Bytes;

/// Tokens of a skeleton; what lies beyond is left out.
const TOKENS_MAX: usize = 256;

/// From this many digits on a word with letters is an id (`req1234`), or from two on if it is this long (`a1b2c3d4`).
const ID_DIGITS: usize = 3;
const ID_BYTES: usize = 8;

/// A part of a skeleton.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Token {
    /// Characters that stand between words.
    Separator(String),
    /// A word that is the same in all texts of the skeleton.
    Word(String),
    /// A value that may differ.
    Value(Type),
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Type {
    Timestamp,
    Uuid,
    Ip,
    Number,
    Hex,
    Id,
    /// A word that differs from text to text.
    Token,
}

impl Type {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Timestamp => "Timestamp",
            Self::Uuid => "UUID",
            Self::Ip => "IP",
            Self::Number => "Number",
            Self::Hex => "Hex",
            Self::Id => "ID",
            Self::Token => "Token",
        }
    }
}

/// In the order of their bytes.
const TYPES: [Type; 7] = [Type::Timestamp, Type::Uuid, Type::Ip, Type::Number, Type::Hex, Type::Id, Type::Token];

impl Bytes for Token {
    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Separator(text) => (0_u8, Arc::<str>::from(text.as_str())).write(bytes),
            Self::Word(text) => (1_u8, Arc::<str>::from(text.as_str())).write(bytes),
            Self::Value(of_type) => {
                let position = TYPES.iter().position(|known| known == of_type).unwrap_or_default();
                (2 + position as u8).write(bytes);
            }
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(match u8::read(bytes)? {
            0 => Self::Separator(Arc::<str>::read(bytes)?.to_string()),
            1 => Self::Word(Arc::<str>::read(bytes)?.to_string()),
            other => Self::Value(*TYPES.get(usize::from(other) - 2)?),
        })
    }
}

impl Token {
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Separator(text) | Self::Word(text) => text.len(),
            Self::Value(_) => 0,
        }
    }
}

pub(super) fn skeleton(text: &str) -> Vec<Token> {
    let mut rest = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
    let mut tokens = Vec::new();
    while !rest.is_empty() && tokens.len() < TOKENS_MAX {
        let separators = rest.find(|c: char| !is_separator(c)).unwrap_or(rest.len());
        if separators > 0 {
            tokens.push(Token::Separator(rest[..separators].to_owned()));
            rest = &rest[separators..];
            continue;
        }
        let time = timestamp_length(rest.as_bytes());
        if time > 0 {
            tokens.push(Token::Value(Type::Timestamp));
            rest = &rest[time..];
            continue;
        }
        let length = rest.find(is_separator).unwrap_or(rest.len());
        add_word(&rest[..length], &mut tokens);
        rest = &rest[length..];
    }
    tokens
}

/// Dots, hyphens, underscores and the like belong to words: they hold ids, addresses and numbers together.
fn is_separator(character: char) -> bool {
    character.is_whitespace() || "=:,;()[]{}\"'`<>|/?&!#\\".contains(character)
}

fn add_word(word: &str, tokens: &mut Vec<Token>) {
    // A full stop or a hyphen at the end belongs to the sentence.
    let inner = word.trim_end_matches(['.', '-']);
    if let Some(unit) = unit_of_number(inner) {
        tokens.push(Token::Value(Type::Number));
        if !unit.is_empty() {
            tokens.push(Token::Word(unit.to_owned()));
        }
    } else if let Some(of_type) = type_of(inner) {
        tokens.push(Token::Value(of_type));
    } else {
        tokens.push(Token::Word(word.to_owned()));
        return;
    }
    if inner.len() < word.len() {
        tokens.push(Token::Separator(word[inner.len()..].to_owned()));
    }
}

/// What stands behind a number (`ms` in `12.5ms`, nothing in `-3`); `None` where the word is none.
fn unit_of_number(word: &str) -> Option<&str> {
    const UNIT_BYTES_MAX: usize = 3;
    let unsigned = word.strip_prefix(['-', '+', '$']).unwrap_or(word);
    let length = unsigned.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, unit) = unsigned.split_at(length);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.matches('.').count() <= 1;
    let is_unit = unit.len() <= UNIT_BYTES_MAX && unit.chars().all(|c| c.is_alphabetic() || c == '%' || c == 'µ');
    (is_number && is_unit && !number.ends_with('.') && !word.starts_with("0x")).then_some(unit)
}

fn type_of(word: &str) -> Option<Type> {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 && !word.contains('@') {
        return None;
    }
    if is_uuid(word) {
        return Some(Type::Uuid);
    }
    if word.parse::<std::net::Ipv4Addr>().is_ok() {
        return Some(Type::Ip);
    }
    let hex = word.strip_prefix("0x").unwrap_or(word);
    let is_hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit()) && !hex.is_empty();
    if is_hex && (hex.len() < word.len() || hex.len() >= ID_BYTES) {
        return Some(Type::Hex);
    }
    let is_address = word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let is_id = digits >= ID_DIGITS || (digits >= 2 && word.len() >= ID_BYTES);
    (is_id || is_address).then_some(Type::Id)
}

fn is_uuid(word: &str) -> bool {
    word.len() == 36
        && word.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// How long the timestamp at the begin is; 0 where there is none. `2024-01-02`, `2024-01-02T03:04:05.678Z`,
/// `2024/01/02 03:04:05,678 +0100`, `03:04:05.678`.
fn timestamp_length(text: &[u8]) -> usize {
    let date = if fits(text, b"dddd-dd-dd") || fits(text, b"dddd/dd/dd") { 10 } else { 0 };
    let between = usize::from(date > 0 && matches!(text.get(date), Some(b'T' | b' ')));
    let clock = &text[date + between..];
    if !fits(clock, b"dd:dd") {
        return date;
    }
    let mut length = if fits(clock, b"dd:dd:dd") { 8 } else { 5 };
    // Two numbers with a colon alone are no time (a port, a ratio).
    if date == 0 && length == 5 {
        return 0;
    }
    if matches!(clock.get(length), Some(b'.' | b',')) {
        let digits = clock[length + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        length += if digits > 0 { 1 + digits } else { 0 };
    }
    let zone = &clock[length..];
    let zone = match zone.first() {
        Some(b'Z') => 1,
        Some(b'+' | b'-') if fits(&zone[1..], b"dd:dd") => 6,
        Some(b'+' | b'-') if fits(&zone[1..], b"dddd") => 5,
        Some(b' ') if zone.len() > 1 && matches!(zone[1], b'+' | b'-') && fits(&zone[2..], b"dddd") => 6,
        _ => 0,
    };
    date + between + length + zone
}

/// Whether a text begins with a form, in which `d` is a digit.
fn fits(text: &[u8], form: &[u8]) -> bool {
    text.len() >= form.len()
        && form.iter().zip(text).all(|(form, byte)| if *form == b'd' { byte.is_ascii_digit() } else { form == byte })
}
