//! What sets two sets of spans apart: both are counted by every attribute, and the attributes are ranked by how much their
//! shares differ.
//!
//! What it promises: the counts are of all spans of both sets, or of as many of the newest as a limit allows, and then the
//! answer says so. What it leaves out: causes. An attribute that differs is where to look, no more.

mod rank;
mod tally;

use api::Truncation;
use api::compare::{CompareAnswer, CompareRequest};
use arrow::array::{MapArray, RecordBatch};
use storage::Signal;
use storage::promoted::{Place, PromotedSet};

use crate::class;
use crate::columns::{Columns, Promoted};
use crate::config::Config;
use crate::error::Error;
use crate::find::Sieve;
use crate::reading::{Conditions, Reading, limit_reached};
use crate::trace::rows::{OUTCOME_COLUMNS, Outcomes};
use crate::trace::search;
use tally::Tally;

const ATTRIBUTES_DEFAULT: u32 = 20;
const ATTRIBUTES_MAX: u32 = 200;

/// Columns of the data model that are compared beside the attributes.
const MODEL: [(&str, &str); 5] = [
    ("service.name", "service_name"),
    ("service.namespace", "service_namespace"),
    ("deployment.environment.name", "environment"),
    ("name", "name"),
    ("kind", "kind"),
];

/// Counts both sets and ranks what differs.
pub(crate) async fn answer(
    reading: &mut Reading,
    config: &Config,
    request: &CompareRequest,
    now: i64,
) -> Result<CompareAnswer, Error> {
    let wanted = search::page_size(request.limit, ATTRIBUTES_DEFAULT, ATTRIBUTES_MAX)?;
    let set = reading.promoted();
    let conditions = |of: &api::trace::TraceSearch| {
        if of.callee.is_some() || !of.filter.is_empty() {
            return Err(Error::invalid("spans are compared, not calls and traces: leave out `callee` and `filter`"));
        }
        let (from, to) = of.range.resolve(now).map_err(Error::invalid)?;
        search::conditions(&set, of, from, to)
    };
    let selected = conditions(&request.selection)?;
    let compared = conditions(&request.baseline)?;
    let is_selected = reading.sieve(Signal::Spans, &selected.filters).await?;
    let (selection, cut) = count(reading, config, &set, &selected, None).await?;
    let (baseline, cut_baseline) = count(reading, config, &set, &compared, Some(&is_selected)).await?;
    let (attributes, found) = rank::attributes(&selection, &baseline, wanted);
    let cut = cut.or(cut_baseline).or_else(|| {
        let message = format!("{found} attributes differ; the {wanted} that differ most are shown");
        (found > wanted).then(|| limit_reached(wanted, message))
    });
    Ok(CompareAnswer {
        statistics: reading.statistics(selection.spans + baseline.spans),
        truncated: reading.truncation(cut),
        selection: selection.summary(),
        baseline: baseline.summary(),
        attributes,
    })
}

/// Counts the spans that meet the conditions, the newest first, without those that another sieve lets through.
async fn count(
    reading: &mut Reading,
    config: &Config,
    set: &PromotedSet,
    conditions: &Conditions,
    without: Option<&Sieve>,
) -> Result<(Tally, Option<Truncation>), Error> {
    let columns = columns(set, without);
    let mut rows = reading.rows(Signal::Spans, conditions, &columns).await?;
    let limit = config.attribute_rows_max as u64;
    let mut tally = Tally::default();
    while let Some(batch) = rows.next().await {
        if tally.spans >= limit {
            let message = format!(
                "a set has more than {limit} spans (query.attribute_rows_max); the newest are compared: choose a shorter range"
            );
            return Ok((tally, Some(limit_reached(config.attribute_rows_max, message))));
        }
        let batch = batch?;
        let left_out = match without {
            Some(sieve) => is_in(sieve, &batch)?,
            None => vec![false; batch.num_rows()],
        };
        add(&mut tally, &batch, set, &left_out);
    }
    Ok((tally, None))
}

/// Of each row whether the sieve lets it through.
fn is_in(sieve: &Sieve, batch: &RecordBatch) -> Result<Vec<bool>, Error> {
    let Some(rows) = sieve.rows(batch, None)? else { return Ok(vec![true; batch.num_rows()]) };
    let mut is_in = vec![false; batch.num_rows()];
    rows.values().iter().for_each(|row| is_in[*row as usize] = true);
    Ok(is_in)
}

fn columns<'a>(set: &'a PromotedSet, without: Option<&Sieve>) -> Vec<&'a str> {
    let model = MODEL.iter().map(|(_, column)| *column).chain(OUTCOME_COLUMNS);
    let own = ["start_time", "start_time_ns", "duration_ns", "attributes", "resource_attributes"];
    let asked = ["trace_id", "span_id", "parent_span_id", "status_message", "scope_name", "scope_version", "events"];
    let asked = asked.into_iter().filter(|column| without.is_some_and(|sieve| sieve.wants(column)));
    let mut columns: Vec<&str> = set.all().map(|promoted| promoted.column.as_ref()).collect();
    columns.extend(model.chain(own).chain(asked));
    columns.sort_unstable();
    columns.dedup();
    columns
}

fn add(tally: &mut Tally, batch: &RecordBatch, set: &PromotedSet, left_out: &[bool]) {
    let columns = Columns(batch);
    let duration = columns.int("duration_ns");
    let model = MODEL.map(|(key, column)| (key, columns.text(column)));
    let maps = [Place::Record, Place::Resource].map(|place| columns.of::<MapArray>(place.map()));
    let (promoted, outcomes) = (Promoted::of(columns, set), Outcomes::of(columns));
    for row in (0..batch.num_rows()).filter(|row| !left_out[*row]) {
        let class = class::classify(outcomes.of_row(row));
        tally.span(duration.get(row).unwrap_or(0), class);
        tally.value("class", class::name(class));
        for (key, column) in &model {
            if let Some(value) = column.get(row) {
                tally.value(key, value);
            }
        }
        promoted.each(row, |key, value| tally.value(key, value));
        for map in &maps {
            map.each(row, |key, json| match set.by_attribute(key) {
                // A row that lacks the column has the value here as well, and the column was made from it.
                Some(attribute) if promoted.is_in_column(row, attribute) => {}
                Some(attribute) => tally.value(&attribute.attribute, &storage::attributes::plain_of_json(json)),
                None => tally.value(key, &storage::attributes::plain_of_json(json)),
            });
        }
    }
}
