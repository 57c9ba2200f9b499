//! The rows of a table that meet conditions, piece by piece: a piece is a live batch or a part of a segment that can hold some.
//!
//! ```text
//! conditions ─► segments by time and service ─► index: blocks ─► pieces, the nearest in time first
//!                                                                  └─► read: cheap conditions first, then the columns
//! ```
//!
//! What it promises: every row that meets the conditions is in a piece, and a reading of the pieces answers exactly those
//! rows. A segment whose turn does not come is not opened, nor its index. What it leaves out: SQL (see [`crate::scan`]),
//! order within a piece, and limits: whoever reads has had enough.

mod candidates;
mod read;
mod side_by_side;
mod sieve;

use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use futures::StreamExt;
use storage::{Blocks, IndexQuery, Segment, Snapshot, Store};

use crate::error::Error;
use crate::reading::Conditions;
use crate::scan::{Footer, Footers, Scanned, Tally, index_queries};
pub(crate) use read::Rows;
pub(crate) use sieve::Sieve;
pub(crate) use sieve::{conform, conform_of, nullable, take_rows};

/// How many segments are opened at once by whoever wants all of them.
const OPENED_CONCURRENT: usize = 16;

/// To open a segment costs about as much as to read so many rows.
const OPENING_ROWS: u64 = 8 << 10;

/// Where one in so many rows is a candidate, nearly each of them is a match of its own.
const FEW_OF: u64 = 16;

/// What a search needs of its question.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) store: Arc<Store>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) footers: Arc<Footers>,
    pub(crate) tally: Arc<Tally>,
    /// How many threads may read at once.
    pub(crate) threads: usize,
}

impl Source {
    /// A part of the table.
    pub(crate) fn part(&self, segments: Vec<Arc<Segment>>, with_live_rows: bool) -> Self {
        let Snapshot { signal, schema, promoted, live, .. } = self.snapshot.as_ref();
        let live = if with_live_rows { live.clone() } else { Vec::new() };
        let part = Snapshot { signal: *signal, schema: schema.clone(), promoted: promoted.clone(), segments, live };
        Self { snapshot: Arc::new(part), ..self.clone() }
    }
}

/// Which pieces come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nearest {
    /// Those with the newest rows.
    Newest,
    /// Those with the oldest rows.
    Oldest,
}

/// A search under way.
pub(crate) struct Search {
    source: Source,
    sieve: Arc<Sieve>,
    range: Option<(i64, i64)>,
    queries: Vec<IndexQuery>,
    /// Attributes of the conditions that have columns.
    in_columns: Vec<String>,
    nearest: Nearest,
    /// Pieces are as small as they can be, so that the nearest can be read alone.
    in_order: bool,
    waiting: BinaryHeap<Waiting>,
    counted: Scanned,
}

/// Some rows that are read together.
#[derive(Clone)]
pub(crate) struct Piece {
    place: Place,
    /// How many rows it has.
    pub(crate) rows: u64,
    /// First and last microsecond that its rows may have.
    pub(crate) times: (i64, i64),
}

#[derive(Clone)]
enum Place {
    Live(RecordBatch),
    /// Rows of one row group, numbered in the file.
    File {
        file: Arc<File>,
        group: usize,
        rows: Range<u64>,
    },
}

/// A segment that is read.
pub(crate) struct File {
    segment: Arc<Segment>,
    footer: Arc<Footer>,
    /// The attributes of the conditions that have columns are in no map of it.
    is_in_columns: bool,
}

/// A piece, or a segment whose pieces are not known yet.
struct Waiting {
    /// Larger is nearer.
    nearness: i64,
    what: What,
}

enum What {
    Piece(Piece),
    Segment(Arc<Segment>),
}

impl Waiting {
    fn rows(&self) -> u64 {
        match &self.what {
            What::Piece(piece) => piece.rows,
            What::Segment(segment) => segment.rows,
        }
    }
}

impl Search {
    /// Begins a search. With `in_order` pieces are small where that helps to leave off early.
    pub(crate) fn new(
        source: Source,
        state: &dyn Session,
        conditions: &Conditions,
        nearest: Nearest,
        in_order: bool,
    ) -> Result<Self, Error> {
        let schema = &source.snapshot.schema;
        let mut sieve = Sieve::new(state, schema, &source.snapshot.promoted, &conditions.filters)?;
        let mut in_columns = Vec::new();
        if let Some((filters, attributes)) = conditions.in_columns() {
            sieve = sieve.or_in_columns(state, schema, &filters)?;
            in_columns = attributes;
        }
        let queries = index_queries(conditions.hint(), &conditions.filters, &source.snapshot.promoted);
        let counted = Scanned { segments: source.snapshot.segments.len(), ..Scanned::default() };
        let waiting = BinaryHeap::new();
        let (sieve, range) = (Arc::new(sieve), conditions.range);
        let mut search = Self { source, sieve, range, queries, in_columns, nearest, in_order, waiting, counted };
        for segment in candidates::segments(&search.source.snapshot.segments, conditions) {
            let nearness = search.nearness((segment.time_min_us, segment.time_max_us));
            search.waiting.push(Waiting { nearness, what: What::Segment(segment) });
        }
        let snapshot = search.source.snapshot.clone();
        for piece in candidates::live(&snapshot, conditions.range) {
            search.counted.live_rows += usize::try_from(piece.rows).unwrap_or(usize::MAX);
            search.put(piece);
        }
        search.source.tally.scanned(snapshot.signal, search.counted);
        Ok(search)
    }

    /// The nearest pieces, as many as cost what so many rows cost; none at the end.
    pub(crate) async fn next(&mut self, rows: u64) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut sum = 0;
        while sum < rows || pieces.is_empty() {
            let Some(Waiting { what, .. }) = self.waiting.pop() else { break };
            match what {
                What::Piece(piece) => {
                    sum += piece.rows;
                    pieces.push(piece);
                }
                What::Segment(segment) => {
                    sum += OPENING_ROWS;
                    let opened = self.open(segment).await;
                    for piece in self.count(opened) {
                        self.put(piece);
                    }
                }
            }
        }
        pieces
    }

    /// All pieces, if the index leaves few of them: at most so many rows, and one in [`FEW_OF`] of all; otherwise nothing is
    /// taken.
    pub(crate) async fn few(&mut self, rows_max: u64) -> Option<Vec<Piece>> {
        let all: u64 = self.waiting.iter().map(Waiting::rows).sum();
        let rows_max = rows_max.min(all / FEW_OF);
        if self.queries.is_empty() || rows_max == 0 {
            return None;
        }
        let (mut pieces, mut segments) = self.take_waiting();
        let mut rows: u64 = pieces.iter().map(|piece| piece.rows).sum();
        let mut opened = 0;
        while rows <= rows_max && opened < segments.len() {
            // More and more at once: each is a read or two of a few kilobytes, and the first may tell that they are many.
            let next = opened..segments.len().min(opened + opened.clamp(1, OPENED_CONCURRENT));
            opened = next.end;
            let opening = segments[next].iter().map(|(_, segment)| self.open(segment.clone()));
            for opened in futures::future::join_all(opening).await {
                pieces.extend(self.count(opened).into_iter().inspect(|piece| rows += piece.rows));
            }
        }
        if rows > rows_max {
            pieces.into_iter().for_each(|piece| self.put(piece));
            let left = segments.drain(opened..);
            self.waiting.extend(left.map(|(nearness, segment)| Waiting { nearness, what: What::Segment(segment) }));
            return None;
        }
        Some(pieces)
    }

    /// No row that is still to come is nearer than this microsecond; `None` where none is to come.
    pub(crate) fn bound(&self) -> Option<i64> {
        self.waiting.peek().map(|waiting| match self.nearest {
            Nearest::Newest => waiting.nearness,
            Nearest::Oldest => waiting.nearness.saturating_neg(),
        })
    }

    /// Reads these columns of the rows of the pieces that meet the conditions, and `more` besides.
    pub(crate) fn read(&self, pieces: Vec<Piece>, columns: &SchemaRef, more: Option<Arc<Sieve>>) -> Rows {
        let sieves = more.into_iter().chain([self.sieve.clone()]).collect();
        read::rows(&self.source, sieves, pieces, columns)
    }

    /// All pieces that are left.
    pub(crate) async fn rest(&mut self) -> Vec<Piece> {
        let (mut pieces, segments) = self.take_waiting();
        let opening: Vec<_> = segments.into_iter().map(|(_, segment)| self.open(segment)).collect();
        let opened: Vec<Opened> = futures::stream::iter(opening).buffered(OPENED_CONCURRENT).collect().await;
        for opened in opened {
            pieces.extend(self.count(opened));
        }
        pieces
    }

    /// All that is left: pieces, and the segments that were not opened, the nearest first, with their nearness.
    fn take_waiting(&mut self) -> (Vec<Piece>, Vec<(i64, Arc<Segment>)>) {
        let (mut pieces, mut segments) = (Vec::new(), Vec::new());
        for Waiting { nearness, what } in std::mem::take(&mut self.waiting).into_sorted_vec().into_iter().rev() {
            match what {
                What::Piece(piece) => pieces.push(piece),
                What::Segment(segment) => segments.push((nearness, segment)),
            }
        }
        (pieces, segments)
    }

    fn put(&mut self, piece: Piece) {
        let nearness = self.nearness(piece.times);
        self.waiting.push(Waiting { nearness, what: What::Piece(piece) });
    }

    fn nearness(&self, (first, last): (i64, i64)) -> i64 {
        match self.nearest {
            Nearest::Newest => last,
            Nearest::Oldest => first.saturating_neg(),
        }
    }

    /// The parts of a segment that can hold matches. One that cannot be read is named in the tally and has none.
    async fn open(&self, segment: Arc<Segment>) -> Opened {
        let Source { store, footers, tally, .. } = &self.source;
        let found = candidates::blocks(store, &segment, &self.queries, self.in_order).await;
        let is_narrowed = found.as_ref().is_some_and(|found| found.is_narrowed);
        if found.as_ref().is_some_and(|found| found.blocks.is_empty()) {
            return Opened { pieces: Vec::new(), is_narrowed };
        }
        let footer = match footers.open(store, &segment).await {
            Ok(footer) => footer,
            Err(reason) => {
                tally.missing(segment.path.as_ref(), &reason);
                return Opened { pieces: Vec::new(), is_narrowed };
            }
        };
        if footer.blocks.is_none() {
            tally.unchecked(segment.clone());
        }
        let is_in_columns = match &found {
            Some(found) => candidates::is_in_columns(&self.source, &segment, &footer, found, &self.in_columns).await,
            None => false,
        };
        let file = Arc::new(File { segment, footer, is_in_columns });
        let traces = candidates::traces(&self.queries);
        let pieces = candidates::pieces(&file, found.as_ref(), traces.as_deref(), self.range, self.in_order);
        Opened { pieces, is_narrowed }
    }

    fn count(&mut self, opened: Opened) -> Vec<Piece> {
        self.counted.indexed += usize::from(opened.is_narrowed);
        self.counted.read += usize::from(!opened.pieces.is_empty());
        self.source.tally.scanned(self.source.snapshot.signal, self.counted);
        opened.pieces
    }
}

/// The blocks of a segment that its index names; `None` where the segment has to be scanned.
pub(crate) async fn blocks_of_index(store: &Store, segment: &Segment, queries: &[IndexQuery]) -> Option<Blocks> {
    candidates::blocks(store, segment, queries, false).await.map(|found| found.blocks)
}

/// What became of a segment.
struct Opened {
    pieces: Vec<Piece>,
    is_narrowed: bool,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.nearness == other.nearness
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.nearness.cmp(&other.nearness)
    }
}
