//! The index sidecar of a segment: which rows hold these words, attributes, services.
//!
//! What it promises: the row numbers of exactly the rows that match, by the tokenizer of [`crate::text`].
//! What it leaves out: ranges of numbers, regular expressions and substrings within a word: scan for those.

mod build;
mod cache;
mod fields;
mod pack;
mod search;

use roaring::RoaringBitmap;
use tantivy::SegmentReader;

use crate::error::Error;
use crate::row::Signal;
use fields::Fields;

pub(crate) use build::build;
pub(crate) use cache::IndexCache;

/// A question to the index of one segment.
///
/// Text is the body of a log record; of a span its name, its status message and the texts of its exceptions
/// (`exception.type`, `exception.message`, `exception.stacktrace` of its events).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexQuery {
    /// Rows that match all of these; with none, every row.
    All(Vec<IndexQuery>),
    /// Rows that match one of these; with none, no row.
    Any(Vec<IndexQuery>),
    /// Rows that do not match this.
    Not(Box<IndexQuery>),
    /// Rows whose text has all of these tokens (see [`crate::text::tokens`]), in any order.
    Words(Vec<String>),
    /// Rows whose text has these tokens one after the other.
    Phrase(Vec<String>),
    /// Rows whose text has a token that begins with this (lower case).
    Prefix(String),
    /// Rows that have an attribute (of the record or of its resource, promoted or not, stable or older name) of this
    /// name with this value in plain text: `5`, `true`, `GET`.
    Attribute {
        /// The attribute's name, for example `http.request.method`.
        key: String,
        /// [`crate::attributes::plain_text`] of the value.
        value: String,
    },
    /// Rows that have an attribute of this name.
    AttributeExists(String),
    /// Rows of this service.
    Service(String),
    /// Log records with a severity number in this range, both ends included.
    Severity {
        /// Smallest severity number.
        min: u8,
        /// Largest severity number.
        max: u8,
    },
    /// Log records of this trace. (Spans are found by the bloom filter and order of their files instead.)
    TraceId(Vec<u8>),
}

/// The opened index of one segment.
pub struct SegmentIndex {
    signal: Signal,
    rows: u32,
    bytes: usize,
    fields: Fields,
    reader: SegmentReader,
}

impl SegmentIndex {
    /// The numbers of the rows of the segment's Parquet file that match.
    ///
    /// [`crate::ErrorKind::Invalid`] where this segment's index cannot answer the query; see [`Self::can_answer`].
    pub fn search(&self, query: &IndexQuery) -> Result<RoaringBitmap, Error> {
        search::search(self, query)
    }

    /// Whether [`Self::search`] has what it takes for this query (severity and trace id are indexed for logs only).
    pub fn can_answer(&self, query: &IndexQuery) -> bool {
        match query {
            IndexQuery::All(parts) | IndexQuery::Any(parts) => parts.iter().all(|part| self.can_answer(part)),
            IndexQuery::Not(part) => self.can_answer(part),
            IndexQuery::Severity { .. } | IndexQuery::TraceId(_) => self.signal == Signal::Logs,
            _ => true,
        }
    }

    /// How many rows the segment has.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// The memory that the opened index takes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl std::fmt::Debug for SegmentIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentIndex").field("signal", &self.signal).field("rows", &self.rows).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
