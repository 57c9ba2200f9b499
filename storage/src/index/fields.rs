//! The fields of a sidecar, and the form of its terms.

use std::borrow::Cow;

use tantivy::schema::{BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::promoted;
use crate::row::Signal;
use crate::text;

/// Names the tokenizer of [`crate::text`] in a sidecar.
pub(super) const TOKENIZER: &str = "alidade";

/// A longer `key=value` term is stored as its key and a hash of the value. (Tantivy drops terms above 65,530 bytes.)
const TERM_BYTES_MAX: usize = 512;

#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) text: Field,
    pub(super) attribute: Field,
    pub(super) service: Field,
    /// Logs only.
    pub(super) severity: Option<Field>,
    /// Logs only.
    pub(super) trace_id: Option<Field>,
}

/// The schema of a table's sidecars. The order of the fields is part of the stored form.
pub(super) fn schema(signal: Signal) -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let raw = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    );
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let text = builder.add_text_field("text", words);
    let attribute = builder.add_text_field("attribute", raw.clone());
    let service = builder.add_text_field("service", raw);
    let is_logs = signal == Signal::Logs;
    let severity = is_logs.then(|| builder.add_u64_field("severity", NumericOptions::default().set_indexed()));
    let trace_id = is_logs.then(|| builder.add_bytes_field("trace_id", BytesOptions::default().set_indexed()));
    (builder.build(), Fields { text, attribute, service, severity, trace_id })
}

/// The name under which an attribute is indexed: the stable one, where it has an older one.
pub(super) fn stable_name(key: &str) -> &str {
    match key {
        "deployment.environment" => "deployment.environment.name",
        key => promoted::by_attribute(key).map_or(key, |promoted| promoted.attribute),
    }
}

/// The term `key=value`. A `=` or `\` within the key is escaped, so that no two pairs share a term.
pub(super) fn attribute_term(key: &str, value: &str) -> String {
    let mut term = exists_term(key).into_owned();
    if term.len() + value.len() < TERM_BYTES_MAX {
        term.push('=');
        term.push_str(value);
    } else {
        // `\#` is no escape of a key, so no short value has this term.
        term.push_str(&format!("\\#{}", hash(value)));
    }
    term
}

/// The term that says that there is such an attribute.
pub(super) fn exists_term(key: &str) -> Cow<'_, str> {
    if key.len() >= TERM_BYTES_MAX {
        return Cow::Owned(format!("\\#{}", hash(key)));
    }
    if key.contains(['=', '\\']) {
        return Cow::Owned(key.replace('\\', "\\\\").replace('=', "\\="));
    }
    Cow::Borrowed(key)
}

/// 128 bits that stand for a long text; stored, so never changed.
fn hash(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut fnv = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    for byte in bytes {
        fnv = (fnv ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    format!("{fnv:032x}{:08x}", bytes.len())
}

/// [`crate::text`] as Tantivy wants it.
#[derive(Clone, Default)]
pub(super) struct Tokens {
    token: Token,
}

pub(super) struct Stream<'a> {
    token: &'a mut Token,
    tokens: Box<dyn Iterator<Item = (usize, usize, Cow<'a, str>)> + 'a>,
}

impl Tokenizer for Tokens {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.token.reset();
        Stream { token: &mut self.token, tokens: Box::new(text::spans(text)) }
    }
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some((from, to, text)) = self.tokens.next() else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = from;
        self.token.offset_to = to;
        self.token.text.clear();
        self.token.text.push_str(&text);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
