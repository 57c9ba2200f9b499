//! The figures of all services together.

use api::service::{ClassCounts, ServiceList, ServiceSummary};
use leptos::prelude::*;

use crate::format;
use crate::load::Load;

/// The sums over services, and the slowest one. Pure. Percentiles cannot be added up, so none is claimed for the whole.
#[derive(Debug, Clone, PartialEq, Default)]
struct Sums {
    counts: ClassCounts,
    rate: f64,
    cold_starts: u64,
    functions: usize,
    services: usize,
    slowest: Option<(String, f64)>,
}

fn sums(services: &[ServiceSummary]) -> Sums {
    let mut sums = Sums { services: services.len(), ..Sums::default() };
    for service in services {
        sums.counts.ok += service.counts.ok;
        sums.counts.error += service.counts.error;
        sums.counts.throttle += service.counts.throttle;
        sums.counts.fault += service.counts.fault;
        sums.rate += service.rate;
        sums.cold_starts += service.cold_starts;
        sums.functions += usize::from(service.function);
    }
    let busy = services.iter().filter(|service| service.counts.total() > 0);
    let slowest = busy.max_by(|a, b| a.latency.p99_ns.total_cmp(&b.latency.p99_ns));
    sums.slowest = slowest.map(|service| (service.service.clone(), service.latency.p99_ns));
    sums
}

fn of_all(part: u64, sums: &Sums) -> (String, String) {
    (format::share(part, sums.counts.total()), format!("{} requests", format::count(part)))
}

/// The strip of figures.
#[component]
pub(super) fn Totals(services: Load<ServiceList>) -> impl IntoView {
    let sums = Memo::new(move |_| services.value.with(|list| list.as_ref().map(|list| sums(&list.services))));
    let figure = move |title: &'static str, tone: &'static str, read: fn(&Sums) -> (String, String)| {
        let text = move || sums.with(|sums| sums.as_ref().map_or(("–".to_owned(), "\u{a0}".to_owned()), read));
        let toned = move || sums.with(|sums| sums.as_ref().is_some_and(|sums| read(sums).0 != "0\u{a0}%"));
        view! {
            <div class="figure">
                <span class="figure-name">{title}</span>
                <b class=move || if toned() { format!("figure-value {tone}") } else { "figure-value".to_owned() }>{move || text().0}</b>
                <span class="figure-note cut">{move || text().1}</span>
            </div>
        }
    };
    view! {
        <section class="figures" data-testid="totals" aria-label="All services">
            {figure("Requests", "", |sums| (format::rate(sums.rate), format!("{} to {} services", format::count(sums.counts.total()), sums.services)))}
            {figure("Faults", "tone-fault", |sums| of_all(sums.counts.fault, sums))}
            {figure("Errors", "tone-error", |sums| of_all(sums.counts.error, sums))}
            {figure("Throttles", "tone-throttle", |sums| of_all(sums.counts.throttle, sums))}
            {figure("Slowest p99", "", |sums| match &sums.slowest {
                Some((service, nanos)) => (format::duration(*nanos), service.clone()),
                None => ("–".to_owned(), "no requests".to_owned()),
            })}
            {figure("Cold starts", "", |sums| (format::count_short(sums.cold_starts as f64), format!("in {} functions", sums.functions)))}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use api::service::Latency;

    use super::*;

    fn service(name: &str, ok: u64, fault: u64, p99_ns: f64) -> ServiceSummary {
        ServiceSummary {
            service: name.to_owned(),
            operation: None,
            counts: ClassCounts { ok, fault, ..ClassCounts::default() },
            rate: 1.0,
            latency: Latency { p99_ns, ..Latency::default() },
            environments: Vec::new(),
            function: false,
            cold_starts: 0,
            trend: Vec::new(),
            fault_trend: Vec::new(),
        }
    }

    #[test]
    fn an_idle_service_is_not_the_slowest() {
        let sums = sums(&[service("a", 10, 2, 5.0), service("idle", 0, 0, 99.0), service("b", 1, 0, 7.0)]);
        assert_eq!((sums.counts.total(), sums.counts.fault, sums.rate), (13, 2, 3.0));
        assert_eq!(sums.slowest, Some(("b".to_owned(), 7.0)));
    }
}
