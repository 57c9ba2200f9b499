//! Answers questions from the postings of one index.

use roaring::RoaringBitmap;
use tantivy::postings::SegmentPostings;
use tantivy::query::{EnableScoring, PhraseQuery, Query};
use tantivy::schema::{Field, IndexRecordOption, Term};
use tantivy::{DocSet, TERMINATED, TantivyError};

use super::fields::{attribute_term, exists_term, stable_name};
use super::{IndexQuery, SegmentIndex};
use crate::error::{Error, ErrorKind};

pub(super) fn search(index: &SegmentIndex, query: &IndexQuery) -> Result<RoaringBitmap, Error> {
    match query {
        IndexQuery::All(parts) => {
            let mut rows = all(index);
            for part in parts {
                if rows.is_empty() {
                    break;
                }
                rows &= search(index, part)?;
            }
            Ok(rows)
        }
        IndexQuery::Any(parts) => {
            parts.iter().try_fold(RoaringBitmap::new(), |rows, part| Ok(rows | search(index, part)?))
        }
        IndexQuery::Not(part) => Ok(all(index) - search(index, part)?),
        leaf => leaf_rows(index, leaf),
    }
}

fn leaf_rows(index: &SegmentIndex, query: &IndexQuery) -> Result<RoaringBitmap, Error> {
    let fields = &index.fields;
    let attribute = |text: &str| rows_of(index, &Term::from_field_text(fields.attribute, text));
    let found = match query {
        IndexQuery::Words(words) => words_rows(index, words),
        IndexQuery::Phrase(words) if words.len() < 2 => words_rows(index, words),
        IndexQuery::Phrase(words) => phrase_rows(index, words),
        IndexQuery::Prefix(prefix) => prefix_rows(index, fields.text, prefix),
        IndexQuery::Attribute { key, value } if key == "service.name" => {
            rows_of(index, &Term::from_field_text(fields.service, value))
        }
        IndexQuery::Attribute { key, value } => attribute(&attribute_term(stable_name(key), value)),
        // Every row has a service.
        IndexQuery::AttributeExists(key) if key == "service.name" => Ok(all(index)),
        IndexQuery::AttributeExists(key) => attribute(&exists_term(stable_name(key))),
        IndexQuery::Service(service) => rows_of(index, &Term::from_field_text(fields.service, service)),
        IndexQuery::Severity { min, max } => {
            let field = fields.severity.ok_or_else(|| not_indexed("severity"))?;
            (*min..=*max).try_fold(RoaringBitmap::new(), |rows, severity| {
                Ok(rows | rows_of(index, &Term::from_field_u64(field, severity.into()))?)
            })
        }
        IndexQuery::TraceId(id) => {
            let field = fields.trace_id.ok_or_else(|| not_indexed("trace id"))?;
            rows_of(index, &Term::from_field_bytes(field, id))
        }
        IndexQuery::All(_) | IndexQuery::Any(_) | IndexQuery::Not(_) => return search(index, query),
    };
    found.map_err(|error| Error::new(ErrorKind::Data, format!("cannot search the index of a segment: {error}")))
}

fn not_indexed(what: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("the index of this table has no {what}; scan its rows instead"))
}

fn all(index: &SegmentIndex) -> RoaringBitmap {
    let mut rows = RoaringBitmap::new();
    rows.insert_range(0..index.rows);
    rows
}

fn rows_of(index: &SegmentIndex, term: &Term) -> Result<RoaringBitmap, TantivyError> {
    let inverted = index.reader.inverted_index(term.field())?;
    Ok(inverted.read_postings(term, IndexRecordOption::Basic)?.map_or_else(RoaringBitmap::new, collect))
}

fn words_rows(index: &SegmentIndex, words: &[String]) -> Result<RoaringBitmap, TantivyError> {
    let mut rows = all(index);
    for word in words {
        if rows.is_empty() {
            break;
        }
        rows &= rows_of(index, &Term::from_field_text(index.fields.text, word))?;
    }
    Ok(rows)
}

fn phrase_rows(index: &SegmentIndex, words: &[String]) -> Result<RoaringBitmap, TantivyError> {
    let terms = words.iter().map(|word| Term::from_field_text(index.fields.text, word)).collect();
    let schema = super::fields::schema(index.signal).0;
    let weight = PhraseQuery::new(terms).weight(EnableScoring::disabled_from_schema(&schema))?;
    let mut scorer = weight.scorer(&index.reader, 1.0)?;
    Ok(collect_from(scorer.as_mut()))
}

fn prefix_rows(index: &SegmentIndex, field: Field, prefix: &str) -> Result<RoaringBitmap, TantivyError> {
    let inverted = index.reader.inverted_index(field)?;
    let mut terms = inverted.terms().range().ge(prefix).into_stream()?;
    let mut rows = RoaringBitmap::new();
    while terms.advance() && terms.key().starts_with(prefix.as_bytes()) {
        rows |= collect(inverted.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?);
    }
    Ok(rows)
}

fn collect(mut postings: SegmentPostings) -> RoaringBitmap {
    collect_from(&mut postings)
}

fn collect_from<D: DocSet + ?Sized>(documents: &mut D) -> RoaringBitmap {
    let mut rows = RoaringBitmap::new();
    let mut document = documents.doc();
    while document != TERMINATED {
        rows.insert(document);
        document = documents.advance();
    }
    rows
}
