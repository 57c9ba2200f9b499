//! Rows of the table `spans` as the graph sees them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use api::Truncation;
use arrow::array::{Array, BinaryArray, BooleanArray, ListArray, RecordBatch, StructArray};
use storage::Signal;

use super::calls::{GraphSpan, Kind, Phase};
use super::infer::{self, Hints, Remote};
use crate::class;
use crate::columns::{Columns, field};
use crate::config::Config;
use crate::error::Error;
use crate::reading::{Conditions, Reading, limit_reached};
use crate::trace::rows::{OUTCOME_COLUMNS, Outcomes};

const HINT_COLUMNS: [&str; 11] = [
    "peer_service",
    "db_system_name",
    "db_namespace",
    "db_collection_name",
    "messaging_system",
    "messaging_destination_name",
    "rpc_system",
    "rpc_service",
    "faas_invoked_name",
    "server_address",
    "url_full",
];

/// Spans of a range.
pub(super) struct Read {
    pub(super) spans: Vec<GraphSpan>,
    pub(super) cut: Option<Truncation>,
}

/// The spans of `[from, to)`.
pub(super) async fn read(
    reading: &mut Reading,
    config: &Config,
    from: i64,
    to: i64,
    environment: Option<&str>,
) -> Result<Read, Error> {
    let conditions = Conditions::in_range(Signal::Spans, from, to).and_equal("environment", environment);
    let mut stream = reading.rows(Signal::Spans, &conditions, &columns()).await?;
    let mut names = Names::default();
    let mut spans: Vec<GraphSpan> = Vec::new();
    let limit = config.graph_spans_max;
    while let Some(batch) = stream.next().await {
        decode(&batch?, &mut names, &mut spans);
        if spans.len() > limit {
            spans.truncate(limit);
            let message = format!(
                "the range has more than {limit} spans; the graph is made of {limit} of them: choose a shorter range"
            );
            return Ok(Read { spans, cut: Some(limit_reached(limit, message)) });
        }
    }
    Ok(Read { spans, cut: None })
}

fn columns() -> Vec<&'static str> {
    let own = [
        "trace_id",
        "span_id",
        "parent_span_id",
        "kind",
        "name",
        "start_time",
        "start_time_ns",
        "duration_ns",
        "service_name",
        "faas_name",
        "faas_trigger",
        "faas_invocation_id",
        "faas_coldstart",
        "links",
    ];
    own.into_iter().chain(OUTCOME_COLUMNS).chain(HINT_COLUMNS).collect()
}

/// Names that many spans share.
#[derive(Default)]
struct Names {
    services: HashSet<Arc<str>>,
    remotes: HashMap<Remote, Arc<Remote>>,
}

impl Names {
    fn service(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.services.get(name) {
            return known.clone();
        }
        let name: Arc<str> = Arc::from(name);
        self.services.insert(name.clone());
        name
    }

    fn remote(&mut self, remote: Remote) -> Arc<Remote> {
        self.remotes.entry(remote.clone()).or_insert_with(|| Arc::new(remote)).clone()
    }
}

fn decode(batch: &RecordBatch, names: &mut Names, spans: &mut Vec<GraphSpan>) {
    let columns = Columns(batch);
    let (trace_id, span_id, parent) = (columns.id("trace_id"), columns.id("span_id"), columns.id("parent_span_id"));
    let (kind, name, service) = (columns.text("kind"), columns.text("name"), columns.text("service_name"));
    let (start, duration) = (columns.time("start_time"), columns.int("duration_ns"));
    let faas = ["faas_name", "faas_trigger", "faas_invocation_id"].map(|name| columns.text(name));
    let cold_start = columns.of::<BooleanArray>("faas_coldstart");
    let links = columns.of::<ListArray>("links");
    let hints = HINT_COLUMNS.map(|name| columns.text(name));
    let outcomes = Outcomes::of(columns);
    for row in 0..batch.num_rows() {
        let (Some(trace), Some(span)) = (trace_id.exact(row), span_id.exact(row)) else { continue };
        let kind = kind_of(kind.or_empty(row));
        let [peer, db, namespace, table, system, destination, rpc, rpc_service, invoked, address, url] =
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(|at: usize| hints[at].get(row));
        let hints = Hints {
            span_name: name.or_empty(row),
            peer_service: peer,
            db_system: db,
            db_namespace: namespace,
            db_collection: table,
            messaging_system: system,
            messaging_destination: destination,
            rpc_system: rpc,
            rpc_service,
            faas_invoked_name: invoked,
            server_address: address,
            url_full: url,
        };
        let remote = match kind {
            Kind::Client | Kind::Producer => Some(infer::callee(&hints)),
            Kind::Consumer => infer::channel(&hints),
            Kind::Server | Kind::Internal => None,
        };
        spans.push(GraphSpan {
            trace,
            span,
            parent: parent.exact(row),
            kind,
            start: start.or_zero(row),
            duration: duration.get(row).unwrap_or(0),
            class: class::classify(outcomes.of_row(row)),
            service: names.service(service.or_empty(row)),
            function: faas.iter().any(|column| column.get(row).is_some()) || cold_start.get(row).is_some(),
            cold_start: cold_start.get(row) == Some(true),
            phase: phase_of(name.or_empty(row)),
            remote: remote.map(|remote| names.remote(remote)),
            links: links.structs(row).map(|structs| link_targets(&structs)).unwrap_or_default(),
        });
    }
}

fn link_targets(structs: &StructArray) -> Vec<([u8; 16], [u8; 8])> {
    let (trace_id, span_id) = (field::<BinaryArray>(structs, "trace_id"), field::<BinaryArray>(structs, "span_id"));
    (0..structs.len()).filter_map(|at| Some((trace_id.exact(at)?, span_id.exact(at)?))).collect()
}

fn kind_of(text: &str) -> Kind {
    match text {
        "server" => Kind::Server,
        "client" => Kind::Client,
        "producer" => Kind::Producer,
        "consumer" => Kind::Consumer,
        _ => Kind::Internal,
    }
}

/// The phases go by the names that X-Ray gives them.
fn phase_of(name: &str) -> Option<Phase> {
    let is = |names: [&str; 3]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    if is(["initialization", "init", "faas.init"]) {
        Some(Phase::Initialization)
    } else if is(["invocation", "invoke", "handler"]) {
        Some(Phase::Invocation)
    } else if is(["overhead", "faas.overhead", "extension overhead"]) {
        Some(Phase::Overhead)
    } else {
        None
    }
}
