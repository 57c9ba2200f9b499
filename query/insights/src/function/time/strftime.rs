//! Formats of `strftime`: `%Y-%m-%dT%H:%M:%S`. English names.

use super::format::{Item, Name, Number, Offset, Width};

/// The parts of a format; `None` where it has an unknown letter.
pub(super) fn items(pattern: &str) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    let mut rest = pattern;
    while let Some(begin) = rest.find('%') {
        if begin > 0 {
            items.push(Item::Literal(rest[..begin].to_owned()));
        }
        rest = &rest[begin + 1..];
        // `%-d` is without leading zeros, `%3N` and `%3f` have so many digits.
        let bare = rest.strip_prefix('-');
        rest = bare.unwrap_or(rest);
        let digits = rest.bytes().next().filter(u8::is_ascii_digit).map(|digit| usize::from(digit - b'0'));
        rest = if digits.is_some() { &rest[1..] } else { rest };
        let letter = rest.chars().next()?;
        rest = &rest[letter.len_utf8()..];
        of_letter(letter, bare.is_some(), digits, &mut items)?;
    }
    if !rest.is_empty() {
        items.push(Item::Literal(rest.to_owned()));
    }
    Some(items)
}

fn of_letter(letter: char, bare: bool, digits: Option<usize>, items: &mut Vec<Item>) -> Option<()> {
    let number = |number, digits| Item::Number(number, if bare { 1 } else { digits });
    let literal = |text: &str| Item::Literal(text.to_owned());
    let joined = |pattern: &str| self::items(pattern);
    match letter {
        'Y' => items.push(number(Number::Year, 4)),
        'y' => items.push(number(Number::YearOfCentury, 2)),
        'm' => items.push(number(Number::Month, 2)),
        'd' | 'e' => items.push(number(Number::Day, 2)),
        'j' => items.push(number(Number::DayOfYear, 3)),
        'u' => items.push(number(Number::Weekday, 1)),
        'H' | 'k' => items.push(number(Number::Hour, 2)),
        'I' | 'l' => items.push(number(Number::HourOfHalf, 2)),
        'M' => items.push(number(Number::Minute, 2)),
        'S' => items.push(number(Number::Second, 2)),
        's' => items.push(number(Number::EpochSecond, 1)),
        'Q' => items.push(number(Number::EpochMillisecond, 1)),
        'L' => items.push(Item::Fraction(digits.unwrap_or(3))),
        'f' => items.push(Item::Fraction(digits.unwrap_or(6))),
        'N' => items.push(Item::Fraction(digits.unwrap_or(9))),
        'b' | 'h' => items.push(Item::Name(Name::Month, Width::Short)),
        'B' => items.push(Item::Name(Name::Month, Width::Long)),
        'a' => items.push(Item::Name(Name::Weekday, Width::Short)),
        'A' => items.push(Item::Name(Name::Weekday, Width::Long)),
        'p' => items.push(Item::Name(Name::Half, Width::Short)),
        'z' => items.push(Item::Offset(Offset::Plain)),
        'Z' => items.push(Item::ZoneName),
        'F' => items.extend(joined("%Y-%m-%d")?),
        'T' => items.extend(joined("%H:%M:%S")?),
        'R' => items.extend(joined("%H:%M")?),
        'D' => items.extend(joined("%m/%d/%y")?),
        'n' => items.push(literal("\n")),
        't' => items.push(literal("\t")),
        '%' => items.push(literal("%")),
        _ => return None,
    }
    Some(())
}
