//! Tables in Markdown, and numbers as people read them.

use std::fmt;

/// Rows of as many cells as the heading has.
pub(crate) struct Table {
    columns: usize,
    text: String,
}

impl Table {
    pub(crate) fn new(heading: &[&str]) -> Self {
        let mut table = Self { columns: heading.len(), text: String::new() };
        table.row(heading);
        table.text.push_str(&"|---".repeat(heading.len()));
        table.text.push_str("|\n");
        table
    }

    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let before = self.text.len();
        for cell in cells {
            self.text.push_str("| ");
            self.text.push_str(cell.as_ref());
            self.text.push(' ');
        }
        debug_assert_eq!(self.text[before..].matches("| ").count(), self.columns, "{}", &self.text[before..]);
        self.text.push_str("|\n");
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim_end())
    }
}

/// `1234567` as `1,234,567`.
pub(crate) fn thousands(number: impl fmt::Display) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
