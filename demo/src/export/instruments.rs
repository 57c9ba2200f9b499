//! The metrics of a service, named as the semantic conventions of functions and HTTP servers have them.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter};

use crate::plan::Measured;
use crate::shop::Service;

/// Bucket bounds for durations in seconds, those of the HTTP conventions.
const SECONDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
const MEGABYTE: f64 = 1_000_000.0;

/// The instruments of one service. All services have all of them; one that is never used exports nothing.
pub(super) struct Instruments {
    name: &'static str,
    invocations: Counter<u64>,
    errors: Counter<u64>,
    cold_starts: Counter<u64>,
    invoke_duration: Histogram<f64>,
    init_duration: Histogram<f64>,
    memory: Histogram<u64>,
    request_duration: Histogram<f64>,
    orders: Counter<u64>,
    revenue: Counter<f64>,
    queue_depth: Gauge<u64>,
}

impl Instruments {
    pub(super) fn new(meter: &Meter, service: Service) -> Self {
        let seconds =
            |name: &'static str| meter.f64_histogram(name).with_unit("s").with_boundaries(SECONDS.to_vec()).build();
        let memory = [64.0, 128.0, 192.0, 256.0, 384.0, 512.0, 768.0, 1024.0].map(|bound| bound * MEGABYTE).to_vec();
        Self {
            name: service.facts().name,
            invocations: meter.u64_counter("faas.invocations").with_unit("{invocation}").build(),
            errors: meter.u64_counter("faas.errors").with_unit("{error}").build(),
            cold_starts: meter.u64_counter("faas.coldstarts").with_unit("{coldstart}").build(),
            invoke_duration: seconds("faas.invoke_duration"),
            init_duration: seconds("faas.init_duration"),
            memory: meter.u64_histogram("faas.mem_usage").with_unit("By").with_boundaries(memory).build(),
            request_duration: seconds("http.server.request.duration"),
            orders: meter.u64_counter("shop.orders").with_unit("{order}").build(),
            revenue: meter.f64_counter("shop.revenue").with_unit("EUR").build(),
            queue_depth: meter.u64_gauge("queue.depth").with_unit("{message}").build(),
        }
    }

    pub(super) fn record(&self, measured: &Measured) {
        match measured {
            Measured::Invocation { trigger, duration, initialization, failed, memory_bytes, .. } => {
                let attributes = [KeyValue::new("faas.name", self.name), KeyValue::new("faas.trigger", *trigger)];
                self.invocations.add(1, &attributes);
                self.invoke_duration.record(duration.as_secs_f64(), &attributes);
                self.memory.record(*memory_bytes, &attributes);
                if *failed {
                    self.errors.add(1, &attributes);
                }
                if let Some(initialization) = initialization {
                    self.cold_starts.add(1, &attributes);
                    self.init_duration.record(initialization.as_secs_f64(), &attributes);
                }
            }
            Measured::Request { method, route, status, duration } => {
                let attributes = [
                    KeyValue::new("http.request.method", *method),
                    KeyValue::new("http.route", *route),
                    KeyValue::new("http.response.status_code", i64::from(*status)),
                ];
                self.request_duration.record(duration.as_secs_f64(), &attributes);
            }
            Measured::Order { outcome, region, amount } => {
                let attributes = [KeyValue::new("shop.outcome", *outcome), KeyValue::new("shop.region", *region)];
                self.orders.add(1, &attributes);
                if *outcome == "placed" {
                    self.revenue.add(*amount, &[KeyValue::new("shop.region", *region)]);
                }
            }
        }
    }

    pub(super) fn record_queue_depth(&self, depth: u64) {
        self.queue_depth.record(depth, &[KeyValue::new("messaging.destination.name", "orders-queue")]);
    }
}
