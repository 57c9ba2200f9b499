//! Every key, with the place of its value and what it means. docs/configuration.md is checked against this table.

use super::Config;
use super::field::Field;

/// A key of the file.
pub struct Setting {
    /// `ingest.request_bytes_max`.
    pub key: &'static str,
    /// For people.
    pub meaning: &'static str,
    /// The value's place.
    pub field: fn(&mut Config) -> Field<'_>,
}

impl Setting {
    /// The environment variable: `ALIDADE_INGEST_REQUEST_BYTES_MAX`; a switch `x.enabled` is `ALIDADE_X`.
    pub fn variable(&self) -> String {
        let name = self.key.strip_suffix(".enabled").unwrap_or(self.key);
        format!("ALIDADE_{}", name.replace('.', "_").to_uppercase())
    }

    /// Whether its default is a share of `memory_limit`.
    pub fn is_share(&self) -> bool {
        super::budget::SHARES.contains(&self.key)
    }

    /// The default, as it would be written in the file; empty where there is none.
    pub fn default_value(&self) -> String {
        (self.field)(&mut Config::default()).show()
    }
}

macro_rules! settings {
    ($($key:literal $kind:ident $($place:ident).+ : $meaning:literal)*) => {
        /// Every key.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            key: $key,
            meaning: $meaning,
            field: |config| Field::$kind(&mut config.$($place).+),
        }),*];
    };
}

settings! {
    "data_dir" Path storage.data_dir: "Where everything is kept. One process at a time."
    "http" Address listen.http: "UI, API, and OTLP as well. Port 0 takes a free one."
    "otlp_grpc" Address listen.otlp_grpc: "OTLP over gRPC."
    "otlp_http" Address listen.otlp_http: "OTLP over HTTP, protobuf and JSON."
    "public_url" Url public_url: "Where people reach the UI; used in links of notifications, for the cookie's `Secure`, and as an allowed host. Absent: the address of `http`."
    "log" Text log: "What is logged: `error`, `warn`, `info`, `debug`; or per module, libraries included (`info,storage=debug`)."

    "memory_limit" Bytes memory_limit: "Memory of the whole process; see [below](#the-memory-budget) how it is shared out."

    "auth.enabled" Switch door.enabled: "Ask for logins and ingest keys. Needed to listen on anything but loopback."
    "auth.session_age_max" Duration door.session_age_max: "How long a login lasts."
    "auth.signing_key_age_max" Duration door.signing_key_age_max: "A new signing key is made when the newest is this old; an old one is accepted until its last token ends."
    "auth.login_failures_max" Count door.login_failures_max: "Failed logins of one address, and ten times as many for one user from everywhere, within `auth.login_window`; beyond it logins are answered 429."
    "auth.login_window" Duration door.login_window: "See `auth.login_failures_max`."
    "auth.credentials_max" Count door.credentials_max: "How many ingest keys, and how many API tokens, there may be."

    "api.body_bytes_max" Bytes query_gate.body_bytes_max: "The largest body of an API request."
    "api.request_time_max" Duration query_gate.request_time_max: "After this an API request is given up and answered 504."
    "api.requests_concurrent_max" Count query_gate.requests_concurrent_max: "How many questions are worked on at once."
    "api.requests_waiting_max" Count query_gate.requests_waiting_max: "How many more may wait for their turn; beyond it they are answered 503."
    "shutdown.drain_time_max" Duration listen.drain_time_max: "How long requests in progress may take to end when the process is told to stop."
    "shutdown.close_time_max" Duration listen.close_time_max: "How long sealing the live rows may take then; what is left stays in the write-ahead log for the next start."

    "ingest.request_bytes_max" Bytes ingest.request_bytes_max: "The largest body of an export, as sent."
    "ingest.decompressed_bytes_max" Bytes ingest.decompressed_bytes_max: "The same after decompression."
    "ingest.inflight_bytes_max" Bytes ingest.inflight_bytes_max: "What all exports in progress may hold together."
    "ingest.concurrent_requests_max" Count ingest.concurrent_requests_max: "How many exports are worked on at once."
    "ingest.body_timeout" Duration ingest.body_timeout: "How long a body may take to arrive."
    "ingest.rows_per_request_max" Count ingest.rows_per_request_max: "Spans, log records or points of one export."
    "ingest.attributes_per_record_max" Count ingest.attributes_per_record_max: "Attributes of one record, and of one resource."
    "ingest.attribute_key_bytes_max" Bytes ingest.attribute_key_bytes_max: "Length of an attribute's name."
    "ingest.attribute_value_bytes_max" Bytes ingest.attribute_value_bytes_max: "Length of an attribute's value."
    "ingest.value_depth_max" Count ingest.value_depth_max: "Depth of nested values."
    "ingest.log_body_bytes_max" Bytes ingest.log_body_bytes_max: "Length of a log record's body."
    "ingest.name_bytes_max" Bytes ingest.name_bytes_max: "Length of the name of a span, event, metric or scope."
    "ingest.text_bytes_max" Bytes ingest.text_bytes_max: "Length of other texts: status message, trace state, description, unit."
    "ingest.events_per_span_max" Count ingest.events_per_span_max: "Events of one span."
    "ingest.links_per_span_max" Count ingest.links_per_span_max: "Links of one span."
    "ingest.buckets_per_point_max" Count ingest.buckets_per_point_max: "Buckets or quantiles of one metric point."
    "ingest.exemplars_per_point_max" Count ingest.exemplars_per_point_max: "Exemplars of one metric point."
    "ingest.spans_late_max" DurationOrNone ingest.spans_window.late_max: "Spans that began longer ago are refused, and counted. Empty: those that `retention.spans` or `retention.services` would remove at once, which are refused in any case."
    "ingest.spans_future_max" Duration ingest.spans_window.future_max: "Spans that begin further ahead of the server's clock are refused, and counted."
    "ingest.logs_late_max" DurationOrNone ingest.logs_window.late_max: "The same for log records."
    "ingest.logs_future_max" Duration ingest.logs_window.future_max: "The same for log records."
    "ingest.metrics_late_max" DurationOrNone ingest.metrics_window.late_max: "The same for metric points."
    "ingest.metrics_future_max" Duration ingest.metrics_window.future_max: "The same for metric points."

    "storage.tables_url" TablesUrl storage.tables_url: "Where the tables are: `file:///folder`, `s3://bucket/prefix`, `gs://…` or `az://…`; see [operations](operations.md#tables-on-an-object-store). Empty: in the data directory."
    "storage.tables_options" Options storage.tables_options: "For the client of that store, `name=value, …`: `endpoint`, `region`, `allow_http`, `access_key_id`, `secret_access_key`, `session_token`. Beside the variables `AWS_…`, `GOOGLE_…` and `AZURE_…`, which are read as usual; values are never shown."
    "storage.tables_wait_max" Duration storage.tables_wait_max: "How long a start waits for a remote store that cannot be reached."
    "storage.cache_bytes_max" FileBytes storage.cache_bytes_max: "What of remote tables is kept in `cache/` of the data directory."
    "storage.seal_bytes" Bytes storage.seal_bytes: "Live rows of a table become a file when they take this much memory…"
    "storage.seal_age" Duration storage.seal_age: "… or when the oldest is this old."
    "storage.freeze_rows" Count storage.freeze_rows: "Where questions are asked, rows become columns ahead of them when this many wait…"
    "storage.freeze_age" Duration storage.freeze_age: "… or when the oldest waited this long."
    "storage.freeze_asked_within" Duration storage.freeze_asked_within: "How long after a question a table counts as asked. Rows of others become columns when they are sealed."
    "storage.frozen_rows_max" Count storage.frozen_rows_max: "Small batches of live rows are merged up to this size."
    "storage.buffer_bytes_max" Bytes storage.buffer_bytes_max: "Memory of all live rows; beyond it exports are answered 503 with Retry-After."
    "storage.append_wait_max" Duration storage.append_wait_max: "How long an export waits for room in it before that."
    "storage.followers_max" Count storage.followers_max: "Live tails that may be open at once."
    "storage.follow_bytes_max" Bytes storage.follow_bytes_max: "Rows that wait for a live tail; beyond it the oldest are skipped, and the tail says how many."
    "storage.disk_reserve_bytes" FileBytes storage.disk_reserve_bytes: "While the disk has less room than this, exports are answered 503 with Retry-After; questions are answered."
    "storage.batch_bytes_max" Bytes storage.batch_bytes_max: "The largest batch in its stored form."
    "storage.wal_file_bytes" FileBytes storage.wal_file_bytes: "Size of a file of the write-ahead log."
    "storage.wal_queue_batches" Count storage.wal_queue_batches: "How many batches may wait for the log."
    "storage.wal_group_bytes_max" Bytes storage.wal_group_bytes_max: "At most this much is written before one sync."
    "storage.row_group_rows" Count storage.row_group_rows: "Rows of a row group in a Parquet file."
    "storage.seal_days_max" Count storage.seal_days_max: "How many days one seal writes; rows of further days wait for the next."
    "storage.checkpoint_commits" LongCount storage.checkpoint_commits: "A checkpoint of the Delta log is written every this many commits."
    "storage.index_cache_bytes_max" Bytes storage.index_cache_bytes_max: "Memory of opened index files."
    "storage.document_bytes_max" Bytes storage.document_bytes_max: "The largest dashboard, alarm or other document."
    "storage.maintenance_interval" Duration storage.maintenance_interval: "How often it is looked for files to merge and rows whose time is over."
    "storage.compaction_segments_min" Count storage.compaction_segments_min: "So many files of about the same size, neighbours in time on one day, become one."
    "storage.compaction_rows_max" LongCount storage.compaction_rows_max: "The most rows of a merged file."
    "storage.compaction_bytes_max" FileBytes storage.compaction_bytes_max: "The most bytes of a merged Parquet file."
    "storage.compaction_cpu_percent" Count storage.compaction_cpu_percent: "How much of one core merging may take; it waits while the live rows take more than half of `storage.buffer_bytes_max`."
    "storage.vacuum_age" Duration storage.vacuum_age: "How long the files of what was merged or removed stay, for readers that began before."
    "storage.scrub_interval" Duration storage.scrub_interval: "How often each file of the tables is read in the background to see whether it is as it was written; what is damaged is named in health before a question meets it. Not of remote tables."
    "storage.promoted_attributes" Attributes storage.promoted_attributes: "Attributes with a column of their own beside those of the semantic conventions: `app.plan, cart.total=double, cell/resource`. Types are `text` (where none is named), `integer`, `double`, `boolean`; `/resource` for one of the resource. Empty: none."
    "storage.promoted_attributes_max" Count storage.promoted_attributes_max: "How many such columns there may be, those promoted on demand and those promoted no more included."
    "retention.spans" Duration storage.retention.spans: "How long spans are kept, by the time that they carry. Rows go once all rows of their file are older."
    "retention.logs" Duration storage.retention.logs: "The same for log records."
    "retention.metrics" Duration storage.retention.metrics: "The same for metric points."
    "retention.services" ServiceAges storage.retention.services: "Other times for some services: `checkout=90d, probe=1d, audit/logs=400d`. With `/spans`, `/logs` or `/metrics` for that signal alone. Empty: none."

    "query.memory_total_bytes_max" Bytes query.queries_memory_bytes: "Memory that the operators of all running questions (sorts, joins, groups) may reserve together."
    "query.memory_bytes_max" Bytes query.query_memory_bytes: "The most of it that one question may reserve."
    "query.time_max" Duration query.query_timeout: "How long one question may take."
    "query.concurrent_max" Count query.queries_concurrent_max: "How many questions read tables at once, alarms included."
    "query.threads" Count query.threads: "How many threads all questions share."
    "query.threads_per_question_max" Count query.query_threads: "How many of them one question keeps busy."
    "query.footer_cache_bytes" Bytes query.footer_cache_bytes: "Memory of the footers of Parquet files."
    "query.sql_rows_default" Count query.sql_rows_default: "Rows of a SQL answer that names no limit."
    "query.sql_rows_max" Count query.sql_rows_max: "Rows of a SQL answer at most."
    "query.sql_answer_bytes_max" Bytes query.sql_answer_bytes_max: "Bytes of the values of a SQL answer."
    "query.sql_text_bytes_max" Bytes query.sql_text_bytes_max: "The longest SQL statement."
    "query.sql_function_bytes_max" Bytes query.sql_function_bytes_max: "What one call of a SQL function may make; a constant 1/1024 of it."
    "query.trace_spans_max" Count query.trace_spans_max: "Spans of one trace that are shown."
    "query.search_traces_max" Count query.search_traces_max: "Matching traces that a search keeps apart."
    "query.filter_traces_max" Count query.filter_traces_max: "Traces that one page of a search with a filter expression puts together."
    "query.trace_window" Duration query.trace_window: "How far from a match the other spans of its trace are looked for, in lists."
    "query.downstream_window" Duration query.downstream_window: "How long after a trace others that link to it are looked for."
    "query.linked_traces_max" Count query.linked_traces_max: "Linked traces of one trace."
    "query.graph_spans_max" Count query.graph_spans_max: "Spans that one service map is made of."
    "query.graph_nodes_max" Count query.graph_nodes_max: "Nodes of one service map."
    "query.services_max" Count query.services_max: "Services or operations in a list."
    "query.metric_points_max" Count query.metric_points_max: "Points that one metric question reads."
    "query.metric_groups_max" Count query.metric_groups_max: "Combinations of labels that one metric question tells apart."
    "query.metrics_max" Count query.metrics_max: "Metrics in a list."
    "query.cumulative_lookback" Duration query.cumulative_lookback: "How long before a range the last point of a cumulative series is looked for."
    "query.attribute_list_max" Count query.attribute_list_max: "Attribute keys or values in a list."
    "query.attribute_rows_max" Count query.attribute_rows_max: "Rows that are read to find them."

    "alarms.late_data_grace" Duration alarms.late_data_grace: "How long late data is waited for before a period is evaluated."
    "alarms.alarms_max" Count alarms.alarms_max: "How many alarms there may be."
    "alarms.webhooks_max" Count alarms.webhooks_max: "How many webhooks there may be."
    "alarms.actions_per_state_max" Count alarms.actions_per_state_max: "How many webhooks one state of one alarm may call."
    "alarms.evaluations_concurrent_max" Count alarms.evaluations_concurrent_max: "How many evaluations run at a time."
    "alarms.evaluation_time_max" Duration alarms.evaluation_timeout: "How long one evaluation may take."
    "alarms.history_age_max" Duration alarms.history_age_max: "How long transitions and deliveries are kept."
    "alarms.history_entries_max" Count alarms.history_entries_max: "How many of them are kept for one alarm."
    "alarms.deliveries_concurrent_max" Count alarms.deliveries_concurrent_max: "How many webhooks are called at a time."
    "alarms.delivery_time_max" Duration alarms.delivery_timeout: "How long one call may take."
    "alarms.delivery_attempts_max" SmallCount alarms.delivery_attempts_max: "How often a notification is tried."
    "alarms.delivery_age_max" Duration alarms.delivery_age_max: "How old a notification may become before it is given up."
    "alarms.delivery_backoff_first" Duration alarms.delivery_backoff_first: "Pause after the first failed try; doubles with each."
    "alarms.delivery_backoff_max" Duration alarms.delivery_backoff_max: "The longest pause between two tries."
    "alarms.retry_after_max" Duration alarms.retry_after_max: "The longest `Retry-After` of a receiver that is obeyed."
    "alarms.outbox_per_webhook_max" Count alarms.outbox_per_webhook_max: "How many notifications may wait for one webhook."
    "alarms.shutdown_grace" Duration alarms.shutdown_grace: "How long running evaluations and calls may take to end at shutdown."
}
