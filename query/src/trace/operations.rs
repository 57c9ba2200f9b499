//! The names and kinds of the spans of a service.

use api::{Statistics, Truncation};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, col, lit};
use storage::Signal;

use crate::columns::Columns;
use crate::config::Config;
use crate::error::Error;
use crate::reading::{Conditions, Reading, each_batch, limit_reached};

/// A name that spans of a service have, with their kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpanName {
    /// The name.
    pub name: String,
    /// `unspecified`, `internal`, `server`, `client`, `producer`, `consumer`.
    pub kind: String,
}

/// Names of spans.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanNames {
    /// By name and kind.
    pub names: Vec<SpanName>,
    /// What was read.
    pub statistics: Statistics,
    /// What is left out.
    pub truncated: Option<Truncation>,
}

/// Those of a service in a range.
pub(crate) async fn names(
    reading: &mut Reading,
    config: &Config,
    service: &str,
    (from, to): (i64, i64),
) -> Result<SpanNames, Error> {
    let conditions = Conditions::in_range(Signal::Spans, from, to).and_equal("service_name", Some(service));
    let table = reading.table(Signal::Spans, conditions.hint()).await?;
    let limit = config.services_max;
    let spans = match conditions.filters.into_iter().reduce(Expr::and) {
        Some(condition) => table.filter(condition)?,
        None => table,
    };
    let groups = spans.aggregate(vec![col("name"), col("kind")], vec![count(lit(1)).alias("spans")])?;
    let most_first = groups.sort(vec![col("spans").sort(false, false)])?.limit(0, Some(limit + 1))?;
    let stream = reading.stream(most_first).await?;
    let mut names = Vec::new();
    each_batch(stream, |batch| {
        let columns = Columns(batch);
        let (name, kind) = (columns.text("name"), columns.text("kind"));
        let of_row = |row| SpanName { name: name.or_empty(row).to_owned(), kind: kind.or_empty(row).to_owned() };
        names.extend((0..batch.num_rows()).map(of_row));
        Ok(())
    })
    .await?;
    let cut = (names.len() > limit).then(|| {
        limit_reached(limit, format!("{service} has more than {limit} operations; those with the most spans are shown"))
    });
    names.truncate(limit);
    names.sort_unstable();
    let found = names.len() as u64;
    Ok(SpanNames { names, statistics: reading.statistics(found), truncated: reading.truncation(cut) })
}
