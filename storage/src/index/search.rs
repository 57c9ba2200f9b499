//! Answers questions from the terms of one index.

use roaring::RoaringBitmap;

use super::term::{self, Kind};
use super::{IndexQuery, SegmentIndex, collect, needles};
use crate::error::{Error, ErrorKind};

/// The blocks that can hold a match.
pub(super) fn search(index: &SegmentIndex, query: &IndexQuery) -> Result<RoaringBitmap, Error> {
    match query {
        IndexQuery::All(parts) => {
            let mut blocks = all(index);
            for part in parts {
                if blocks.is_empty() {
                    break;
                }
                blocks &= search(index, part)?;
            }
            Ok(blocks)
        }
        IndexQuery::Any(parts) => {
            parts.iter().try_fold(RoaringBitmap::new(), |blocks, part| Ok(blocks | search(index, part)?))
        }
        IndexQuery::Words(words) => words_blocks(index, words),
        // The words in this order are for the filter of the rows to find.
        IndexQuery::Phrase(words) => words_blocks(index, words),
        IndexQuery::Prefix(prefix) => {
            let beginning = term::beginning(prefix);
            if beginning.chars().count() < term::BEGINNING_CHARS {
                return Err(not_indexed("so short a prefix"));
            }
            blocks_of(index, term::beginning_hash(beginning), Kind::Beginning, beginning)
        }
        IndexQuery::Attribute { key, value } => of_names(key, |key| {
            let hash = term::attribute(term::key(key), value);
            blocks_of(index, hash, Kind::Attribute, &term::attribute_text(key, value))
        }),
        IndexQuery::AttributeExists(key) => {
            of_names(key, |key| blocks_of(index, term::key(key), Kind::Attribute, &term::key_text(key)))
        }
        IndexQuery::Service(service) => {
            let query = IndexQuery::Attribute { key: super::SERVICE.to_owned(), value: service.clone() };
            search(index, &query)
        }
        IndexQuery::Severity { min, max } => {
            if index.signal != crate::row::Signal::Logs {
                return Err(not_indexed("severity"));
            }
            let wanted = super::severity_bits(*min, *max);
            let blocks = (0..).zip(&index.severities).filter(|(_, bits)| **bits & wanted != 0);
            Ok(blocks.map(|(block, _)| block).collect())
        }
        IndexQuery::TraceId(id) => {
            if !index.can_answer(query) {
                return Err(not_indexed("trace id"));
            }
            blocks_of(index, term::trace(id), Kind::Trace, &term::trace_text(id))
        }
        IndexQuery::LinkTo(id) => {
            if !index.can_answer(query) {
                return Err(not_indexed("link"));
            }
            blocks_of(index, term::link(id), Kind::Link, &term::trace_text(id))
        }
    }
}

/// An attribute is indexed under its stable name; under its own by a version that did not know that it has one.
fn of_names(key: &str, blocks: impl Fn(&str) -> Result<RoaringBitmap, Error>) -> Result<RoaringBitmap, Error> {
    let stable = term::stable_name(key);
    let found = blocks(stable)?;
    Ok(if stable == key { found } else { found | blocks(key)? })
}

fn not_indexed(what: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("the index of this table has no {what}; scan its rows instead"))
}

fn all(index: &SegmentIndex) -> RoaringBitmap {
    let mut blocks = RoaringBitmap::new();
    blocks.insert_range(0..index.block_count());
    blocks
}

fn words_blocks(index: &SegmentIndex, words: &[String]) -> Result<RoaringBitmap, Error> {
    let mut blocks = all(index);
    for word in words {
        if blocks.is_empty() {
            break;
        }
        blocks &= blocks_of(index, term::word(word), Kind::Word, word)?;
    }
    Ok(blocks)
}

/// The needles know every term; of a frequent one they say only that the dictionary has it.
fn blocks_of(index: &SegmentIndex, hash: u64, kind: Kind, text: &str) -> Result<RoaringBitmap, Error> {
    let found = needles::find(&index.needles, collect::short(hash));
    let mut blocks: RoaringBitmap = found.blocks.iter().map(|block| u32::from(*block)).collect();
    if !found.is_frequent {
        return Ok(blocks);
    }
    let failed = |error| Error::new(ErrorKind::Data, format!("cannot search the index of a segment: {error}"));
    let frequent = match &index.dictionary {
        Some(dictionary) => dictionary.find(kind, text).map_err(failed)?,
        None => None,
    };
    match frequent {
        Some(frequent) => blocks.extend(frequent),
        // A term of another text has the same hash, so far as it is kept. Whether this one occurs is not known.
        None => blocks = all(index),
    }
    Ok(blocks)
}
