//! Before the first data: three ways to send some. The page looks every few seconds and turns into the overview.

use std::time::Duration;

use api::health::Health;
use leptos::prelude::*;

use crate::part::Code;
use crate::url::use_place;

const LOOK_SECONDS: u64 = 3;

/// Whether anything was ever received or stored.
pub(super) fn has_data(health: &Health) -> bool {
    health.ingest.iter().any(|ingest| ingest.accepted > 0)
        || health.tables.iter().any(|table| table.segment_rows + table.live_rows > 0)
}

/// How to begin.
#[component]
pub(super) fn FirstRun() -> impl IntoView {
    let place = use_place();
    let timer = set_interval_with_handle(move || place.refresh(), Duration::from_secs(LOOK_SECONDS));
    on_cleanup(move || {
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
    let origin = window().location().origin().unwrap_or_else(|_| "http://localhost:8080".to_owned());
    let sdk = format!(
        "export OTEL_EXPORTER_OTLP_ENDPOINT={origin}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nexport OTEL_SERVICE_NAME=my-service"
    );
    let function = format!(
        "AWS_LAMBDA_EXEC_WRAPPER=/opt/otel-handler\nOTEL_EXPORTER_OTLP_ENDPOINT={origin}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nOTEL_TRACES_SAMPLER=always_on"
    );
    view! {
        <section class="first-run" data-testid="first-run">
            <header>
                <h2>"Nothing has been received yet"</h2>
                <p class="quiet">"Send traces, logs or metrics over OTLP in one of these ways. This page shows them as soon as they arrive."</p>
            </header>
            <ol class="ways">
                <li class="card"><div class="card-body stack">
                    <h2>"See it with a demo"</h2>
                    <p>"A small serverless shop that exports real traffic: an API gateway, functions, a queue, a database, a payment host that sometimes fails."</p>
                    <Code text="alidade demo" />
                </div></li>
                <li class="card"><div class="card-body stack">
                    <h2>"A service with an OpenTelemetry SDK"</h2>
                    <p>"Set these in the environment of the process and restart it. Any language's SDK reads them."</p>
                    <Code text=sdk />
                </div></li>
                <li class="card"><div class="card-body stack">
                    <h2>"An AWS Lambda function"</h2>
                    <p>"Add the OpenTelemetry layer of your runtime, and these variables. The function must be able to reach this address."</p>
                    <Code text=function />
                </div></li>
            </ol>
            <p class="quiet">"gRPC is taken too, on port 4317. Where ingest keys are switched on, add "<code>"OTEL_EXPORTER_OTLP_HEADERS=x-api-key=…"</code>" with a key from Settings."</p>
        </section>
    }
}
