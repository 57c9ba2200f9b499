//! The nearest of some names to a word that is none of them. Pure.

/// Longer words are not compared: they are no misspelt name, and comparing takes the square of the length.
const WORD_CHARS_MAX: usize = 40;

/// The name that differs least from the word, if it differs little: a third of its letters, but at least one.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    if word.is_empty() || word.len() > WORD_CHARS_MAX {
        return None;
    }
    let of = |name: &'a str| {
        let letters: Vec<char> = name.to_lowercase().chars().collect();
        let allowed = (letters.len().max(word.len()) / 3).max(1);
        let distance = distance(&word, &letters);
        (distance <= allowed && distance < letters.len()).then_some((distance, name))
    };
    names.into_iter().filter_map(of).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// How many letters have to be inserted, removed, replaced or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let replaced = above[j] + usize::from(x != y);
            let mut least = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && b[j - 1] == *x {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests;
