//! The panel of a node or an edge: rates, latency, phases of a function, operations, and the way to the evidence.

use std::sync::Arc;

use api::service::{
    ClassCounts, FunctionPhases, GraphEdge, GraphNode, Latency, LatencyBucket, NodeKind, ServiceGraph, ServiceSummary,
};
use api::trace::Class;
use leptos::prelude::*;

use super::drawing::{glyph, kind_name};
use super::latency::Latencies;
use super::links::{self, Subject};
use super::neighbours;
use crate::client;
use crate::dock::Dock;
use crate::format;
use crate::load::load;
use crate::part::{Icon, LinkButton, Loaded, class_name};
use crate::url::use_place;

/// Operations that are listed.
const OPERATIONS_SHOWN: usize = 8;

/// What the panel says of a node or an edge.
#[derive(Clone, PartialEq)]
struct About {
    id: String,
    title: String,
    what: String,
    icon: NodeKind,
    counts: ClassCounts,
    rate: f64,
    latency: Latency,
    latency_title: &'static str,
    histogram: Vec<LatencyBucket>,
    phases: Option<FunctionPhases>,
    subject: Subject,
    /// The service that has operations, logs and metrics of its own.
    service: Option<String>,
}

fn about(graph: &ServiceGraph, id: &str) -> Option<About> {
    let of_node = neighbours::node(graph, id).map(about_node);
    of_node.or_else(|| neighbours::edge(graph, id).map(|edge| about_edge(graph, edge)))
}

fn about_node(node: &GraphNode) -> About {
    let system = if node.system.is_empty() { String::new() } else { format!(" · {}", node.system) };
    About {
        id: node.id.clone(),
        title: node.name.clone(),
        what: format!("{}{system}", kind_name(node.kind)),
        icon: node.kind,
        counts: node.counts,
        rate: node.rate,
        latency: node.latency,
        latency_title: "Latency",
        histogram: node.histogram.clone(),
        phases: node.phases,
        subject: Subject::of_node(node),
        service: matches!(node.kind, NodeKind::Service | NodeKind::Function).then(|| node.name.clone()),
    }
}

fn about_edge(graph: &ServiceGraph, edge: &GraphEdge) -> About {
    let (caller, callee) = (neighbours::name_of(graph, &edge.caller), neighbours::name_of(graph, &edge.callee));
    let icon = neighbours::node(graph, &edge.callee).map_or(NodeKind::Remote, |node| node.kind);
    About {
        id: edge.id.clone(),
        title: format!("{caller} → {callee}"),
        what: if edge.asynchronous { "Asynchronous call, linked by its events" } else { "Call, as the caller saw it" }
            .to_owned(),
        icon,
        counts: edge.counts,
        rate: edge.rate,
        latency: edge.latency,
        latency_title: if edge.asynchronous { "Age of the event" } else { "Latency, network included" },
        histogram: edge.histogram.clone(),
        phases: None,
        subject: Subject::of_edge(graph, edge),
        service: None,
    }
}

/// The panel; nothing while nothing is selected.
#[component]
pub(super) fn MapPanel(
    graph: Signal<Arc<ServiceGraph>>,
    selected: Memo<Option<String>>,
    close: Callback<()>,
) -> impl IntoView {
    let about = Memo::new(move |_| selected.get().map(|id| graph.with(|graph| about(graph, &id).ok_or(id))));
    move || {
        Some(match about.get()? {
            Ok(about) => view! { <Panel about close /> }.into_any(),
            Err(id) => view! {
                <Dock title="Not on this map" on_close=close testid="map-panel">
                    <p>{format!("{id} had no traffic in this time range. Choose a longer one at the top.")}</p>
                </Dock>
            }
            .into_any(),
        })
    }
}

#[component]
fn Panel(about: About, close: Callback<()>) -> impl IntoView {
    let (icon, what) = (about.icon, about.what.clone());
    let over =
        move || view! { <span class="row quiet"><Icon glyph=glyph(icon) size=14 />{what.clone()}</span> }.into_any();
    let latency_title = about.latency_title;
    view! {
        <Dock title=about.title.clone() over=over on_close=close testid="map-panel">
            <Evidence subject=about.subject.clone() counts=about.counts latency=about.latency service=about.service.clone() />
            <Classes counts=about.counts rate=about.rate />
            <section class="panel-part">
                <h3>{latency_title}</h3>
                <Percentiles latency=about.latency />
                <Latencies buckets=about.histogram.clone() subject=about.subject.clone() />
            </section>
            {about.phases.map(|phases| view! { <Phases phases invocations=about.counts.total() /> })}
            {about.service.clone().map(|service| view! { <Operations service /> })}
        </Dock>
    }
}

#[component]
fn Evidence(subject: Subject, counts: ClassCounts, latency: Latency, service: Option<String>) -> impl IntoView {
    let place = use_place();
    let traces = move |more: Vec<(&'static str, String)>| {
        let parameters = subject.parameters(&more);
        Signal::derive(move || {
            let parameters: Vec<(&str, &str)> = parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
            place.href("/traces", &parameters)
        })
    };
    let failing = ["fault", "throttle", "error"]
        .into_iter()
        .zip([counts.fault, counts.throttle, counts.error])
        .find(|(_, count)| *count > 0);
    let faults = failing.map(|(class, _)| {
        let text = match class {
            "fault" => "Faults",
            "throttle" => "Throttles",
            _ => "Errors",
        };
        view! { <LinkButton text href=traces(vec![("class", class.to_owned())]) testid="link-faults" /> }
    });
    let slow = (latency.p90_ns > 0.0)
        .then(|| view! { <LinkButton text=format!("Slower than {}", format::duration(latency.p90_ns)) href=traces(links::slower_than(latency.p90_ns)) testid="link-slow" /> });
    let own = service.map(|service| {
        let (for_logs, for_metrics) = (service.clone(), service);
        view! {
            <LinkButton text="Logs" href=Signal::derive(move || place.href("/logs", &[("service", &for_logs)])) testid="link-logs" />
            <LinkButton text="Metrics" href=Signal::derive(move || place.href("/metrics", &[("service", &for_metrics)])) testid="link-metrics" />
        }
    });
    view! {
        <nav class="row wrap" aria-label="Evidence">
            <LinkButton text="Traces" href=traces(Vec::new()) testid="link-traces" />
            {faults}{slow}{own}
        </nav>
    }
}

#[component]
fn Classes(counts: ClassCounts, rate: f64) -> impl IntoView {
    let total = counts.total();
    let all = [
        (Class::Ok, "OK", counts.ok),
        (Class::Error, "Error 4xx", counts.error),
        (Class::Throttle, "Throttle 429", counts.throttle),
        (Class::Fault, "Fault 5xx", counts.fault),
    ];
    let stripes = all.into_iter().filter(|(.., count)| *count > 0).map(|(class, _, count)| {
        view! { <i class=class_name(class) style:width=format!("{:.3}%", count as f64 * 100.0 / total.max(1) as f64)></i> }
    });
    let rows = all.into_iter().map(|(class, name, count)| {
        view! {
            <tr class:none=count == 0>
                <td><i class=format!("class-mark {}", class_name(class))></i>{name}</td>
                <td class="num">{format::count(count)}</td><td class="num">{format::share(count, total)}</td>
            </tr>
        }
    });
    view! {
        <section class="panel-part" data-testid="panel-classes">
            <h3>"Requests"</h3>
            <p class="panel-figure"><b>{format::rate(rate)}</b><span class="quiet">{format!("{} in this time range", format::count(total))}</span></p>
            <div class="class-stripe" aria-hidden="true">{stripes.collect_view()}</div>
            <table class="panel-table"><tbody>{rows.collect_view()}</tbody></table>
        </section>
    }
}

#[component]
fn Percentiles(latency: Latency) -> impl IntoView {
    let all = [
        ("Average", latency.average_ns),
        ("p50", latency.p50_ns),
        ("p90", latency.p90_ns),
        ("p95", latency.p95_ns),
        ("p99", latency.p99_ns),
        ("Max", latency.max_ns),
    ];
    let cells = all.map(|(name, nanos)| view! { <div><dt>{name}</dt><dd>{if nanos > 0.0 { format::duration(nanos) } else { "–".to_owned() }}</dd></div> });
    view! { <dl class="facts percentiles" data-testid="panel-latency">{cells.collect_view()}</dl> }
}

#[component]
fn Phases(phases: FunctionPhases, invocations: u64) -> impl IntoView {
    let all = [
        ("Initialization", phases.initialization_average_ns, "over cold starts"),
        ("Invocation", phases.invocation_average_ns, "over all"),
        ("Overhead", phases.overhead_average_ns, "over all"),
    ];
    let longest = all.iter().map(|(_, nanos, _)| *nanos).fold(1.0, f64::max);
    let rows = all.map(|(name, nanos, over)| {
        let text = if nanos > 0.0 { format::duration(nanos) } else { "not known".to_owned() };
        view! {
            <tr title=format!("Mean {over}")>
                <td>{name}</td>
                <td class="phase-bar"><i style:width=format!("{:.2}%", nanos / longest * 100.0)></i></td>
                <td class="num">{text}</td>
            </tr>
        }
    });
    view! {
        <section class="panel-part" data-testid="panel-phases">
            <h3>"Phases of the function"</h3>
            <p>{format!("{} cold starts, {} of invocations", format::count(phases.cold_starts), format::share(phases.cold_starts, invocations))}</p>
            <table class="panel-table"><tbody>{rows.collect_view()}</tbody></table>
        </section>
    }
}

#[component]
fn Operations(service: String) -> impl IntoView {
    let place = use_place();
    let asked = service.clone();
    let list = load(move || client::operations(asked.clone(), place.range()));
    let row = move |service: String, summary: &ServiceSummary| {
        let operation = summary.operation.clone().unwrap_or_default();
        let (name, total) = (operation.clone(), summary.counts.total());
        let faults =
            if summary.counts.fault > 0 { format::share(summary.counts.fault, total) } else { "–".to_owned() };
        view! {
            <tr>
                <td class="operation-cell"><a href=move || place.href("/traces", &[("service", &service), ("operation", &operation)])>{name}</a></td>
                <td class="num">{format::rate(summary.rate)}</td>
                <td class="num" class:tone-fault=summary.counts.fault != 0>{faults}</td>
                <td class="num">{format::duration(summary.latency.p90_ns)}</td>
            </tr>
        }
    };
    let table = move |list: Signal<Arc<api::service::ServiceList>>| {
        let service = service.clone();
        let rows = move || {
            list.get()
                .services
                .iter()
                .take(OPERATIONS_SHOWN)
                .map(|summary| row(service.clone(), summary))
                .collect_view()
        };
        let rest = move || list.with(|list| list.services.len().saturating_sub(OPERATIONS_SHOWN));
        view! {
            <table class="panel-table">
                <thead><tr><th>"Operation"</th><th class="num">"Rate"</th><th class="num">"Faults"</th><th class="num">"p90"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {move || (rest() > 0).then(|| view! { <p class="quiet">{format!("and {} more operations with fewer requests", rest())}</p> })}
        }
        .into_any()
    };
    view! { <section class="panel-part" data-testid="panel-operations"><h3>"Top operations"</h3><Loaded load=list view=table lines=4 /></section> }
}

#[cfg(test)]
mod tests {
    use api::Nanos;
    use api::service::Point;

    use super::*;

    fn graph() -> ServiceGraph {
        let node = |id: &str, name: &str, kind| GraphNode {
            id: id.to_owned(),
            name: name.to_owned(),
            kind,
            system: String::new(),
            counts: ClassCounts::default(),
            rate: 0.0,
            latency: Latency::default(),
            histogram: Vec::new(),
            phases: None,
            position: Point::default(),
        };
        let edge = |caller: &str, callee: &str, asynchronous| GraphEdge {
            id: format!("{caller}->{callee}"),
            caller: caller.to_owned(),
            callee: callee.to_owned(),
            asynchronous,
            counts: ClassCounts::default(),
            rate: 0.0,
            latency: Latency::default(),
            histogram: Vec::new(),
            route: Vec::new(),
        };
        ServiceGraph {
            start_unix_nano: Nanos(0),
            end_unix_nano: Nanos(1),
            nodes: vec![
                node("client:", "client", NodeKind::Client),
                node("service:cart", "cart", NodeKind::Function),
                node("database:orders", "orders", NodeKind::Database),
            ],
            edges: vec![edge("client:", "service:cart", false), edge("service:cart", "database:orders", true)],
            width: 0.0,
            height: 0.0,
            statistics: api::Statistics::default(),
            truncated: None,
        }
    }

    #[test]
    fn a_service_is_searched_by_its_own_spans_and_a_database_by_its_callers() {
        let graph = graph();
        let cart = about(&graph, "service:cart").unwrap();
        assert_eq!((cart.subject.service.as_deref(), cart.service.as_deref()), (Some("cart"), Some("cart")));
        let orders = about(&graph, "database:orders").unwrap();
        assert_eq!((orders.subject.callee.as_deref(), orders.service), (Some("orders"), None));
        assert_eq!(about(&graph, "client:").unwrap().subject, Subject::default());
        assert!(about(&graph, "service:gone").is_none());
    }

    #[test]
    fn an_edge_is_searched_by_caller_and_callee() {
        let graph = graph();
        let call = about(&graph, "service:cart->database:orders").unwrap();
        assert_eq!(call.subject, Subject { service: Some("cart".to_owned()), callee: Some("orders".to_owned()) });
        assert_eq!((call.title.as_str(), call.latency_title), ("cart → orders", "Age of the event"));
        let entry = about(&graph, "client:->service:cart").unwrap();
        assert_eq!(entry.subject, Subject { service: Some("cart".to_owned()), callee: None });
    }
}
