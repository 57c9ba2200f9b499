//! Compares what came with what was expected.

use super::notation::Point;
use super::script::{Eval, Expected};
use crate::annotation::Annotation;
use crate::answer::{Answer, Value, VectorSample};
use crate::histogram::FloatHistogram;
use crate::labels::Labels;
use crate::series::{Sample, Series, is_stale};

/// Nothing, or what was expected and what came.
pub(super) type Outcome = Result<(), String>;

/// The relative difference that two floats may have.
const TOLERANCE: f64 = 0.000_001;

pub(super) fn check_annotations(eval: &Eval, query: &str, answer: &Answer) -> Outcome {
    let sides =
        [("warn", &answer.warnings, &eval.warn, eval.no_warn), ("info", &answer.infos, &eval.info, eval.no_info)];
    for (kind, found, expected, none) in sides {
        let found: Vec<String> = found.iter().map(|annotation: &Annotation| annotation.located(query)).collect();
        if none && !found.is_empty() {
            return Err(format!("expected no {kind} annotation, got {found:?}"));
        }
        if expected.is_empty() {
            continue;
        }
        if let Some(missing) = expected.iter().find(|expected| !found.iter().any(|text| expected.fits(text))) {
            return Err(format!("expected the {kind} annotation {missing:?}, got {found:?}"));
        }
        let fits_any = |text: &String| expected.iter().any(|expected: &Expected| expected.fits(text));
        if let Some(unexpected) = found.iter().find(|text| !fits_any(text)) {
            return Err(format!("unexpected {kind} annotation {unexpected:?}"));
        }
    }
    Ok(())
}

pub(super) fn check_value(eval: &Eval, value: &Value) -> Outcome {
    match value {
        Value::Scalar { value, .. } => match eval.scalar {
            Some(expected) if almost_equal(expected, *value) => Ok(()),
            Some(expected) => Err(format!("expected the scalar {expected}, got {value}")),
            None => Err(format!("expected a vector or matrix, got the scalar {value}")),
        },
        Value::String { value, .. } => match &eval.string {
            Some(expected) if **expected == **value => Ok(()),
            expected => Err(format!("expected the string {expected:?}, got {value:?}")),
        },
        Value::Vector(samples) => check_vector(eval, samples),
        Value::Matrix(series) => check_matrix(eval, series),
    }
}

fn check_vector(eval: &Eval, samples: &[VectorSample]) -> Outcome {
    if eval.scalar.is_some() {
        return Err(format!("expected a scalar, got the vector {}", vector_text(samples)));
    }
    for (place, sample) in samples.iter().enumerate() {
        let labels = &sample.labels;
        let expected = eval.series.iter().position(|(expected, _)| expected == labels);
        let Some(expected) = expected else {
            return Err(format!("unexpected series in {}: {labels}", vector_text(samples)));
        };
        if eval.is_ordered && expected != place {
            return Err(format!("expected {labels} at position {expected}, it is at {place}"));
        }
        let is_first = samples.iter().position(|other| other.labels == *labels) == Some(place);
        if !is_first {
            return Err(format!("{labels} is there twice"));
        }
        let point = eval.series[expected].1.first().unwrap_or(&Point::Missing);
        if !fits(point, &sample.value) {
            return Err(format!("expected {} of {labels}, got {}", point_text(point), sample_text(&sample.value)));
        }
    }
    let missing = eval.series.iter().find(|(labels, _)| !samples.iter().any(|sample| sample.labels == *labels));
    match missing {
        Some((labels, _)) => Err(format!("expected {labels}, which is not in {}", vector_text(samples))),
        None => Ok(()),
    }
}

fn check_matrix(eval: &Eval, series: &[Series]) -> Outcome {
    if eval.is_ordered {
        return Err("expected an ordered result, got a matrix".into());
    }
    if eval.scalar.is_some() {
        return Err("expected a scalar, got a matrix".into());
    }
    let (start, end, step) = eval.range_vector.unwrap_or((eval.start_ms, eval.end_ms, eval.step_ms));
    for series in series {
        let labels = &series.labels;
        let Some((_, points)) = eval.series.iter().find(|(expected, _)| expected == labels) else {
            return Err(format!("unexpected series {}", series_text(series)));
        };
        let times = (0..).map(|at: i64| start + at * step);
        let expected: Vec<(i64, &Point)> =
            times.zip(points).filter(|(_, point)| !matches!(point, Point::Missing)).collect();
        if let Some((time, _)) = expected.iter().find(|(time, _)| *time > end) {
            return Err(format!("{labels} is expected to have a value at {time} ms, behind the end of the query"));
        }
        let found = samples_of(series);
        let is_equal = expected.len() == found.len()
            && expected.iter().zip(&found).all(|((time, point), (at, sample))| time == at && fits(point, sample));
        if !is_equal {
            let expected: Vec<String> =
                expected.iter().map(|(time, point)| format!("{}@{time}", point_text(point))).collect();
            return Err(format!("expected {} of {labels}, got {}", expected.join(" "), series_text(series)));
        }
    }
    let is_there = |labels: &Labels| series.iter().any(|series| series.labels == *labels);
    match eval.series.iter().find(|(labels, _)| !is_there(labels)) {
        Some((labels, _)) => Err(format!("expected {labels}, which is not there")),
        None => Ok(()),
    }
}

fn samples_of(series: &Series) -> Vec<(i64, Sample)> {
    let floats = series.floats.timestamps.iter().zip(&series.floats.values);
    let histograms = series.histograms.timestamps.iter().zip(&series.histograms.values);
    let mut samples: Vec<(i64, Sample)> = floats.map(|(time, float)| (*time, Sample::Float(*float))).collect();
    samples.extend(histograms.map(|(time, histogram)| (*time, Sample::Histogram(histogram.clone()))));
    samples.sort_by_key(|(time, _)| *time);
    samples
}

fn fits(point: &Point, sample: &Sample) -> bool {
    match (point, sample) {
        (Point::Float(expected), Sample::Float(found)) => almost_equal(*expected, *found),
        (Point::Histogram { histogram, has_hint }, Sample::Histogram(found)) => {
            same_histogram(histogram, found) && (!has_hint || histogram.reset_hint == found.reset_hint)
        }
        _ => false,
    }
}

fn same_histogram(expected: &FloatHistogram, found: &FloatHistogram) -> bool {
    let (mut expected, mut found) = (expected.clone(), found.clone());
    expected.compact();
    found.compact();
    let sides = [(&expected.positive, &found.positive), (&expected.negative, &found.negative)];
    let same_sides = sides.iter().all(|(expected, found)| {
        let same_counts = expected.counts.iter().zip(&found.counts).all(|(a, b)| almost_equal(*a, *b));
        expected.indices == found.indices && same_counts
    });
    expected.schema == found.schema
        && almost_equal(expected.count, found.count)
        && almost_equal(expected.sum, found.sum)
        && (!expected.has_custom_bounds() || expected.bounds == found.bounds)
        && expected.zero_threshold == found.zero_threshold
        && almost_equal(expected.zero_count, found.zero_count)
        && same_sides
}

fn almost_equal(a: f64, b: f64) -> bool {
    if is_stale(a) || is_stale(b) {
        return is_stale(a) && is_stale(b);
    }
    if a == b || (a.is_nan() && b.is_nan()) {
        return true;
    }
    let sum = a.abs() + b.abs();
    let difference = (a - b).abs();
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return difference < TOLERANCE * f64::MIN_POSITIVE;
    }
    difference / sum.min(f64::MAX) < TOLERANCE
}

fn point_text(point: &Point) -> String {
    match point {
        Point::Missing => "nothing".into(),
        Point::Float(float) => float.to_string(),
        Point::Histogram { histogram, .. } => histogram.test_notation(),
    }
}

fn sample_text(sample: &Sample) -> String {
    match sample {
        Sample::Float(float) => float.to_string(),
        Sample::Histogram(histogram) => histogram.test_notation(),
    }
}

fn vector_text(samples: &[VectorSample]) -> String {
    let texts: Vec<String> =
        samples.iter().map(|sample| format!("{} {}", sample.labels, sample_text(&sample.value))).collect();
    format!("[{}]", texts.join(", "))
}

fn series_text(series: &Series) -> String {
    let samples = samples_of(series);
    let texts: Vec<String> = samples.iter().map(|(time, sample)| format!("{}@{time}", sample_text(sample))).collect();
    format!("{} {}", series.labels, texts.join(" "))
}
