//! The functions: names, argument types, and which piece of code evaluates each.

use super::ast::ValueType::{self, Matrix, Scalar, String, Vector};
use crate::calendar::Field;
use crate::histogram::FloatHistogram;

/// A function of one float.
pub(crate) type FloatMap = fn(f64) -> f64;

/// A function of the language.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// Types of the arguments; the last one's is that of all that follow.
    pub(crate) args: &'static [ValueType],
    /// How many arguments it needs.
    pub(crate) args_min: usize,
    pub(crate) args_max: usize,
    pub(crate) returns: ValueType,
    pub(crate) kind: Kind,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// What evaluates a function.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Map(FloatMap),
    Calendar(Field),
    OfHistogram(fn(&FloatHistogram) -> f64),
    OverRange(RangeFunction),
    Absent,
    Clamp,
    ClampMax,
    ClampMin,
    End,
    HistogramFraction,
    HistogramQuantile,
    HistogramQuantiles,
    Info,
    LabelJoin,
    LabelReplace,
    MaxOf,
    MinOf,
    Pi,
    Range,
    Round,
    Scalar,
    Sort { descending: bool },
    SortByLabel { descending: bool },
    Start,
    StartTimestamp,
    Step,
    Time,
    Timestamp,
    Vector,
}

/// A function of a range of samples of one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RangeFunction {
    AbsentOverTime,
    AvgOverTime,
    Changes,
    CountOverTime,
    Delta,
    Deriv,
    DoubleExponentialSmoothing,
    FirstOverTime,
    Idelta,
    Increase,
    Irate,
    LastOverTime,
    MadOverTime,
    MaxOverTime,
    MinOverTime,
    PredictLinear,
    PresentOverTime,
    QuantileOverTime,
    Rate,
    Resets,
    StddevOverTime,
    StdvarOverTime,
    SumOverTime,
    TsOfFirstOverTime,
    TsOfLastOverTime,
    TsOfMaxOverTime,
    TsOfMinOverTime,
}

const ANY: usize = usize::MAX;

const fn function(
    name: &'static str,
    args: &'static [ValueType],
    (args_min, args_max): (usize, usize),
    returns: ValueType,
    kind: Kind,
) -> Function {
    Function { name, args, args_min, args_max, returns, kind }
}

const fn map(name: &'static str, kind: FloatMap) -> Function {
    function(name, &[Vector], (1, 1), Vector, Kind::Map(kind))
}

const fn calendar(name: &'static str, field: Field) -> Function {
    function(name, &[Vector], (0, 1), Vector, Kind::Calendar(field))
}

const fn of_histogram(name: &'static str, kind: fn(&FloatHistogram) -> f64) -> Function {
    function(name, &[Vector], (1, 1), Vector, Kind::OfHistogram(kind))
}

const fn over_range(name: &'static str, kind: RangeFunction) -> Function {
    function(name, &[Matrix], (1, 1), Vector, Kind::OverRange(kind))
}

const fn scalar(name: &'static str, kind: Kind) -> Function {
    function(name, &[], (0, 0), Scalar, kind)
}

/// Sorted by name.
static FUNCTIONS: [Function; 90] = [
    map("abs", f64::abs),
    function("absent", &[Vector], (1, 1), Vector, Kind::Absent),
    over_range("absent_over_time", RangeFunction::AbsentOverTime),
    map("acos", f64::acos),
    map("acosh", f64::acosh),
    map("asin", f64::asin),
    map("asinh", f64::asinh),
    map("atan", f64::atan),
    map("atanh", f64::atanh),
    over_range("avg_over_time", RangeFunction::AvgOverTime),
    map("ceil", f64::ceil),
    over_range("changes", RangeFunction::Changes),
    function("clamp", &[Vector, Scalar, Scalar], (3, 3), Vector, Kind::Clamp),
    function("clamp_max", &[Vector, Scalar], (2, 2), Vector, Kind::ClampMax),
    function("clamp_min", &[Vector, Scalar], (2, 2), Vector, Kind::ClampMin),
    map("cos", f64::cos),
    map("cosh", f64::cosh),
    over_range("count_over_time", RangeFunction::CountOverTime),
    calendar("day_of_month", Field::DayOfMonth),
    calendar("day_of_week", Field::DayOfWeek),
    calendar("day_of_year", Field::DayOfYear),
    calendar("days_in_month", Field::DaysInMonth),
    map("deg", f64::to_degrees),
    over_range("delta", RangeFunction::Delta),
    over_range("deriv", RangeFunction::Deriv),
    function(
        "double_exponential_smoothing",
        &[Matrix, Scalar, Scalar],
        (3, 3),
        Vector,
        Kind::OverRange(RangeFunction::DoubleExponentialSmoothing),
    ),
    scalar("end", Kind::End),
    map("exp", f64::exp),
    over_range("first_over_time", RangeFunction::FirstOverTime),
    map("floor", f64::floor),
    of_histogram("histogram_avg", FloatHistogram::average),
    of_histogram("histogram_count", |histogram| histogram.count),
    function("histogram_fraction", &[Scalar, Scalar, Vector], (3, 3), Vector, Kind::HistogramFraction),
    function("histogram_quantile", &[Scalar, Vector], (2, 2), Vector, Kind::HistogramQuantile),
    function("histogram_quantiles", &[Vector, String, Scalar], (3, 12), Vector, Kind::HistogramQuantiles),
    of_histogram("histogram_stddev", |histogram| histogram.variance().sqrt()),
    of_histogram("histogram_stdvar", FloatHistogram::variance),
    of_histogram("histogram_sum", |histogram| histogram.sum),
    calendar("hour", Field::Hour),
    over_range("idelta", RangeFunction::Idelta),
    over_range("increase", RangeFunction::Increase),
    function("info", &[Vector, Vector], (1, 2), Vector, Kind::Info),
    over_range("irate", RangeFunction::Irate),
    function("label_join", &[Vector, String], (3, ANY), Vector, Kind::LabelJoin),
    function("label_replace", &[Vector, String], (5, 5), Vector, Kind::LabelReplace),
    over_range("last_over_time", RangeFunction::LastOverTime),
    map("ln", f64::ln),
    map("log10", f64::log10),
    map("log2", f64::log2),
    over_range("mad_over_time", RangeFunction::MadOverTime),
    function("max_of", &[Scalar], (2, 2), Scalar, Kind::MaxOf),
    over_range("max_over_time", RangeFunction::MaxOverTime),
    function("min_of", &[Scalar], (2, 2), Scalar, Kind::MinOf),
    over_range("min_over_time", RangeFunction::MinOverTime),
    calendar("minute", Field::Minute),
    calendar("month", Field::Month),
    scalar("pi", Kind::Pi),
    function("predict_linear", &[Matrix, Scalar], (2, 2), Vector, Kind::OverRange(RangeFunction::PredictLinear)),
    over_range("present_over_time", RangeFunction::PresentOverTime),
    function("quantile_over_time", &[Scalar, Matrix], (2, 2), Vector, Kind::OverRange(RangeFunction::QuantileOverTime)),
    map("rad", f64::to_radians),
    scalar("range", Kind::Range),
    over_range("rate", RangeFunction::Rate),
    over_range("resets", RangeFunction::Resets),
    function("round", &[Vector, Scalar], (1, 2), Vector, Kind::Round),
    function("scalar", &[Vector], (1, 1), Scalar, Kind::Scalar),
    map("sgn", |value| if value == 0.0 || value.is_nan() { value } else { value.signum() }),
    map("sin", f64::sin),
    map("sinh", f64::sinh),
    function("sort", &[Vector], (1, 1), Vector, Kind::Sort { descending: false }),
    function("sort_by_label", &[Vector, String], (1, ANY), Vector, Kind::SortByLabel { descending: false }),
    function("sort_by_label_desc", &[Vector, String], (1, ANY), Vector, Kind::SortByLabel { descending: true }),
    function("sort_desc", &[Vector], (1, 1), Vector, Kind::Sort { descending: true }),
    map("sqrt", f64::sqrt),
    scalar("start", Kind::Start),
    function("start_timestamp", &[Vector], (1, 1), Vector, Kind::StartTimestamp),
    over_range("stddev_over_time", RangeFunction::StddevOverTime),
    over_range("stdvar_over_time", RangeFunction::StdvarOverTime),
    scalar("step", Kind::Step),
    over_range("sum_over_time", RangeFunction::SumOverTime),
    map("tan", f64::tan),
    map("tanh", f64::tanh),
    scalar("time", Kind::Time),
    function("timestamp", &[Vector], (1, 1), Vector, Kind::Timestamp),
    over_range("ts_of_first_over_time", RangeFunction::TsOfFirstOverTime),
    over_range("ts_of_last_over_time", RangeFunction::TsOfLastOverTime),
    over_range("ts_of_max_over_time", RangeFunction::TsOfMaxOverTime),
    over_range("ts_of_min_over_time", RangeFunction::TsOfMinOverTime),
    function("vector", &[Scalar], (1, 1), Vector, Kind::Vector),
    calendar("year", Field::Year),
];

impl Function {
    /// The function of a name; names are lower-case.
    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok().map(|at| &FUNCTIONS[at])
    }

    /// All names.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        FUNCTIONS.iter().map(|function| function.name)
    }

    /// The type of an argument.
    pub(crate) fn arg_type(&self, at: usize) -> Option<ValueType> {
        self.args.get(at).or(self.args.last()).copied()
    }

    /// Whether its result changes with the time it is evaluated at, although its arguments do not.
    pub(crate) fn depends_on_time(&self) -> bool {
        match self.kind {
            Kind::Calendar(_) | Kind::Time | Kind::Timestamp => true,
            Kind::OverRange(function) => function == RangeFunction::PredictLinear,
            _ => false,
        }
    }
}
