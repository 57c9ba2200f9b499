//! Answers questions from the terms of one index.
//!
//! A question is gone through twice: once to see which terms it asks for, which are then looked up together, and once to put
//! their blocks together.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use super::body::Failed;
use super::needles::Found;
use super::term::{self, Kind};
use super::{IndexQuery, SegmentIndex, collect};
use crate::error::{Error, ErrorKind};

/// The blocks of a term.
type BlocksOf<'a> = dyn FnMut(u64, Kind, &str) -> Result<RoaringBitmap, Error> + 'a;

/// The blocks that can hold a match.
pub(super) async fn search(index: &SegmentIndex, query: &IndexQuery) -> Result<RoaringBitmap, Failed> {
    let mut terms = Vec::new();
    // Whatever it asks for may be anywhere: so it asks for everything.
    walk(index, query, &mut |hash, _, _| {
        terms.push(collect::short(hash));
        Ok(all(index))
    })?;
    terms.sort_unstable();
    terms.dedup();
    let found: HashMap<u64, Found> = match terms.as_slice() {
        // Only the times of blocks, or severities: nothing has to be read.
        [] => HashMap::new(),
        terms => index.needles(terms).await?.into_iter().collect(),
    };
    let is_frequent = found.values().any(|found| found.is_frequent);
    let dictionary = if is_frequent { index.dictionary().await? } else { None };
    let blocks = walk(index, query, &mut |hash, kind, text| {
        // The needles know every term; of a frequent one they say only that the dictionary has it.
        let found = found.get(&collect::short(hash)).cloned().unwrap_or_default();
        let mut blocks: RoaringBitmap = found.blocks.iter().map(|block| u32::from(*block)).collect();
        if !found.is_frequent {
            return Ok(blocks);
        }
        let failed = |error| Error::new(ErrorKind::Data, format!("cannot search the index of a segment: {error}"));
        let frequent = match dictionary {
            Some(dictionary) => dictionary.find(kind, text).map_err(failed)?,
            None => None,
        };
        match frequent {
            Some(frequent) => blocks.extend(frequent),
            // A term of another text has the same hash, so far as it is kept. Whether this one occurs is not known.
            None => blocks = all(index),
        }
        Ok(blocks)
    });
    Ok(blocks?)
}

fn walk(index: &SegmentIndex, query: &IndexQuery, blocks_of: &mut BlocksOf<'_>) -> Result<RoaringBitmap, Error> {
    match query {
        IndexQuery::All(parts) => {
            let mut blocks = all(index);
            for part in parts {
                if blocks.is_empty() {
                    break;
                }
                blocks &= walk(index, part, blocks_of)?;
            }
            Ok(blocks)
        }
        IndexQuery::Any(parts) => {
            let mut blocks = RoaringBitmap::new();
            for part in parts {
                blocks |= walk(index, part, blocks_of)?;
            }
            Ok(blocks)
        }
        // The words in this order are for the filter of the rows to find.
        IndexQuery::Words(words) | IndexQuery::Phrase(words) => {
            let mut blocks = all(index);
            for word in words {
                if blocks.is_empty() {
                    break;
                }
                blocks &= blocks_of(term::word(word), Kind::Word, word)?;
            }
            Ok(blocks)
        }
        IndexQuery::Prefix(prefix) => {
            let beginning = term::beginning(prefix);
            if beginning.chars().count() < term::BEGINNING_CHARS {
                return Err(not_indexed("so short a prefix"));
            }
            blocks_of(term::beginning_hash(beginning), Kind::Beginning, beginning)
        }
        IndexQuery::Attribute { key, value } => of_names(key, |key| {
            let hash = term::attribute(term::key(key), value);
            blocks_of(hash, Kind::Attribute, &term::attribute_text(key, value))
        }),
        IndexQuery::AttributeExists(key) => {
            of_names(key, |key| blocks_of(term::key(key), Kind::Attribute, &term::key_text(key)))
        }
        IndexQuery::Service(service) => {
            let query = IndexQuery::Attribute { key: super::SERVICE.to_owned(), value: service.clone() };
            walk(index, &query, blocks_of)
        }
        IndexQuery::Severity { min, max } => {
            if index.signal != crate::row::Signal::Logs {
                return Err(not_indexed("severity"));
            }
            let wanted = super::severity_bits(*min, *max);
            let blocks = (0..).zip(&index.severities).filter(|(_, bits)| **bits & wanted != 0);
            Ok(blocks.map(|(block, _)| block).collect())
        }
        IndexQuery::TraceId(id) => blocks_of(term::trace(id), Kind::Trace, &term::trace_text(id)),
        IndexQuery::LinkTo(id) => {
            if !index.can_answer(query) {
                return Err(not_indexed("link"));
            }
            blocks_of(term::link(id), Kind::Link, &term::trace_text(id))
        }
        IndexQuery::InMap(key) => {
            let key = term::stable_name(key);
            blocks_of(term::in_map(term::key(key)), Kind::InMap, &term::key_text(key))
        }
    }
}

/// An attribute is indexed under its stable name; under its own by a version that did not know that it has one.
fn of_names(key: &str, mut blocks: impl FnMut(&str) -> Result<RoaringBitmap, Error>) -> Result<RoaringBitmap, Error> {
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
