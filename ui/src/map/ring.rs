//! The ring of a node: shares of the classes, as X-Ray draws them.

use api::service::ClassCounts;
use api::trace::Class;

/// A class that occurs at all gets this much of the ring, in percent: one fault in a million is seen.
const SHARE_MIN: f64 = 2.5;

/// An arc of the ring, in percent of its length, clockwise from the top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Arc {
    /// Its colour.
    pub(crate) class: Class,
    /// Where it begins.
    pub(crate) start: f64,
    /// How long it is.
    pub(crate) length: f64,
}

/// Arcs of a ring, faults first; none where nothing was counted.
pub(crate) fn arcs(counts: &ClassCounts) -> Vec<Arc> {
    let total = counts.total();
    if total == 0 {
        return Vec::new();
    }
    let classes = [
        (Class::Fault, counts.fault),
        (Class::Throttle, counts.throttle),
        (Class::Error, counts.error),
        (Class::Ok, counts.ok),
    ];
    let shares: Vec<(Class, f64)> = classes
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(class, count)| (class, (count as f64 / total as f64 * 100.0).max(SHARE_MIN)))
        .collect();
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    let mut start = 0.0;
    shares
        .into_iter()
        .map(|(class, share)| {
            let arc = Arc { class, start, length: share / sum * 100.0 };
            start += arc.length;
            arc
        })
        .collect()
}

/// The class that an edge is coloured by: the most frequent one that is not ok, if it is more than a percent.
pub(crate) fn worst(counts: &ClassCounts) -> Class {
    let notable = |count: u64| count * 100 > counts.total();
    match (notable(counts.fault), notable(counts.throttle), notable(counts.error)) {
        (true, ..) => Class::Fault,
        (_, true, _) => Class::Throttle,
        (.., true) => Class::Error,
        _ => Class::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_follow_the_shares_and_fill_the_ring() {
        let arcs = arcs(&ClassCounts { ok: 75, error: 0, throttle: 0, fault: 25 });
        assert_eq!(arcs[0], Arc { class: Class::Fault, start: 0.0, length: 25.0 });
        assert_eq!(arcs[1], Arc { class: Class::Ok, start: 25.0, length: 75.0 });
    }

    #[test]
    fn a_rare_fault_is_seen_and_the_ring_stays_whole() {
        let arcs = arcs(&ClassCounts { ok: 999_999, error: 1, throttle: 1, fault: 1 });
        assert_eq!(arcs.len(), 4);
        assert!(arcs.iter().all(|arc| arc.length > 2.0));
        assert!((arcs.iter().map(|arc| arc.length).sum::<f64>() - 100.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_counted_is_no_arc() {
        assert!(arcs(&ClassCounts::default()).is_empty());
    }

    #[test]
    fn an_edge_is_coloured_when_it_is_worth_a_look() {
        let counts = |ok, error, throttle, fault| ClassCounts { ok, error, throttle, fault };
        assert_eq!(worst(&counts(1_000, 0, 0, 1)), Class::Ok);
        assert_eq!(worst(&counts(90, 5, 4, 3)), Class::Fault);
        assert_eq!(worst(&counts(90, 5, 0, 0)), Class::Error);
        assert_eq!(worst(&ClassCounts::default()), Class::Ok);
    }
}
