//! A simulated shop of functions that call each other: the data of a load.
//!
//! Traces are trees of server, client and database spans with twelve or more attributes each, log lines belong to the same
//! traces, metrics are cumulative. A record depends on the seed and its place; only the times begin where they are told to.

pub(crate) mod graph;
pub(crate) mod log;
pub(crate) mod metric;
pub(crate) mod trace;

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use tests::dice::Dice;

/// The scope of all records.
pub(crate) fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: "io.opentelemetry.aws-lambda".to_owned(),
        version: "2.18.0".to_owned(),
        ..InstrumentationScope::default()
    }
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

fn uuid(dice: &mut Dice) -> String {
    let hex = hex(&dice.bytes::<16>());
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

fn ip(dice: &mut Dice) -> String {
    format!("10.{}.{}.{}", dice.below(8), dice.below(256), dice.below(254) + 1)
}
