//! The index sidecar of a segment: in which blocks of rows these words, attributes, services occur.
//!
//! ```text
//! rows ─► blocks of BLOCK_ROWS ─► terms ─┬─ of few blocks:  needles, three bytes an occurrence
//!                                        └─ of many blocks: dictionary (Tantivy, a document is a block)
//! ```
//!
//! What it promises: every row that matches, by the tokenizer of [`crate::text`], is in the blocks of the answer.
//! What it leaves out: which rows of a block match (whoever reads them applies the condition again), ranges of numbers,
//! regular expressions and substrings within a word.

mod body;
mod build;
mod cache;
mod collect;
mod dictionary;
mod needles;
mod pack;
mod search;
mod term;

use std::ops::Range;

use bytes::Bytes;
use roaring::RoaringBitmap;
use tokio::sync::OnceCell;

use crate::error::{Error, ErrorKind};
use crate::row::Signal;
use body::Body;
pub(crate) use body::Failed;
pub(crate) use build::Builder;
pub(crate) use cache::IndexCache;
use dictionary::{Dictionary, File};
use needles::Found;

/// Rows of a block. Smaller ones make the index larger, larger ones make a search read more rows.
pub const BLOCK_ROWS: u32 = 2048;

/// The service is indexed as an attribute.
const SERVICE: &str = "service.name";

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
    /// Rows whose text has all of these tokens (see [`crate::text::tokens`]), in any order.
    Words(Vec<String>),
    /// Rows whose text has these tokens one after the other.
    Phrase(Vec<String>),
    /// Rows whose text has a token that begins with this (lower case), of three characters or more.
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
    /// Log records or spans of this trace.
    TraceId(Vec<u8>),
    /// Spans that link to this trace.
    LinkTo(Vec<u8>),
    /// Rows that have an attribute of this name in a map though the segment has a column for it: the value had another
    /// type, or came from the other place.
    InMap(String),
}

/// The opened index of one segment: what is known of its blocks; the rest is read as searches need it.
pub struct SegmentIndex {
    signal: Signal,
    rows: u32,
    block_rows: u32,
    /// Of each block one bit for each severity number in it, see [`severity_bits`]. Logs only.
    severities: Vec<u32>,
    /// First and last time of each block, in microseconds.
    times: Vec<(i64, i64)>,
    body: Body,
    /// The needles are the body's beginning.
    needles_bytes: u64,
    needles: OnceCell<needles::Shape>,
    /// None where no term is in many blocks.
    files: Vec<Place>,
    dictionary: OnceCell<Dictionary>,
}

/// A file of the dictionary, and where it is in the body.
struct Place {
    name: String,
    is_compressed: bool,
    range: Range<u64>,
}

/// Where a segment's matches are: every match is in one of these blocks, and not every row of them is a match.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    blocks: RoaringBitmap,
    block_rows: u32,
    rows: u32,
}

impl Blocks {
    /// Whether there is no match.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The blocks, rising: number and rows.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Range<u64>)> + '_ {
        self.blocks.iter().map(|block| {
            let begin = u64::from(block) * u64::from(self.block_rows);
            (block, begin..(begin + u64::from(self.block_rows)).min(u64::from(self.rows)))
        })
    }

    /// The rows of the blocks, as rising ranges that do not touch.
    pub fn ranges(&self) -> Vec<Range<u64>> {
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for (_, rows) in self.iter() {
            match ranges.last_mut() {
                Some(last) if last.end == rows.start => last.end = rows.end,
                _ => ranges.push(rows),
            }
        }
        ranges
    }
}

impl SegmentIndex {
    /// The blocks of the segment's Parquet file that can hold a match.
    ///
    /// [`crate::ErrorKind::Invalid`] where this segment's index cannot answer the query; see [`Self::can_answer`].
    pub(crate) async fn search(&self, query: &IndexQuery) -> Result<Blocks, Failed> {
        let blocks = search::search(self, query).await?;
        Ok(Blocks { blocks, block_rows: self.block_rows, rows: self.rows })
    }

    /// Whether [`crate::Store::search`] has what it takes for this query: severities are indexed for logs only, links for spans
    /// only, prefixes only from three characters on.
    pub fn can_answer(&self, query: &IndexQuery) -> bool {
        match query {
            IndexQuery::All(parts) | IndexQuery::Any(parts) => parts.iter().all(|part| self.can_answer(part)),
            IndexQuery::Severity { .. } => self.signal == Signal::Logs,
            IndexQuery::LinkTo(_) => self.signal == Signal::Spans,
            IndexQuery::Prefix(prefix) => prefix.chars().count() >= term::BEGINNING_CHARS,
            _ => true,
        }
    }

    /// First and last time of the rows of a block, in microseconds; `None` where there is no such block.
    pub fn block_times(&self, block: u32) -> Option<(i64, i64)> {
        self.times.get(block as usize).copied()
    }

    /// How many rows the segment has.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// The memory that it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.body.bytes()
    }

    /// What the needles say of these short hashes.
    async fn needles(&self, terms: &[u64]) -> Result<Vec<(u64, Found)>, Failed> {
        let damaged = Failed::Damaged;
        let shape = async {
            let header = self.body.read_once(0..self.needles_bytes.min(needles::HEADER as u64)).await?;
            let header = needles::Header::read(&header).map_err(damaged)?;
            let shape =
                header.shape(&self.body.read_once(header.ends()).await?, self.needles_bytes).map_err(damaged)?;
            self.body.takes(shape.bytes());
            Ok::<_, Failed>(shape)
        };
        let shape = self.needles.get_or_try_init(|| shape).await?;
        let groups = self.body.read(&terms.iter().map(|term| shape.group(*term)).collect::<Vec<_>>()).await?;
        let find = |(term, group): (&u64, Bytes)| Ok((*term, shape.find(*term, &group)?));
        terms.iter().zip(groups).map(find).collect::<Result<_, String>>().map_err(damaged)
    }

    /// The dictionary; `None` where there is none.
    async fn dictionary(&self) -> Result<Option<&Dictionary>, Failed> {
        if self.files.is_empty() {
            return Ok(None);
        }
        let open = async {
            let (first, last) = (&self.files[0].range, &self.files[self.files.len() - 1].range);
            let bytes = self.body.read_once(first.start..last.end).await?;
            let mut files = Vec::with_capacity(self.files.len());
            for Place { name, is_compressed, range } in &self.files {
                let stored = &bytes[(range.start - first.start) as usize..(range.end - first.start) as usize];
                let bytes = if *is_compressed {
                    zstd::decode_all(stored).map_err(|error| Failed::Damaged(error.to_string()))?
                } else {
                    stored.to_vec()
                };
                files.push(File { name: name.clone(), bytes });
            }
            let block_count = self.block_count();
            let memory = files.iter().map(|file| file.bytes.len()).sum();
            let opened = tokio::task::spawn_blocking(move || Dictionary::open(&files, block_count)).await;
            let opened = opened.map_err(|error| {
                Error::new(ErrorKind::Internal, format!("opening the dictionary of an index failed: {error}"))
            })?;
            self.body.takes(memory);
            opened.map_err(Failed::Damaged)
        };
        self.dictionary.get_or_try_init(|| open).await.map(Some)
    }

    fn block_count(&self) -> u32 {
        self.rows.div_ceil(self.block_rows)
    }
}

/// A bit for each severity number of the range; those beyond OpenTelemetry's 24 share the last one.
fn severity_bits(min: u8, max: u8) -> u32 {
    (min.min(31)..=max.min(31)).fold(0, |bits, severity| bits | 1 << severity)
}

impl std::fmt::Debug for SegmentIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentIndex").field("signal", &self.signal).field("rows", &self.rows).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
