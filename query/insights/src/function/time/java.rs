//! Formats of Java's `DateTimeFormatter`: `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`. English names. `[…]` is optional.

use super::format::{Item, Name, Number, Offset, Shape, Width};

/// Optional parts may lie so deep in one another.
const OPTIONAL_DEPTH_MAX: usize = 8;

/// The parts of a format; `None` where it has an unknown letter or an open quote or bracket.
pub(super) fn items(pattern: &str) -> Option<Vec<Item>> {
    let mut levels: Vec<Vec<Item>> = vec![Vec::new()];
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        let item = match character {
            '\'' => Item::Literal(quoted(&mut characters)?),
            '[' => {
                levels.push(Vec::new());
                if levels.len() > OPTIONAL_DEPTH_MAX {
                    return None;
                }
                continue;
            }
            ']' => Item::Optional(if levels.len() > 1 { levels.pop()? } else { return None }),
            letter if letter.is_ascii_alphabetic() => {
                let mut count = 1;
                while characters.next_if_eq(&letter).is_some() {
                    count += 1;
                }
                of_letter(letter, count)?
            }
            other => Item::Literal(other.to_string()),
        };
        levels.last_mut()?.push(item);
    }
    if levels.len() == 1 { levels.pop() } else { None }
}

/// The text up to the closing quote; two quotes are one, `''` alone too.
fn quoted(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    if characters.next_if_eq(&'\'').is_some() {
        return Some("'".to_owned());
    }
    let mut text = String::new();
    loop {
        match characters.next()? {
            '\'' if characters.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' => return Some(text),
            other => text.push(other),
        }
    }
}

fn of_letter(letter: char, count: usize) -> Option<Item> {
    let width = if count == 4 { Width::Long } else { Width::Short };
    Some(match (letter, count) {
        ('y' | 'u', 2) => Item::Number(Number::YearOfCentury, 2),
        ('y' | 'u', _) => Item::Number(Number::Year, count),
        ('Q' | 'q', _) => Item::Number(Number::Quarter, count.min(2)),
        ('M' | 'L', 1 | 2) => Item::Number(Number::Month, count),
        ('M' | 'L', _) => Item::Name(Name::Month, width),
        ('d', _) => Item::Number(Number::Day, count),
        ('D', _) => Item::Number(Number::DayOfYear, count),
        ('e' | 'c', 1 | 2) => Item::Number(Number::Weekday, count),
        ('E' | 'e' | 'c', _) => Item::Name(Name::Weekday, width),
        ('a', _) => Item::Name(Name::Half, Width::Short),
        ('G', _) => Item::Name(Name::Era, Width::Short),
        ('H', _) => Item::Number(Number::Hour, count),
        ('k', _) => Item::Number(Number::HourFrom1, count),
        ('h', _) => Item::Number(Number::HourOfHalf, count),
        ('K', _) => Item::Number(Number::HourOfHalfFrom0, count),
        ('m', _) => Item::Number(Number::Minute, count),
        ('s', _) => Item::Number(Number::Second, count),
        ('S', 1..=9) => Item::Fraction(count),
        ('X', 1) => Item::Offset(Offset::ZeroIsZ(Shape::Hours)),
        ('X', 2) => Item::Offset(Offset::ZeroIsZ(Shape::Plain)),
        ('X', 3..=5) | ('Z', 5) => Item::Offset(Offset::ZeroIsZ(Shape::Colon)),
        ('x', 1) => Item::Offset(Offset::Hours),
        ('x', 2) | ('Z', 1..=3) => Item::Offset(Offset::Plain),
        ('x', 3..=5) => Item::Offset(Offset::Colon),
        ('O', _) | ('Z', 4) => Item::Offset(Offset::Gmt),
        ('z', _) => Item::ZoneName,
        ('V', 2) => Item::ZoneId,
        _ => return None,
    })
}
