//! The first and the last: in natural order, or by the time of their records.

use std::cmp::Ordering;

use crate::value::{Value, order};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Least,
    Greatest,
}

impl Side {
    /// Whether something so ordered to what is held takes its place.
    fn prefers(self, ordering: Ordering) -> bool {
        match self {
            Self::Least => ordering.is_lt(),
            Self::Greatest => ordering.is_gt(),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Extreme {
    side: Side,
    only_numbers: bool,
    held: Option<Value>,
}

impl Extreme {
    pub(super) fn new(side: Side, only_numbers: bool) -> Self {
        Self { side, only_numbers, held: None }
    }

    pub(super) fn add(&mut self, value: &Value) {
        if self.only_numbers && value.as_number().is_none() {
            return;
        }
        let better = self.held.as_ref().is_none_or(|held| self.side.prefers(order::natural(value, held)));
        if better {
            self.held = Some(value.clone());
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if let Some(value) = &other.held {
            self.add(value);
        }
    }

    pub(super) fn held(&self) -> &Option<Value> {
        &self.held
    }

    /// A text of a number becomes a number.
    pub(super) fn value(&self) -> Value {
        match &self.held {
            Some(value @ Value::Time(_)) => value.clone(),
            Some(value) if self.only_numbers => value.as_number().into(),
            Some(value) => value.clone(),
            None => Value::Null,
        }
    }
}

/// Of records of the same time the value that is first in natural order, so that the order of rows does not matter.
#[derive(Debug, Clone)]
pub(super) struct ByTime {
    side: Side,
    held: Option<(i64, Value)>,
}

impl ByTime {
    pub(super) fn new(side: Side) -> Self {
        Self { side, held: None }
    }

    pub(super) fn add(&mut self, value: &Value, time_ms: Option<i64>) {
        let Some(time_ms) = time_ms else { return };
        let better = self.held.as_ref().is_none_or(|(held_ms, held)| {
            let by_time = time_ms.cmp(held_ms);
            self.side.prefers(by_time) || (by_time.is_eq() && order::natural(value, held).is_lt())
        });
        if better {
            self.held = Some((time_ms, value.clone()));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if let Some((time_ms, value)) = &other.held {
            self.add(value, Some(*time_ms));
        }
    }

    pub(super) fn held(&self) -> &Option<(i64, Value)> {
        &self.held
    }

    pub(super) fn value(&self) -> Value {
        self.held.as_ref().map(|(_, value)| value.clone()).unwrap_or_default()
    }
}
