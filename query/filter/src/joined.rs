//! Conditions that are joined: nothing is made of one.

/// The only one, or several of them joined.
pub(crate) fn one_or<T>(mut all: Vec<T>, several: fn(Vec<T>) -> T) -> T {
    if all.len() == 1 { all.remove(0) } else { several(all) }
}
