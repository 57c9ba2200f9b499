//! Where something stands in the text of a query.

/// A run of bytes of the query's text.
///
/// All spans are equal to each other: where a node was written does not make it another node, so that two syntax trees
/// are equal when they mean the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// The first byte.
    pub position: usize,
    /// How many bytes.
    pub length: usize,
}

impl Span {
    /// From `position`, `length` bytes.
    pub fn new(position: usize, length: usize) -> Self {
        Self { position, length }
    }

    /// From the begin of this to the end of the other, which stands behind it.
    pub fn to(self, other: Span) -> Self {
        Self { position: self.position, length: other.end().saturating_sub(self.position) }
    }

    /// The byte behind the last one.
    pub fn end(self) -> usize {
        self.position + self.length
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}
