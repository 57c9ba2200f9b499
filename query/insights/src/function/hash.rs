//! Digests of a text's bytes, in lower-case hexadecimal.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{Function, Kind, function, text_at};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    function("md5", &[Kind::Text], Kind::Text, |arguments, _| digest::<Md5>(arguments)),
    function("sha1", &[Kind::Text], Kind::Text, |arguments, _| digest::<Sha1>(arguments)),
    function("sha256", &[Kind::Text], Kind::Text, |arguments, _| digest::<Sha256>(arguments)),
    function("sha512", &[Kind::Text], Kind::Text, |arguments, _| digest::<Sha512>(arguments)),
];

fn digest<D: Digest>(arguments: &[Value]) -> Value {
    let Some(text) = text_at(arguments, 0) else { return Value::Null };
    let digest = D::digest(text.as_bytes());
    Value::from(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

#[cfg(test)]
mod tests;
