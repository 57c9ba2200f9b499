//! Live tail: log records or spans as they come in, those that meet the conditions of a search.
//!
//! What it promises: each row that is acknowledged while a tail is open and meets the conditions is in it once, in the order
//! in which rows became durable, as long as the reader is quicker than the data; rows that were skipped because it was not are
//! counted, whether they would have met the conditions or not. What it leaves out: rows from before, which a search has.

use std::sync::Arc;

use api::log::{LogRecord, LogSearch};
use api::trace::{Span, TraceSearch};
use arrow::array::RecordBatch;
use datafusion::execution::SessionState;
use storage::promoted::PromotedSet;
use storage::{Following, News, Signal};

use crate::error::Error;
use crate::find::{Sieve, take_rows};
use crate::{log, trace};

/// An open tail.
pub struct Tail {
    pub(crate) following: Following,
    pub(crate) filter: Filter,
}

/// What a tail shows.
#[derive(Debug, Clone, PartialEq)]
pub enum TailRows {
    /// Of the table `logs`.
    Logs(Vec<LogRecord>),
    /// Of the table `spans`; self times are not known.
    Spans(Vec<Span>),
}

/// Rows that came in.
#[derive(Debug, Clone, PartialEq)]
pub struct TailNews {
    /// Those that meet the conditions.
    pub rows: TailRows,
    /// So many rows before these were not looked at.
    pub skipped: u64,
}

impl TailNews {
    pub(crate) fn is_empty(&self) -> bool {
        let is_empty = match &self.rows {
            TailRows::Logs(records) => records.is_empty(),
            TailRows::Spans(spans) => spans.is_empty(),
        };
        is_empty && self.skipped == 0
    }
}

/// What is asked of a tail; ranges, pages and histograms of the search are not.
#[derive(Clone)]
pub(crate) enum Question {
    Logs(Box<LogSearch>),
    Spans(Box<TraceSearch>),
}

impl Question {
    pub(crate) fn signal(&self) -> Signal {
        match self {
            Self::Logs(_) => Signal::Logs,
            Self::Spans(_) => Signal::Spans,
        }
    }
}

/// The conditions of a tail, made ready for the attributes that have columns at the time.
#[derive(Clone)]
pub(crate) struct Filter {
    question: Question,
    state: Arc<SessionState>,
    ready: Option<(Arc<PromotedSet>, Arc<Sieve>)>,
}

impl Filter {
    /// The error says what is wrong with the question.
    pub(crate) fn new(question: Question, state: Arc<SessionState>, set: &PromotedSet) -> Result<Self, Error> {
        if let Question::Spans(search) = &question
            && (search.callee.is_some() || !search.filter.is_empty())
        {
            return Err(Error::invalid(
                "a tail sees single spans, not calls and traces: leave out `callee` and `filter`",
            ));
        }
        question.conditions(set)?;
        Ok(Self { question, state, ready: None })
    }

    /// The rows of some news that meet the conditions.
    pub(crate) fn of(&mut self, news: &News) -> Result<TailNews, Error> {
        let rows = news.rows()?;
        let sieve = self.sieve(&news.promoted, &rows)?;
        let left = match sieve.rows(&rows, None)? {
            Some(left) => take_rows(&rows, &left)?,
            None => rows,
        };
        let rows = match self.question {
            Question::Logs(_) => TailRows::Logs(log::rows::records(&left, &news.promoted)),
            Question::Spans(_) => TailRows::Spans(trace::rows::spans(&left, &news.promoted)),
        };
        Ok(TailNews { rows, skipped: news.skipped })
    }

    fn sieve(&mut self, set: &Arc<PromotedSet>, rows: &RecordBatch) -> Result<Arc<Sieve>, Error> {
        if let Some((of, sieve)) = &self.ready
            && Arc::ptr_eq(of, set)
        {
            return Ok(sieve.clone());
        }
        let conditions = self.question.conditions(set)?;
        let sieve = Arc::new(Sieve::new(self.state.as_ref(), rows.schema_ref(), set, &conditions)?);
        self.ready = Some((set.clone(), sieve.clone()));
        Ok(sieve)
    }
}

impl Question {
    fn conditions(&self, set: &PromotedSet) -> Result<Vec<datafusion::logical_expr::Expr>, Error> {
        // Of any time: what is late or early came in now all the same.
        let conditions = match self {
            Self::Logs(search) => log::search::conditions(set, search, i64::MIN, i64::MAX)?,
            Self::Spans(search) => trace::search::conditions(set, search, i64::MIN, i64::MAX)?,
        };
        Ok(conditions.filters)
    }
}
