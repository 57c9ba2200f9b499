//! What is to be said of a result that is not an error: warnings and infos, in Prometheus' words.

use std::collections::HashMap;

use crate::calendar::rfc3339;
use crate::labels::BUCKET_BOUND;
use crate::syntax::{Span, line_and_column, quoted, short_float};

/// How much an annotation matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The result is incomplete or probably not what was meant.
    Warning,
    /// The result may be surprising.
    Info,
}

/// A warning or an info.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// Warning or info.
    pub severity: Severity,
    /// What happened, with `PromQL warning: ` or `PromQL info: ` before it.
    pub message: String,
    /// The part of the query it is about.
    pub span: Span,
    detail: Option<Detail>,
}

#[derive(Debug, Clone, PartialEq)]
enum Detail {
    Monotonicity { from: i64, to: i64, lowest: f64, highest: f64, difference: f64, samples: usize },
    Overlaps(usize),
}

impl Annotation {
    fn new(severity: Severity, message: &str, span: Span) -> Self {
        let prefix = match severity {
            Severity::Warning => "PromQL warning",
            Severity::Info => "PromQL info",
        };
        Self { severity, message: format!("{prefix}: {message}"), span, detail: None }
    }

    /// The text with line and column of what it is about, as Prometheus' API has it: `PromQL info: … (1:6)`.
    pub fn located(&self, query: &str) -> String {
        let (line, column) = line_and_column(query, self.span.start);
        let detail = match &self.detail {
            Some(Detail::Monotonicity { from, to, lowest, highest, difference, samples }) => format!(
                ", from buckets {} to {}, with a max diff of {}, over {samples} samples from {} to {}",
                short_float(*lowest),
                short_float(*highest),
                two_digits(*difference),
                rfc3339(*from),
                rfc3339(*to)
            ),
            Some(Detail::Overlaps(count)) if *count > 1 => format!(" ({count} occurrences)"),
            Some(Detail::Overlaps(_)) | None => String::new(),
        };
        format!("{}{detail} ({line}:{column})", self.message)
    }
}

/// The annotations of an evaluation: each message once.
#[derive(Debug, Default)]
pub(crate) struct Annotations {
    all: Vec<Annotation>,
    places: HashMap<String, usize>,
}

/// What was done with two histograms.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    Addition,
    Subtraction,
    Aggregation,
}

impl Operation {
    fn text(self) -> &'static str {
        match self {
            Self::Addition => "addition",
            Self::Subtraction => "subtraction",
            Self::Aggregation => "aggregation",
        }
    }
}

fn named(message: &str, metric: &str) -> String {
    if metric.is_empty() { message.to_owned() } else { format!("{message} for metric name {}", quoted(metric)) }
}

/// What was repaired in the buckets of a classic histogram.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Repair {
    pub(crate) lowest: f64,
    pub(crate) highest: f64,
    pub(crate) difference: f64,
}

impl Annotations {
    /// Warnings, then infos.
    pub(crate) fn into_parts(self) -> (Vec<Annotation>, Vec<Annotation>) {
        self.all.into_iter().partition(|annotation| annotation.severity == Severity::Warning)
    }

    fn add(&mut self, annotation: Annotation) {
        let Some(place) = self.places.get(&annotation.message) else {
            self.places.insert(annotation.message.clone(), self.all.len());
            self.all.push(annotation);
            return;
        };
        let old = &mut self.all[*place];
        match (&mut old.detail, annotation.detail) {
            (
                Some(Detail::Monotonicity { from, to, lowest, highest, difference, samples }),
                Some(Detail::Monotonicity {
                    from: from2,
                    to: to2,
                    lowest: low2,
                    highest: high2,
                    difference: diff2,
                    ..
                }),
            ) => {
                *from = (*from).min(from2);
                *to = (*to).max(to2);
                *lowest = lowest.min(low2);
                *highest = highest.max(high2);
                *difference = difference.max(diff2);
                *samples += 1;
            }
            (Some(Detail::Overlaps(count)), Some(Detail::Overlaps(more))) => *count += more,
            _ => old.span = annotation.span,
        }
    }

    fn warn(&mut self, span: Span, message: &str) {
        self.add(Annotation::new(Severity::Warning, message, span));
    }

    fn inform(&mut self, span: Span, message: &str) {
        self.add(Annotation::new(Severity::Info, message, span));
    }

    pub(crate) fn invalid_quantile(&mut self, span: Span, q: f64) {
        self.warn(span, &format!("quantile value should be between 0 and 1, got {}", short_float(q)));
    }

    pub(crate) fn invalid_ratio(&mut self, span: Span, ratio: f64, capped: f64) {
        let [ratio, capped] = [ratio, capped].map(short_float);
        self.warn(span, &format!("ratio value should be between -1 and 1, got {ratio}, capping to {capped}"));
    }

    pub(crate) fn bad_bucket_label(&mut self, span: Span, metric: &str, label: &str) {
        let message =
            format!("bucket label {} is missing or has a malformed value of {}", quoted(BUCKET_BOUND), quoted(label));
        self.warn(span, &named(&message, metric));
    }

    pub(crate) fn mixed_floats_histograms(&mut self, span: Span, metric: &str) {
        self.warn(span, &format!("encountered a mix of histograms and floats for metric name {}", quoted(metric)));
    }

    pub(crate) fn mixed_aggregation(&mut self, span: Span) {
        self.warn(span, "encountered a mix of histograms and floats for aggregation");
    }

    pub(crate) fn mixed_classic_native(&mut self, span: Span, metric: &str) {
        self.warn(span, &named("vector contains a mix of classic and native histograms", metric));
    }

    pub(crate) fn not_counter(&mut self, span: Span, metric: &str) {
        self.warn(span, &format!("this native histogram metric is not a counter: {}", quoted(metric)));
    }

    pub(crate) fn not_gauge(&mut self, span: Span, metric: &str) {
        self.warn(span, &format!("this native histogram metric is not a gauge: {}", quoted(metric)));
    }

    pub(crate) fn mixed_schemas(&mut self, span: Span, metric: &str) {
        let message = "vector contains a mix of histograms with exponential and custom buckets schemas for metric name";
        self.warn(span, &format!("{message} {}", quoted(metric)));
    }

    pub(crate) fn incompatible_buckets(&mut self, span: Span, op: &str) {
        self.warn(span, &format!("incompatible bucket layout encountered for binary operator {op}"));
    }

    pub(crate) fn sort_in_range_query(&mut self, span: Span) {
        self.warn(span, "sort is ineffective for range queries since results are always ordered by labels");
    }

    pub(crate) fn resets_collide(&mut self, span: Span, operation: Operation) {
        self.warn(span, &format!("conflicting counter resets during histogram {}", operation.text()));
    }

    pub(crate) fn starts_overlap(&mut self, span: Span, metric: &str) {
        let message = "sample has start time that overlaps with previous sample timestamp for metric";
        let annotation = Annotation::new(Severity::Warning, &format!("{message} {}", quoted(metric)), span);
        self.add(Annotation { detail: Some(Detail::Overlaps(1)), ..annotation });
    }

    pub(crate) fn possibly_no_counter(&mut self, span: Span, metric: &str) {
        let message = "metric might not be a counter, name does not end in _total/_sum/_count/_bucket:";
        self.inform(span, &format!("{message} {}", quoted(metric)));
    }

    pub(crate) fn incompatible_types(&mut self, span: Span, lhs: &str, op: &str, rhs: &str) {
        let message = "incompatible sample types encountered for binary operator";
        self.inform(span, &format!("{message} {}: {lhs} {op} {rhs}", quoted(op)));
    }

    pub(crate) fn histogram_ignored_in_aggregation(&mut self, span: Span, aggregation: &str) {
        self.inform(span, &format!("ignored histogram in {aggregation} aggregation"));
    }

    pub(crate) fn histograms_ignored_in_range(&mut self, span: Span, metric: &str) {
        let message = "ignored histograms in a range containing both floats and histograms for metric name";
        self.inform(span, &format!("{message} {}", quoted(metric)));
    }

    pub(crate) fn quantile_is_nan(&mut self, span: Span, metric: &str) {
        self.inform(span, &named("input to histogram_quantile has NaN observations, result is NaN", metric));
    }

    pub(crate) fn quantile_is_skewed(&mut self, span: Span, metric: &str) {
        self.inform(span, &named("input to histogram_quantile has NaN observations, result is skewed higher", metric));
    }

    pub(crate) fn fraction_without_nan(&mut self, span: Span, metric: &str) {
        let message = "input to histogram_fraction has NaN observations, which are excluded from all fractions";
        self.inform(span, &named(message, metric));
    }

    pub(crate) fn bounds_reconciled(&mut self, span: Span, operation: Operation) {
        self.inform(span, &format!("mismatched custom buckets were reconciled during {}", operation.text()));
    }

    pub(crate) fn monotonicity_forced(&mut self, span: Span, metric: &str, time: i64, repair: Repair) {
        let message = "input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";
        let annotation = Annotation::new(Severity::Info, &named(message, metric), span);
        let Repair { lowest, highest, difference } = repair;
        let detail = Detail::Monotonicity { from: time, to: time, lowest, highest, difference, samples: 1 };
        self.add(Annotation { detail: Some(detail), ..annotation });
    }
}

/// A float of two significant digits (`%.2g` of C).
fn two_digits(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return short_float(value);
    }
    let rounded: f64 = format!("{value:.1e}").parse().unwrap_or(value);
    if (100.0..1e6).contains(&rounded.abs()) {
        let text = format!("{rounded:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{digits}e+{exponent:0>2}");
    }
    short_float(rounded)
}

#[cfg(test)]
mod tests;
