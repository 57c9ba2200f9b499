//! Names of metrics.

use super::unit;
use crate::labels::METRIC_NAME;
use crate::matcher::Matcher;

/// What a metric is, as far as its name depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// A gauge.
    Gauge,
    /// A monotonic sum.
    Counter,
    /// A sum that may decrease.
    UpDownCounter,
    /// A histogram with explicit bounds: a classic histogram of Prometheus.
    Histogram,
    /// An exponential histogram: a native histogram of Prometheus.
    ExponentialHistogram,
    /// A summary.
    Summary,
}

/// Which of a metric's series a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The value itself: a number, a native histogram, the quantiles of a summary.
    Value,
    /// The buckets of a classic histogram, their bounds in the label `le`.
    Bucket,
    /// The sum of observations.
    Sum,
    /// The count of observations.
    Count,
}

impl Part {
    fn suffix(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::Bucket => "_bucket",
            Self::Sum => "_sum",
            Self::Count => "_count",
        }
    }
}

impl MetricKind {
    /// The series that a metric of this kind has.
    pub fn parts(self) -> &'static [Part] {
        match self {
            Self::Gauge | Self::Counter | Self::UpDownCounter | Self::ExponentialHistogram => &[Part::Value],
            Self::Histogram => &[Part::Bucket, Part::Count, Part::Sum],
            Self::Summary => &[Part::Value, Part::Count, Part::Sum],
        }
    }
}

/// Prometheus' name of a metric: words divided by single underscores, the unit, `total` for a counter, `ratio` for a
/// gauge of unit `1`.
pub fn metric_name(name: &str, unit: &str, kind: MetricKind) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == ':';
    let mut words: Vec<&str> = name.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect();
    let (main, per) = unit::suffixes(unit);
    for suffix in [main.as_str(), per.as_str()] {
        if !suffix.is_empty() && !words.contains(&suffix) {
            words.push(suffix);
        }
    }
    let last = match kind {
        MetricKind::Counter => Some("total"),
        MetricKind::Gauge if unit == "1" => Some("ratio"),
        _ => None,
    };
    if let Some(last) = last {
        words.retain(|word| *word != last);
        words.push(last);
    }
    let name = words.join("_");
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// The name of one of a metric's series.
pub fn series_name(name: &str, unit: &str, kind: MetricKind, part: Part) -> String {
    format!("{}{}", metric_name(name, unit, kind), part.suffix())
}

/// A stored metric that a selector means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// The place of the metric among those that were given.
    pub metric: usize,
    /// Which of its series.
    pub part: Part,
    /// Their `__name__`: the translated name, or OTLP's own if that was asked for.
    pub name: String,
}

/// Which of the stored metrics (name, unit, kind) a selector means by its matchers of `__name__`. Without any it means
/// all. A translated name is preferred where both names match.
pub fn meanings<'m>(
    matchers: &[Matcher],
    stored: impl IntoIterator<Item = (&'m str, &'m str, MetricKind)>,
) -> Vec<Meaning> {
    let matchers: Vec<&Matcher> = matchers.iter().filter(|matcher| &*matcher.name == METRIC_NAME).collect();
    let fits = |name: &String| matchers.iter().all(|matcher| matcher.matches(name));
    let mut found = Vec::new();
    for (metric, (name, unit, kind)) in stored.into_iter().enumerate() {
        let translated = metric_name(name, unit, kind);
        for part in kind.parts() {
            let names = [&translated, name].map(|name| format!("{name}{}", part.suffix()));
            if let Some(name) = names.into_iter().find(fits) {
                found.push(Meaning { metric, part: *part, name });
            }
        }
    }
    found
}
