//! The service graph: who calls whom, how it goes, and where it is drawn.
//!
//! `rows` reads the spans, [`calls`] finds the calls among them, [`build`] counts them into nodes and edges, [`layout`]
//! places them. All but the first are pure.

pub mod build;
pub mod calls;
pub mod infer;
pub mod layout;
mod rows;

use std::collections::HashSet;

use api::Nanos;
use api::service::ServiceGraph;

use crate::config::Config;
use crate::error::Error;
use crate::reading::{Reading, limit_reached};

/// The graph of the requests of a range.
pub(crate) async fn answer(
    reading: &mut Reading,
    config: &Config,
    (from, to): (i64, i64),
    environment: Option<&str>,
) -> Result<ServiceGraph, Error> {
    let read = rows::read(reading, config, from, to, environment).await?;
    let calls = calls::find(&read.spans);
    let seconds = (to - from) as f64 / 1e9;
    let mut graph = build::count(&read.spans, &calls, seconds);
    let found = graph.nodes.len();
    build::keep_busiest(&mut graph, config.graph_nodes_max);
    let cut = read.cut.or_else(|| {
        let shown = graph.nodes.len();
        (found > shown).then(|| {
            limit_reached(shown, format!("{found} nodes were found; the {shown} with the most requests are shown"))
        })
    });
    let size = layout::place(&mut graph.nodes, &mut graph.edges);
    Ok(ServiceGraph {
        start_unix_nano: Nanos(from),
        end_unix_nano: Nanos(to),
        nodes: graph.nodes,
        edges: graph.edges,
        width: size.x,
        height: size.y,
        statistics: reading.statistics(read.spans.len() as u64),
        truncated: reading.truncation(cut),
    })
}

/// The spans of the range that call a service or remote of this name or node id.
pub(crate) async fn callers_of(
    reading: &mut Reading,
    config: &Config,
    callee: &str,
    from: i64,
    to: i64,
) -> Result<HashSet<([u8; 16], [u8; 8])>, Error> {
    let read = rows::read(reading, config, from, to, None).await?;
    let callers = calls::find(&read.spans)
        .into_iter()
        .filter(|call| call.callee.id() == callee || call.callee.name() == callee)
        .filter_map(|call| call.caller_span);
    Ok(callers.map(|span| (read.spans[span].trace, read.spans[span].span)).collect())
}
