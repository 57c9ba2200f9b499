//! The text of tallies in a footer: `1:` and, in base64, these numbers in LEB128 (signed ones zigzag):
//!
//! ```text
//! step in seconds
//! texts:  how many; of each its length and its UTF-8
//! keys:   how many; of each three values: 0 null, 2n + 1 the text n, 2z + 2 the whole number whose zigzag form is z
//! cells:  for each key how many; of each the steps since the one before (of the key's first: since the epoch), and the rows
//! ```

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{CELLS_MAX, COLUMNS, SECOND_US, STEPS_US, TalliedCell, TalliedKey, TalliedValue, Tallies};

const VERSION: &str = "1:";

/// The text of cells that are in order.
pub(super) fn to_text(step_us: i64, keys: &[TalliedKey], cells: &[TalliedCell]) -> String {
    let mut out = Vec::new();
    put(&mut out, step_us.unsigned_abs() / SECOND_US.unsigned_abs());
    let mut texts: Vec<&str> = Vec::new();
    let mut numbers: HashMap<&str, u64> = HashMap::new();
    for value in keys.iter().flatten() {
        if let TalliedValue::Text(text) = value {
            numbers.entry(text).or_insert_with(|| {
                texts.push(text);
                texts.len() as u64 - 1
            });
        }
    }
    put(&mut out, texts.len() as u64);
    for text in texts {
        put(&mut out, text.len() as u64);
        out.extend_from_slice(text.as_bytes());
    }
    put(&mut out, keys.len() as u64);
    for value in keys.iter().flatten() {
        let number = match value {
            TalliedValue::Null => 0,
            TalliedValue::Text(text) => 2 * numbers[text.as_ref()] + 1,
            TalliedValue::Int(number) => 2 * zigzag(i64::from(*number)) + 2,
        };
        put(&mut out, number);
    }
    let mut rest = cells;
    for key in 0..keys.len() {
        let (of_key, others) = rest.split_at(rest.partition_point(|cell| cell.key as usize <= key));
        rest = others;
        put(&mut out, of_key.len() as u64);
        let mut before = 0;
        for cell in of_key {
            let step = cell.time_us.div_euclid(step_us);
            put(&mut out, zigzag(step - before));
            put(&mut out, u64::from(cell.rows));
            before = step;
        }
    }
    VERSION.to_owned() + &STANDARD_NO_PAD.encode(out)
}

/// `None` for anything that [`to_text`] does not write.
pub(super) fn parse(text: &str) -> Option<Tallies> {
    let bytes = STANDARD_NO_PAD.decode(text.strip_prefix(VERSION)?).ok()?;
    let mut from = Reader(&bytes);
    let step_us = i64::try_from(from.number()?).ok()?.checked_mul(SECOND_US)?;
    if !STEPS_US.contains(&step_us) {
        return None;
    }
    let texts = from.count()?;
    let texts: Vec<Arc<str>> = (0..texts).map(|_| from.text()).collect::<Option<_>>()?;
    let keys = from.count()?;
    let keys: Vec<TalliedKey> = (0..keys).map(|_| from.key(&texts)).collect::<Option<_>>()?;
    let mut cells = Vec::new();
    for key in 0..keys.len() {
        let mut step = 0_i64;
        for position in 0..from.count()? {
            let further = unzigzag(from.number()?);
            if cells.len() == CELLS_MAX || (position > 0 && further <= 0) {
                return None;
            }
            step = step.checked_add(further)?;
            let rows = u32::try_from(from.number()?).ok().filter(|rows| *rows > 0)?;
            cells.push(TalliedCell { time_us: step.checked_mul(step_us)?, key: u32::try_from(key).ok()?, rows });
        }
    }
    from.0.is_empty().then_some(Tallies { step_us, keys, cells, text_bytes: text.len() })
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return None;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// Of things that take a byte at least.
    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.0.len())
    }

    fn text(&mut self) -> Option<Arc<str>> {
        let length = self.count()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok().map(Arc::from)
    }

    fn key(&mut self, texts: &[Arc<str>]) -> Option<TalliedKey> {
        let mut key = [const { TalliedValue::Null }; COLUMNS];
        for value in &mut key {
            *value = match self.number()? {
                0 => TalliedValue::Null,
                odd if odd % 2 == 1 => TalliedValue::Text(texts.get(usize::try_from(odd / 2).ok()?)?.clone()),
                even => TalliedValue::Int(i32::try_from(unzigzag(even / 2 - 1)).ok()?),
            };
        }
        Some(key)
    }
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}
