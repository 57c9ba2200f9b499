//! Why a row was refused, and the tally of a request's refused rows.
//!
//! A [`Reason`] says what is wrong and what would be right; its [`ReasonKind`] is the coarse name that counters and
//! the UI group by. Equal reasons are counted together, so a million bad rows cost one line.

use std::fmt;
use std::time::Duration;

use storage::Signal;

use crate::signal::SignalNames;

/// How many different reasons a reply lists; the rows of further ones are counted together.
const REASONS_LISTED_MAX: usize = 10;

/// Why a row was refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reason {
    /// An id of the wrong length.
    IdLength { field: &'static str, found: usize, want: usize },
    /// An id that must not be all zero.
    IdZero { field: &'static str },
    /// A time that is needed and was not sent.
    TimeMissing { field: &'static str },
    /// A time that does not fit a signed 64-bit integer.
    TimeRange { field: &'static str, found: u64 },
    /// A time too long ago.
    TooLate { field: &'static str, limit: &'static str, max: Duration },
    /// A time too far ahead.
    InTheFuture { field: &'static str, limit: &'static str, max: Duration },
    /// A text, value or list above a limit.
    TooLarge { what: &'static str, found: usize, max: usize, limit: &'static str },
    /// A value that points into a string table.
    StringIndex,
    /// A metric without a name.
    MetricUnnamed,
    /// A metric whose data is absent or of a kind this version does not know.
    MetricWithoutData,
    /// A point with no value that does not say so in its flags.
    PointWithoutValue,
    /// An aggregation temporality other than delta and cumulative.
    Temporality { found: i32 },
    /// Counts and bounds that do not belong together.
    BucketCount { counts: usize, bounds: usize },
    /// Bounds that do not rise.
    BoundsOrder { index: usize },
    /// A count that does not fit a signed 64-bit integer.
    CountRange { field: &'static str },
    /// Exponential buckets whose index does not fit.
    BucketOffset,
    /// A quantile outside of 0 to 1.
    Quantile { found: f64 },
    /// A field of an OTLP/JSON row that cannot be read.
    Json { field: &'static str, expected: &'static str, found: &'static str },
}

/// The coarse name of a [`Reason`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReasonKind {
    InvalidId,
    InvalidTime,
    TooLate,
    InTheFuture,
    TooLarge,
    InvalidValue,
    InvalidMetric,
    InvalidBuckets,
    InvalidJson,
}

impl ReasonKind {
    pub(crate) const ALL: [Self; 9] = [
        Self::InvalidId,
        Self::InvalidTime,
        Self::TooLate,
        Self::InTheFuture,
        Self::TooLarge,
        Self::InvalidValue,
        Self::InvalidMetric,
        Self::InvalidBuckets,
        Self::InvalidJson,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InvalidId => "invalid_id",
            Self::InvalidTime => "invalid_time",
            Self::TooLate => "too_late",
            Self::InTheFuture => "in_the_future",
            Self::TooLarge => "too_large",
            Self::InvalidValue => "invalid_value",
            Self::InvalidMetric => "invalid_metric",
            Self::InvalidBuckets => "invalid_buckets",
            Self::InvalidJson => "invalid_json",
        }
    }
}

impl Reason {
    pub(crate) fn kind(self) -> ReasonKind {
        match self {
            Self::IdLength { .. } | Self::IdZero { .. } => ReasonKind::InvalidId,
            Self::TimeMissing { .. } | Self::TimeRange { .. } => ReasonKind::InvalidTime,
            Self::TooLate { .. } => ReasonKind::TooLate,
            Self::InTheFuture { .. } => ReasonKind::InTheFuture,
            Self::TooLarge { .. } => ReasonKind::TooLarge,
            Self::StringIndex => ReasonKind::InvalidValue,
            Self::MetricUnnamed | Self::MetricWithoutData | Self::PointWithoutValue | Self::Temporality { .. } => {
                ReasonKind::InvalidMetric
            }
            Self::BucketCount { .. }
            | Self::BoundsOrder { .. }
            | Self::CountRange { .. }
            | Self::BucketOffset
            | Self::Quantile { .. } => ReasonKind::InvalidBuckets,
            Self::Json { .. } => ReasonKind::InvalidJson,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::IdLength { field, found: 0, want } => write!(f, "{field} is empty, must be {want} bytes"),
            Self::IdLength { field, found, want } => write!(f, "{field} is {found} bytes long, must be {want}"),
            Self::IdZero { field } => write!(f, "{field} is all zero"),
            Self::TimeMissing { field } => write!(f, "{field} is 0, must be nanoseconds since the epoch"),
            Self::TimeRange { field, found } => write!(f, "{field} is {found}, must be at most {}", i64::MAX),
            Self::TooLate { field, limit, max } => {
                write!(f, "{field} is more than {} ago, the limit {limit}", for_people(max))
            }
            Self::InTheFuture { field, limit, max } => {
                write!(f, "{field} is more than {} ahead of the server's clock, the limit {limit}", for_people(max))
            }
            Self::TooLarge { what, found, max, limit } => {
                write!(f, "{what}: {found}, the limit {limit} is {max}")
            }
            Self::StringIndex => f.write_str("a value refers to a string table, which only profiles have"),
            Self::MetricUnnamed => f.write_str("the metric has no name"),
            Self::MetricWithoutData => f.write_str(
                "the metric has no data of a known kind (gauge, sum, histogram, exponentialHistogram, summary)",
            ),
            Self::PointWithoutValue => f.write_str("the point has no value and no flag that says so"),
            Self::Temporality { found } => {
                write!(f, "aggregation_temporality is {found}, must be 1 (delta) or 2 (cumulative)")
            }
            Self::BucketCount { counts, bounds } => write!(
                f,
                "{counts} bucket_counts for {bounds} explicit_bounds, must be one more than bounds or both empty"
            ),
            Self::BoundsOrder { index } => write!(f, "explicit_bounds[{index}] is not above the bound before it"),
            Self::CountRange { field } => write!(f, "{field} is above {}", i64::MAX),
            Self::BucketOffset => f.write_str("the index of an exponential bucket does not fit 32 bits"),
            Self::Quantile { found } => write!(f, "a quantile is {found}, must be 0 to 1"),
            Self::Json { field, expected, found } => write!(f, "{field} must be {expected}, found {found}"),
        }
    }
}

fn for_people(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds > 0 && seconds.is_multiple_of(86_400) => format!("{}d", seconds / 86_400),
        seconds if seconds > 0 && seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        _ => format!("{duration:?}"),
    }
}

/// The refused rows of one request, counted by reason in the order the reasons came up.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Refused {
    listed: Vec<(Reason, u64)>,
    unlisted: u64,
    by_kind: [u64; ReasonKind::ALL.len()],
}

impl Refused {
    /// Counts one row.
    pub(crate) fn add(&mut self, reason: Reason) {
        self.add_many(reason, 1);
    }

    /// Counts rows that are refused for one reason.
    pub(crate) fn add_many(&mut self, reason: Reason, rows: u64) {
        if rows == 0 {
            return;
        }
        self.by_kind[reason.kind() as usize] += rows;
        if let Some((_, count)) = self.listed.iter_mut().find(|(listed, _)| *listed == reason) {
            *count += rows;
        } else if self.listed.len() < REASONS_LISTED_MAX {
            self.listed.push((reason, rows));
        } else {
            self.unlisted += rows;
        }
    }

    /// How many rows.
    pub(crate) fn total(&self) -> u64 {
        self.by_kind.iter().sum()
    }

    /// Rows by kind of reason, the kinds that did not occur left out.
    pub(crate) fn by_kind(&self) -> impl Iterator<Item = (ReasonKind, u64)> + '_ {
        ReasonKind::ALL.into_iter().zip(self.by_kind).filter(|(_, rows)| *rows > 0)
    }

    /// The text for the reply: `2 spans refused: trace_id is 4 bytes long, must be 16 (2)`.
    pub(crate) fn message(&self, signal: Signal) -> String {
        let total = self.total();
        let mut text = format!("{total} {} refused: ", signal.rows(total));
        for (index, (reason, rows)) in self.listed.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            text.push_str(&format!("{separator}{reason} ({rows})"));
        }
        if self.unlisted > 0 {
            text.push_str(&format!("; other reasons ({})", self.unlisted));
        }
        text
    }
}
