//! `and`, `or`, `unless`.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::signature;
use crate::error::EvalError;
use crate::eval::Evaluator;
use crate::eval::column::{Column, merged};
use crate::labels::Labels;
use crate::request::Grid;
use crate::syntax::{Binary, BinaryOp, Matching};

/// At which times each signature has a series.
struct Present {
    places: HashMap<Labels, usize, FixedState>,
    steps: Vec<Vec<bool>>,
}

impl Present {
    fn of(columns: &[Column], matching: &Matching, len: usize) -> Self {
        let mut present = Self { places: HashMap::default(), steps: Vec::new() };
        for column in columns {
            let place = *present.places.entry(signature(&column.labels, matching)).or_insert_with(|| {
                present.steps.push(vec![false; len]);
                present.steps.len() - 1
            });
            for (step, is_present) in present.steps[place].iter_mut().enumerate() {
                *is_present |= column.has(step);
            }
        }
        present
    }

    fn at(&self, labels: &Labels) -> Option<&[bool]> {
        self.places.get(labels).map(|place| self.steps[*place].as_slice())
    }
}

impl Evaluator<'_> {
    pub(super) fn set_operation(
        &mut self,
        binary: &Binary,
        lhs: Vec<Column>,
        rhs: Vec<Column>,
        grid: &Grid,
    ) -> Result<Vec<Column>, EvalError> {
        let matching = &binary.matching;
        let is_or = binary.op == BinaryOp::Or;
        let (mut kept, filtered, others) = if is_or { (lhs.clone(), rhs, &lhs) } else { (Vec::new(), lhs, &rhs) };
        let keeps_present = binary.op == BinaryOp::And;
        let others = Present::of(others, matching, grid.len);
        for column in filtered {
            self.look()?;
            let masked = match others.at(&signature(&column.labels, matching)) {
                Some(present) => column.masked(|step| present[step] == keeps_present),
                None if keeps_present => continue,
                None => column,
            };
            if !masked.is_void() {
                kept.push(masked);
            }
        }
        if is_or { merged(kept, grid.len) } else { Ok(kept) }
    }
}
