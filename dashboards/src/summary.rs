//! One number of a line, one number of many lines. Pure.

use api::metric::Series;

use crate::model::{Across, Summary};

/// One number of the values of a line; `None` if it has no data.
pub fn summarize(values: &[Option<f64>], summary: Summary) -> Option<f64> {
    let mut real = values.iter().filter_map(|value| *value).filter(|value| !value.is_nan());
    match summary {
        Summary::Last => real.next_back(),
        Summary::Sum => real.reduce(|a, b| a + b),
        Summary::Minimum => real.reduce(f64::min),
        Summary::Maximum => real.reduce(f64::max),
        Summary::Average => mean(real),
    }
}

/// One number of several lines, and which of them it is of, where it is of one.
pub fn summarize_all(series: &[Series], summary: Summary, across: Across) -> Option<(f64, Option<usize>)> {
    let numbers = series
        .iter()
        .enumerate()
        .filter_map(|(position, line)| summarize(&line.values, summary).map(|number| (number, position)));
    let of_one = |(number, position): (f64, usize)| (number, Some(position));
    match across {
        Across::Sum => numbers.map(|(number, _)| number).reduce(|a, b| a + b).map(|sum| (sum, None)),
        Across::Average => mean(numbers.map(|(number, _)| number)).map(|mean| (mean, None)),
        Across::Maximum => numbers.reduce(|a, b| if b.0 > a.0 { b } else { a }).map(of_one),
        Across::Minimum => numbers.reduce(|a, b| if b.0 < a.0 { b } else { a }).map(of_one),
    }
}

fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for number in numbers {
        sum += number;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests;
