//! The dictionary: a Tantivy index of the frequent terms, in which a document is a block of rows.

use std::path::Path;

use tantivy::directory::{Directory, RamDirectory};
use tantivy::schema::{Field, IndexRecordOption, Schema, Term, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{RawTokenizer, TextAnalyzer, TokenizerManager};
use tantivy::{DocSet, Index, SegmentReader, TERMINATED, TantivyDocument, TantivyError};

use super::collect::Frequent;
use super::term::Kind;
use crate::error::{Error, ErrorKind};

/// Tantivy's hash table of terms begins with a size derived from this; it grows.
const MEMORY_BYTES: usize = 15 << 20;
const META: &str = "meta.json";
/// Tantivy's own tokenizer of one token, under a name of ours: only it is registered.
const TOKENIZER: &str = "alidade-term";

/// A file of Tantivy.
pub(super) struct File {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// The opened dictionary of one segment.
pub(super) struct Dictionary {
    reader: SegmentReader,
    fields: [Field; Kind::ALL.len()],
}

/// The files of the dictionary; none where there is no frequent term.
pub(super) fn build(frequent: &[Frequent], block_count: u32) -> Result<Vec<File>, Error> {
    if frequent.is_empty() {
        return Ok(Vec::new());
    }
    let failed = |error: TantivyError| Error::new(ErrorKind::Internal, format!("indexing a segment: {error}"));
    let (schema, fields) = schema();
    let directory = RamDirectory::create();
    let mut writer = Index::builder()
        .schema(schema)
        .tokenizers(tokenizers())
        .single_segment_index_writer::<TantivyDocument>(directory.clone(), MEMORY_BYTES)
        .map_err(failed)?;
    for terms in terms_of_blocks(frequent, block_count) {
        let mut document = TantivyDocument::new();
        for term in terms {
            let Frequent { kind, text, .. } = &frequent[term as usize];
            document.add_text(fields[*kind as usize], text);
        }
        writer.add_document(document).map_err(failed)?;
    }
    let index = writer.finalize().map_err(failed)?;
    files(&index, &directory, block_count)
}

/// For each block its terms, by position.
fn terms_of_blocks(frequent: &[Frequent], block_count: u32) -> Vec<Vec<u32>> {
    let mut terms = vec![Vec::new(); block_count as usize];
    for (position, term) in (0..).zip(frequent) {
        for block in &term.blocks {
            terms[usize::from(*block)].push(position);
        }
    }
    terms
}

fn files(index: &Index, directory: &RamDirectory, block_count: u32) -> Result<Vec<File>, Error> {
    let failed = |what: String| Error::new(ErrorKind::Internal, format!("packing an index: {what}"));
    let metas = index.load_metas().map_err(|error| failed(error.to_string()))?;
    let documents: Vec<u32> = metas.segments.iter().map(tantivy::SegmentMeta::max_doc).collect();
    if documents != [block_count] {
        return Err(failed(format!("{block_count} blocks became segments of {documents:?} documents")));
    }
    let mut names: Vec<String> = metas.list_segment_files().iter().map(|path| path.display().to_string()).collect();
    names.push(META.to_owned());
    names.sort();
    let mut files = Vec::new();
    for name in names {
        let path = Path::new(&name);
        if directory.exists(path).map_err(|error| failed(error.to_string()))? {
            let bytes = directory.atomic_read(path).map_err(|error| failed(error.to_string()))?;
            files.push(File { name, bytes });
        }
    }
    Ok(files)
}

impl Dictionary {
    /// Opens the files; the error says what is wrong with them.
    pub(super) fn open(files: &[File], block_count: u32) -> Result<Self, String> {
        let directory = RamDirectory::create();
        for file in files {
            directory.atomic_write(Path::new(&file.name), &file.bytes).map_err(|error| error.to_string())?;
        }
        let mut index = Index::open(directory).map_err(|error| error.to_string())?;
        index.set_tokenizers(tokenizers());
        let segments = index.searchable_segments().map_err(|error| error.to_string())?;
        let [segment] = segments.as_slice() else { return Err(format!("it has {} segments", segments.len())) };
        let reader = SegmentReader::open(segment).map_err(|error| error.to_string())?;
        if reader.max_doc() != block_count {
            return Err(format!("it has {} documents for {block_count} blocks", reader.max_doc()));
        }
        Ok(Self { reader, fields: schema().1 })
    }

    /// The blocks of a term, rising; `None` where the dictionary does not have it.
    pub(super) fn find(&self, kind: Kind, text: &str) -> Result<Option<Vec<u32>>, TantivyError> {
        let field = self.fields[kind as usize];
        let term = Term::from_field_text(field, text);
        let postings = self.reader.inverted_index(field)?.read_postings(&term, IndexRecordOption::Basic)?;
        Ok(postings.map(|mut postings| {
            let mut blocks = Vec::with_capacity(postings.doc_freq() as usize);
            let mut block = postings.doc();
            while block != TERMINATED {
                blocks.push(block);
                block = postings.advance();
            }
            blocks
        }))
    }
}

fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::new();
    tokenizers.register(TOKENIZER, TextAnalyzer::from(RawTokenizer::default()));
    tokenizers
}

fn schema() -> (Schema, [Field; Kind::ALL.len()]) {
    let mut builder = Schema::builder();
    let options = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    );
    let fields = Kind::ALL.map(|kind| builder.add_text_field(kind.field_name(), options.clone()));
    (builder.build(), fields)
}
