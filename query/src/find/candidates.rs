//! Which parts of a snapshot can hold rows that meet conditions: by time, by service, by the index.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::compute::{max, min};
use arrow::datatypes::TimestampMicrosecondType;
use storage::{Blocks, IndexQuery, Segment, SegmentIndex, Snapshot, Store};

use super::{File, Piece, Place, Source};
use crate::reading::Conditions;
use crate::scan::Footer;

/// Blocks of a segment.
pub(super) struct Found {
    pub(super) blocks: Blocks,
    /// The index was asked, and not for times only.
    pub(super) is_narrowed: bool,
    index: Arc<SegmentIndex>,
}

/// The segments that can hold matches, by what the catalog knows.
pub(super) fn segments(all: &[Arc<Segment>], conditions: &Conditions) -> Vec<Arc<Segment>> {
    let stays = |segment: &&Arc<Segment>| {
        let of_service = |service: &String| {
            segment.service_min.as_ref().is_none_or(|min| min <= service)
                && segment.service_max.as_ref().is_none_or(|max| max >= service)
        };
        overlaps((segment.time_min_us, segment.time_max_us), conditions.range)
            && conditions.service.as_ref().is_none_or(of_service)
    };
    all.iter().filter(stays).cloned().collect()
}

/// The live batches that have rows of the range.
pub(super) fn live(snapshot: &Snapshot, range: Option<(i64, i64)>) -> Vec<Piece> {
    let time = storage::schema::time_column(snapshot.signal);
    let piece = |batch: &arrow::array::RecordBatch| {
        let times = batch.column_by_name(time)?.as_primitive_opt::<TimestampMicrosecondType>()?;
        let times = (min(times)?, max(times)?);
        let piece = Piece { place: Place::Live(batch.clone()), rows: batch.num_rows() as u64, times };
        overlaps(times, range).then_some(piece)
    };
    snapshot.live.iter().filter_map(piece).collect()
}

/// The blocks that the segment's index names; all of them where it is opened only for their times. `None` where the segment
/// has to be scanned.
pub(super) async fn blocks(
    store: &Store,
    segment: &Segment,
    queries: &[IndexQuery],
    with_times: bool,
) -> Option<Found> {
    if queries.is_empty() && !with_times || segment.sidecar.is_none() {
        return None;
    }
    let unreadable = |error: &storage::Error| tracing::warn!(segment = segment.id, %error, "an index cannot be read; its segment is scanned");
    let index = store.index(segment).await.inspect_err(unreadable).ok()??;
    let answerable: Vec<IndexQuery> = queries.iter().filter(|query| index.can_answer(query)).cloned().collect();
    let is_narrowed = !answerable.is_empty();
    if !is_narrowed && !with_times {
        return None;
    }
    let blocks = store.search(segment, &index, &IndexQuery::All(answerable)).await.inspect_err(unreadable).ok()??;
    Some(Found { blocks, is_narrowed, index })
}

/// Whether these attributes are in columns of the file, and in no map of it.
pub(super) async fn is_in_columns(
    source: &Source,
    segment: &Segment,
    footer: &Footer,
    found: &Found,
    attributes: &[String],
) -> bool {
    let (schema, set) = (footer.metadata.schema(), &source.snapshot.promoted);
    let has_column = |name: &String| set.by_attribute(name).is_some_and(|own| schema.index_of(&own.column).is_ok());
    if attributes.is_empty() || !attributes.iter().all(has_column) {
        return false;
    }
    let in_map = IndexQuery::Any(attributes.iter().cloned().map(IndexQuery::InMap).collect());
    matches!(source.store.search(segment, &found.index, &in_map).await, Ok(Some(blocks)) if blocks.is_empty())
}

/// The parts of a file that can hold matches: of each row group those in the blocks; block by block where that is wanted and
/// the times of blocks are known.
pub(super) fn pieces(
    file: &Arc<File>,
    found: Option<&Found>,
    traces: Option<&[&[u8]]>,
    range: Option<(i64, i64)>,
    in_order: bool,
) -> Vec<Piece> {
    let segment = &file.segment;
    let of_segment = (segment.time_min_us, segment.time_max_us);
    let mut parts: Vec<(Range<u64>, (i64, i64))> = Vec::new();
    match found {
        // To its end: another writer need not say how many rows it has.
        None => parts.push((0..u64::MAX, of_segment)),
        Some(found) => {
            for (block, rows) in found.blocks.iter() {
                let times = found.index.block_times(block).unwrap_or(of_segment);
                if !overlaps(times, range) {
                    continue;
                }
                match parts.last_mut() {
                    Some((last, joined)) if !in_order && last.end == rows.start => {
                        last.end = rows.end;
                        *joined = (joined.0.min(times.0), joined.1.max(times.1));
                    }
                    _ => parts.push((rows, times)),
                }
            }
        }
    }
    let groups = group_bounds(file, traces);
    let mut pieces = Vec::with_capacity(parts.len());
    let mut group = 0;
    for (rows, times) in parts {
        let mut at = rows.start;
        while at < rows.end {
            while groups.get(group).is_some_and(|(_, bounds)| bounds.end <= at) {
                group += 1;
            }
            let Some((number, bounds)) = groups.get(group) else { break };
            let piece = at.max(bounds.start)..rows.end.min(bounds.end);
            at = piece.end.max(at);
            if piece.start >= piece.end {
                break;
            }
            let (group, rows) = (*number, piece.end - piece.start);
            pieces.push(Piece { place: Place::File { file: file.clone(), group, rows: piece }, rows, times });
        }
    }
    pieces
}

/// The row groups that can hold one of the traces, where it is asked for traces: number and rows in the file.
fn group_bounds(file: &File, traces: Option<&[&[u8]]>) -> Vec<(usize, Range<u64>)> {
    let metadata = file.footer.metadata.metadata();
    let column = file.footer.metadata.parquet_schema().columns().iter().position(|column| column.name() == "trace_id");
    let mut begin = 0;
    let bounds = metadata.row_groups().iter().enumerate().map(|(number, group)| {
        let rows = begin..begin + u64::try_from(group.num_rows()).unwrap_or(0);
        begin = rows.end;
        let known = column.and_then(|column| group.column(column).statistics());
        let known = known.and_then(|known| Some((known.min_bytes_opt()?, known.max_bytes_opt()?)));
        let stays = match (traces, known) {
            (Some(traces), Some((min, max))) => traces.iter().any(|id| min <= *id && *id <= max),
            _ => true,
        };
        stays.then_some((number, rows))
    });
    bounds.flatten().collect()
}

/// The traces, one of which every match belongs to, where the questions say that.
pub(super) fn traces(queries: &[IndexQuery]) -> Option<Vec<&[u8]>> {
    fn id(query: &IndexQuery) -> Option<&[u8]> {
        match query {
            IndexQuery::TraceId(id) => Some(id),
            _ => None,
        }
    }
    queries.iter().find_map(|query| match query {
        IndexQuery::Any(parts) => parts.iter().map(id).collect(),
        one => id(one).map(|id| vec![id]),
    })
}

/// Whether times in microseconds, both ends included, can lie in a range of nanoseconds.
fn overlaps((first, last): (i64, i64), range: Option<(i64, i64)>) -> bool {
    range.is_none_or(|(from, to)| {
        first.saturating_mul(1_000) < to && last.saturating_mul(1_000).saturating_add(999) >= from
    })
}
