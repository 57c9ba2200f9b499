//! Gives the SDK the ids of the plan instead of random ones, so that links between traces can be planned.

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::IdGenerator;

use crate::plan::Ids;

/// The ids of the span that is built next.
#[derive(Debug, Clone, Default)]
pub(super) struct PlannedIds(Arc<Mutex<Option<Ids>>>);

impl PlannedIds {
    pub(super) fn set(&self, ids: Ids) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ids);
    }

    fn get(&self) -> Option<Ids> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IdGenerator for PlannedIds {
    fn new_trace_id(&self) -> TraceId {
        self.get().map_or(TraceId::INVALID, |ids| TraceId::from(ids.trace))
    }

    fn new_span_id(&self) -> SpanId {
        self.get().map_or(SpanId::INVALID, |ids| SpanId::from(ids.span))
    }
}
