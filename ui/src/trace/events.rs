//! The events of a span on a line as long as the span, and below it one by one.

use api::trace::{Span, SpanEvent};
use leptos::prelude::*;

use super::state::TraceState;
use crate::attribute_list::AttributeList;
use crate::format;

/// Where an event lies on its span, in percent; events outside are held at the ends.
fn percent(span: &Span, event: &SpanEvent) -> f64 {
    let passed = event.time_unix_nano.0.saturating_sub(span.start_time_unix_nano.0) as f64;
    (passed / span.duration_ns.max(1) as f64 * 100.0).clamp(0.0, 100.0)
}

/// The events; nothing where there are none.
#[component]
pub(super) fn Events(state: TraceState, span: Span) -> impl IntoView {
    if span.events.is_empty() {
        return ().into_any();
    }
    let trace_start = state.model.get_untracked().answer.start_time_unix_nano.0;
    let dots = span.events.iter().map(|event| {
        let class = if event.name == "exception" { "event-dot fault" } else { "event-dot" };
        view! { <i class=class title=event.name.clone() style:left=format!("{:.2}%", percent(&span, event))></i> }
    });
    let items = span.events.iter().map(|event| {
        let in_span = event.time_unix_nano.0 - span.start_time_unix_nano.0;
        let in_trace = event.time_unix_nano.0 - trace_start;
        let title = format!("{} after the trace began", format::duration(in_trace as f64));
        view! {
            <li data-testid="span-event">
                <details>
                    <summary>
                        <span class="event-time" title=title>{format!("+{}", format::duration(in_span as f64))}</span>
                        <span class="cut">{event.name.clone()}</span>
                    </summary>
                    <AttributeList title="Of the event" attributes=event.attributes.clone() />
                </details>
            </li>
        }
    });
    view! {
        <section class="attributes">
            <h3>"Events"</h3>
            <div class="event-line" aria-hidden="true">{dots.collect_view()}</div>
            <ul class="events">{items.collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use api::Nanos;

    use super::*;
    use crate::trace::model::tests::span;

    #[test]
    fn events_lie_on_their_span() {
        let span = span("a", "", 0, 100);
        let event = |at: i64| SpanEvent {
            time_unix_nano: Nanos(1_000 + at),
            name: "e".to_owned(),
            attributes: BTreeMap::new(),
        };
        assert_eq!(percent(&span, &event(25)), 25.0);
        assert_eq!(percent(&span, &event(-5)), 0.0);
        assert_eq!(percent(&span, &event(900)), 100.0);
    }
}
