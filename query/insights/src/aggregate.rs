//! Aggregates of `stats` as accumulators over values: fed row by row, merged in any order, asked at the end.
//!
//! | name | of which values | result |
//! |---|---|---|
//! | `count(*)`, `count(f)`, `countOverTime(f)` | rows; rows where `f` is there | how many |
//! | `sum`, `sumOverTime` | numbers | compensated sum; nothing without numbers |
//! | `avg` | numbers | sum by count |
//! | `min`, `max` | numbers and times | the extreme one, of its kind |
//! | `variance`, `stddev` | numbers | of the population: divided by n |
//! | `pct(f, p)` | numbers | see [`quantile`]: between the two nearest ranks, linearly (as `percentile_cont`) |
//! | `count_distinct` | all that are there | see [`distinct`]: exact, then within about 1 % |
//! | `values` | all that are there | the distinct ones in natural order, at most [`VALUES_MAX`] |
//! | `topk(k, f)` | all that are there | see [`frequent`]: a list of maps of `value` and `count` |
//! | `earliest`, `latest` | all that are there | that of the record with the least or greatest time |
//! | `sortsFirst`, `sortsLast` | all that are there | the first or last in natural order |
//! | `rate(f, 1m)` | numbers | change from the first to the last record, per interval |
//! | `histogram(f, n)` | numbers | a list of `n` maps of `from`, `to` and `count`, equally wide |
//!
//! A text that reads as a number is a number. What is missing is never counted, summed or kept.

pub(crate) mod bytes;
pub mod distinct;
mod extreme;
pub mod frequent;
mod histogram;
mod moments;
pub mod quantile;
mod rate;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::function::{Kind, Parameters};
use crate::period::Period;
use crate::value::{Value, order};
use bytes::{Bytes, write_all};
use distinct::Distinct;
use extreme::{ByTime, Extreme, Side};
use frequent::Frequent;
use moments::Moments;
use quantile::Quantile;
use rate::Rate;

/// How many values `values` keeps.
pub const VALUES_MAX: usize = 10_000;

/// Buckets that `histogram` may be asked for.
pub const HISTOGRAM_BUCKETS_MAX: usize = 1_000;

/// An aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the module's table says what each is")]
pub enum Aggregate {
    Avg,
    Count,
    CountDistinct,
    CountOverTime,
    Earliest,
    Histogram,
    Latest,
    Max,
    Min,
    Pct,
    Rate,
    SortsFirst,
    SortsLast,
    Stddev,
    Sum,
    SumOverTime,
    Topk,
    Values,
    Variance,
}

/// Names, the first of each as it is shown, and parameters as a query writes them.
const TABLE: [(Aggregate, &[&str], Parameters); 19] = [
    (Aggregate::Avg, &["avg"], NUMBER),
    (Aggregate::Count, &["count"], Parameters { required: &[], optional: &[Kind::Any], rest: None }),
    (Aggregate::CountDistinct, &["count_distinct", "countDistinct"], ANY),
    (
        Aggregate::CountOverTime,
        &["countOverTime", "count_over_time"],
        Parameters { required: &[], optional: &[Kind::Any], rest: None },
    ),
    (Aggregate::Earliest, &["earliest"], ANY),
    (Aggregate::Histogram, &["histogram"], Parameters::exactly(&[Kind::Number, Kind::Number])),
    (Aggregate::Latest, &["latest"], ANY),
    (Aggregate::Max, &["max"], NUMBER),
    (Aggregate::Min, &["min"], NUMBER),
    (Aggregate::Pct, &["pct", "percentile"], Parameters::exactly(&[Kind::Number, Kind::Number])),
    (Aggregate::Rate, &["rate"], Parameters::exactly(&[Kind::Number, Kind::Period])),
    (Aggregate::SortsFirst, &["sortsFirst"], ANY),
    (Aggregate::SortsLast, &["sortsLast"], ANY),
    (Aggregate::Stddev, &["stddev"], NUMBER),
    (Aggregate::Sum, &["sum"], NUMBER),
    (Aggregate::SumOverTime, &["sumOverTime", "sum_over_time"], NUMBER),
    (Aggregate::Topk, &["topk"], Parameters::exactly(&[Kind::Number, Kind::Any])),
    (Aggregate::Values, &["values"], ANY),
    (Aggregate::Variance, &["variance"], NUMBER),
];
const NUMBER: Parameters = Parameters::exactly(&[Kind::Number]);
const ANY: Parameters = Parameters::exactly(&[Kind::Any]);

/// The aggregate of this name, in any case.
pub fn named(name: &str) -> Option<Aggregate> {
    TABLE.iter().find(|(_, names, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name))).map(|row| row.0)
}

/// All names of all aggregates.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().flat_map(|(_, names, _)| names.iter().copied())
}

impl Aggregate {
    /// Its name as AWS writes it.
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1[0])
    }

    /// What it takes, as a query writes it.
    pub fn parameters(self) -> Parameters {
        TABLE.iter().find(|row| row.0 == self).map_or(ANY, |row| row.2)
    }

    /// Which argument differs from row to row; the others are constants.
    pub fn value_position(self) -> usize {
        usize::from(self == Self::Topk)
    }

    /// What it gives.
    pub fn result(self) -> Kind {
        match self {
            Self::Topk | Self::Values | Self::Histogram => Kind::List,
            Self::Earliest | Self::Latest | Self::SortsFirst | Self::SortsLast | Self::Min | Self::Max => Kind::Any,
            _ => Kind::Number,
        }
    }
}

/// What an aggregate knows of the rows so far.
#[derive(Debug, Clone)]
pub struct Accumulator {
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Count(u64),
    Moments(Aggregate, Moments),
    Extreme(Extreme),
    ByTime(ByTime),
    Distinct(Distinct),
    Quantile(f64, Quantile),
    Histogram(usize, Quantile),
    Frequent(usize, Frequent),
    Values(BTreeMap<Natural, ()>, bool),
    Rate(Rate),
}

impl Accumulator {
    /// An accumulator without rows. `constant` is the argument that is the same for all rows: the `p` of `pct`, the `k` of
    /// `topk`, the interval of `rate`, the buckets of `histogram`. `None` where it is not what the aggregate needs.
    pub fn new(aggregate: Aggregate, constant: Option<&Value>) -> Option<Self> {
        let number = constant.and_then(Value::as_number);
        let whole = || number.filter(|number| *number >= 1.0).map(|number| number as usize);
        let state = match aggregate {
            Aggregate::Count | Aggregate::CountOverTime => State::Count(0),
            Aggregate::Avg | Aggregate::Sum | Aggregate::SumOverTime | Aggregate::Stddev | Aggregate::Variance => {
                State::Moments(aggregate, Moments::default())
            }
            Aggregate::Min => State::Extreme(Extreme::new(Side::Least, true)),
            Aggregate::Max => State::Extreme(Extreme::new(Side::Greatest, true)),
            Aggregate::SortsFirst => State::Extreme(Extreme::new(Side::Least, false)),
            Aggregate::SortsLast => State::Extreme(Extreme::new(Side::Greatest, false)),
            Aggregate::Earliest => State::ByTime(ByTime::new(Side::Least)),
            Aggregate::Latest => State::ByTime(ByTime::new(Side::Greatest)),
            Aggregate::CountDistinct => State::Distinct(Distinct::default()),
            Aggregate::Pct => State::Quantile(number.filter(|p| (0.0..=100.0).contains(p))?, Quantile::default()),
            Aggregate::Histogram => State::Histogram(whole()?.min(HISTOGRAM_BUCKETS_MAX), Quantile::default()),
            Aggregate::Topk => State::Frequent(whole()?, Frequent::default()),
            Aggregate::Values => State::Values(BTreeMap::new(), false),
            Aggregate::Rate => {
                let interval = constant.and_then(Value::as_text).and_then(|text| Period::parse(&text))?;
                State::Rate(Rate::new(interval.milliseconds_about()))
            }
        };
        Some(Self { state })
    }

    /// Takes a row: the value (anything that is there for `count(*)`) and the record's time.
    pub fn add(&mut self, value: &Value, time_ms: Option<i64>) {
        if value.is_null() {
            return;
        }
        match &mut self.state {
            State::Count(count) => *count += 1,
            State::Extreme(extreme) => extreme.add(value),
            State::ByTime(by_time) => by_time.add(value, time_ms),
            State::Distinct(distinct) => distinct.add(&value.to_string()),
            State::Frequent(_, frequent) => frequent.add(value, 1),
            State::Values(values, is_cut) => keep(values, is_cut, Natural(value.clone())),
            State::Moments(_, moments) => moments.add(value.as_number()),
            State::Quantile(_, quantile) | State::Histogram(_, quantile) => {
                if let Some(number) = value.as_number() {
                    quantile.add(number);
                }
            }
            State::Rate(rate) => rate.add(value.as_number(), time_ms),
        }
    }

    /// Takes all rows of another accumulator of the same aggregate and constant.
    pub fn merge(&mut self, other: &Self) {
        match (&mut self.state, &other.state) {
            (State::Count(count), State::Count(more)) => *count += more,
            (State::Extreme(extreme), State::Extreme(more)) => extreme.merge(more),
            (State::ByTime(by_time), State::ByTime(more)) => by_time.merge(more),
            (State::Distinct(distinct), State::Distinct(more)) => distinct.merge(more),
            (State::Frequent(_, frequent), State::Frequent(_, more)) => frequent.merge(more),
            (State::Values(values, is_cut), State::Values(more, more_is_cut)) => {
                *is_cut |= more_is_cut;
                for value in more.keys() {
                    keep(values, is_cut, value.clone());
                }
            }
            (State::Moments(_, moments), State::Moments(_, more)) => moments.merge(more),
            (State::Quantile(_, quantile), State::Quantile(_, more))
            | (State::Histogram(_, quantile), State::Histogram(_, more)) => quantile.merge(more),
            (State::Rate(rate), State::Rate(more)) => rate.merge(more),
            _ => {}
        }
    }

    /// The result.
    pub fn finish(&self) -> Value {
        match &self.state {
            State::Count(count) => Value::Number(*count as f64),
            State::Extreme(extreme) => extreme.value(),
            State::ByTime(by_time) => by_time.value(),
            State::Distinct(distinct) => Value::Number(distinct.count()),
            State::Frequent(k, frequent) => top(frequent, *k),
            State::Values(values, _) => values.keys().map(|value| value.0.clone()).collect(),
            State::Moments(aggregate, moments) => match aggregate {
                Aggregate::Avg => moments.mean(),
                Aggregate::Variance => moments.variance(),
                Aggregate::Stddev => moments.variance().map(f64::sqrt),
                _ => moments.sum(),
            }
            .into(),
            State::Quantile(p, quantile) => quantile.at(*p / 100.0).into(),
            State::Histogram(buckets, quantile) => histogram::of(quantile, *buckets),
            State::Rate(rate) => rate.per_interval().into(),
        }
    }

    /// What it knows, to be merged elsewhere. For the same version of this crate only.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match &self.state {
            State::Count(count) => count.write(&mut bytes),
            State::Extreme(extreme) => extreme.held().write(&mut bytes),
            State::ByTime(by_time) => by_time.held().write(&mut bytes),
            State::Distinct(distinct) => distinct.write(&mut bytes),
            State::Frequent(_, frequent) => frequent.write(&mut bytes),
            State::Values(values, is_cut) => {
                is_cut.write(&mut bytes);
                write_all(values.keys().map(|value| &value.0), values.len(), &mut bytes);
            }
            State::Moments(_, moments) => moments.write(&mut bytes),
            State::Quantile(_, quantile) | State::Histogram(_, quantile) => quantile.write(&mut bytes),
            State::Rate(rate) => rate.write(&mut bytes),
        }
        bytes
    }

    /// Takes all rows of an accumulator of the same aggregate and constant, from its bytes; `None` where they are no such
    /// bytes, and then it is as it was.
    #[must_use]
    pub fn merge_bytes(&mut self, mut bytes: &[u8]) -> Option<()> {
        let bytes = &mut bytes;
        match &mut self.state {
            State::Count(count) => *count = count.saturating_add(u64::read(bytes)?),
            State::Extreme(extreme) => {
                if let Some(value) = Option::<Value>::read(bytes)? {
                    extreme.add(&value);
                }
            }
            State::ByTime(by_time) => {
                if let Some((time_ms, value)) = Option::<(i64, Value)>::read(bytes)? {
                    by_time.add(&value, Some(time_ms));
                }
            }
            State::Distinct(distinct) => distinct.merge(&Distinct::read(bytes)?),
            State::Frequent(_, frequent) => frequent.merge(&Frequent::read(bytes)?),
            State::Values(values, is_cut) => {
                let (more_is_cut, more) = <(bool, Vec<Value>)>::read(bytes)?;
                *is_cut |= more_is_cut;
                more.into_iter().for_each(|value| keep(values, is_cut, Natural(value)));
            }
            State::Moments(_, moments) => moments.merge(&Moments::read(bytes)?),
            State::Quantile(_, quantile) | State::Histogram(_, quantile) => quantile.merge(&Quantile::read(bytes)?),
            State::Rate(rate) => rate.merge(&Rate::read(bytes)?),
        }
        Some(())
    }

    /// Whether a limit was reached: the result is approximate, or not all of it.
    pub fn is_approximate(&self) -> bool {
        match &self.state {
            State::Distinct(distinct) => !distinct.is_exact(),
            State::Quantile(_, quantile) | State::Histogram(_, quantile) => !quantile.is_exact(),
            State::Frequent(_, frequent) => frequent.error() > 0,
            State::Values(_, is_cut) => *is_cut,
            _ => false,
        }
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let own = size_of::<Self>();
        match &self.state {
            State::Distinct(distinct) => own + distinct.bytes(),
            State::Quantile(_, quantile) | State::Histogram(_, quantile) => own + quantile.bytes(),
            State::Frequent(_, frequent) => own + frequent.bytes(),
            State::Values(values, _) => own + values.keys().map(|value| bytes_of(&value.0) + 32).sum::<usize>(),
            _ => own,
        }
    }
}

/// About how many bytes a value takes.
pub(crate) fn bytes_of(value: &Value) -> usize {
    let inside = match value {
        Value::Text(text) => text.len(),
        Value::List(items) => items.len() * size_of::<Value>(),
        Value::Map(members) => members.len() * 2 * size_of::<Value>(),
        _ => 0,
    };
    size_of::<Value>() + inside
}

fn keep(values: &mut BTreeMap<Natural, ()>, is_cut: &mut bool, value: Natural) {
    values.insert(value, ());
    if values.len() > VALUES_MAX {
        // The last goes, so that the result does not depend on the order of rows.
        values.pop_last();
        *is_cut = true;
    }
}

fn top(frequent: &Frequent, k: usize) -> Value {
    let row = |(value, count): (Value, u64)| {
        let members = [(Arc::from("value"), value), (Arc::from("count"), Value::Number(count as f64))];
        Value::Map(Arc::new(members.into_iter().collect()))
    };
    frequent.top(k).into_iter().map(row).collect()
}

/// A value in its natural order, as a key.
#[derive(Debug, Clone)]
pub(crate) struct Natural(pub(crate) Value);

impl PartialEq for Natural {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Natural {}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        order::natural(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests;
