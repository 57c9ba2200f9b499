//! The nearest of some names to a mistyped one.

/// Names longer than this are not compared; the comparison costs the product of the lengths.
const NAME_CHARS_MAX: usize = 64;

/// The existing name with the fewest edits from `name`, in any case; `None` if all are far. Of equals, the first.
pub(crate) fn nearest<'a>(name: &str, existing: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    if name.is_empty() || name.len() > NAME_CHARS_MAX {
        return None;
    }
    let edits_max = (name.len() / 3).max(1);
    existing
        .into_iter()
        .map(|candidate| {
            (edits(&name, &candidate.to_lowercase().chars().take(NAME_CHARS_MAX).collect::<Vec<_>>()), candidate)
        })
        .filter(|(edits, _)| *edits <= edits_max)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests;
