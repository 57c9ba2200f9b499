//! What a function of SQL may make. The memory pool of a query counts sorts, joins and groups, and not the values that
//! a function makes, so `repeat('x', 700000000)` would take the memory of the process. Every function whose result can
//! be much larger than its arguments is therefore asked first how much it is going to make.
//!
//! A constant has a smaller bound: it is written once for each row of a batch later. `||` is made a function for the
//! same reason ([`concatenation`]).

mod arguments;
mod concatenation;

use std::sync::Arc;

use arrow::datatypes::{DataType, FieldRef};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use arguments::Arguments;

pub(super) use concatenation::BoundedConcatenation;

/// A constant may be this many times smaller than a batch of values.
const CONSTANT_SHARE: u64 = 1_024;

/// How large the result of a function is at most.
type Estimate = fn(&Arguments<'_>) -> u64;

const BOUNDED: [(&str, Estimate); 18] = [
    ("repeat", |of| of.sum(|row| of.length(0, row).saturating_mul(of.whole(1, row)))),
    ("lpad", padded),
    ("rpad", padded),
    ("replace", |of| {
        of.sum(|row| {
            let found = of.length(0, row) / of.length(1, row).max(1);
            of.length(0, row).saturating_add(found.saturating_mul(of.length(2, row)))
        })
    }),
    ("concat", all_of_them),
    ("concat_ws", joined),
    ("make_array", all_of_them),
    ("array_concat", all_of_them),
    ("array_append", all_of_them),
    ("array_prepend", all_of_them),
    ("array_repeat", |of| of.sum(|row| of.length(0, row).max(8).saturating_mul(of.whole(1, row)))),
    ("array_resize", |of| of.sum(|row| of.length(2, row).max(8).saturating_mul(of.whole(1, row)))),
    ("array_to_string", joined_list),
    ("array_replace_all", replaced),
    ("array_replace_n", replaced),
    ("range", series),
    ("generate_series", series),
    ("overlay", all_of_them),
];

fn padded(of: &Arguments<'_>) -> u64 {
    // Characters, of at most four bytes.
    of.sum(|row| of.length(0, row).saturating_add(of.whole(1, row).saturating_mul(4)))
}

fn all_of_them(of: &Arguments<'_>) -> u64 {
    of.sum(|row| (0..of.count()).fold(0, |sum: u64, at| sum.saturating_add(of.length(at, row))))
}

fn joined(of: &Arguments<'_>) -> u64 {
    let gaps = of.count().saturating_sub(2) as u64;
    of.sum(|row| of.length(0, row).saturating_mul(gaps)).saturating_add(all_of_them(of))
}

fn joined_list(of: &Arguments<'_>) -> u64 {
    // An element takes at least a byte or an offset.
    of.sum(|row| of.length(0, row).saturating_mul(of.length(1, row).saturating_add(4)))
}

fn replaced(of: &Arguments<'_>) -> u64 {
    of.sum(|row| of.length(0, row).saturating_mul(of.length(2, row).max(1)))
}

fn series(of: &Arguments<'_>) -> u64 {
    of.sum(|row| {
        let (first, last, step) = match of.count() {
            1 => (0, of.number(0, row), 1),
            2 => (of.number(0, row), of.number(1, row), 1),
            _ => (of.number(0, row), of.number(1, row), of.number(2, row)),
        };
        let steps = i128::from(last).abs_diff(i128::from(first)) / u128::from(step.unsigned_abs().max(1));
        u64::try_from(steps).unwrap_or(u64::MAX).saturating_add(1).saturating_mul(8)
    })
}

/// Puts the bound in front of the functions of a session.
pub(super) fn bind(state: &mut SessionState, bytes_max: usize) {
    for (name, estimate) in BOUNDED {
        if let Ok(inner) = state.udf(name) {
            // What a session has once it has again; there is nothing that can be refused.
            let _ = state.register_udf(Arc::new(Bounded { inner, estimate: Ask(estimate), bytes_max }.into()));
        }
    }
}

/// Compared by nothing: the name of the function says which it is.
#[derive(Clone, Copy)]
struct Ask(Estimate);

impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("estimate")
    }
}

/// A function that is asked before it is called.
#[derive(Debug, Clone)]
struct Bounded {
    inner: Arc<ScalarUDF>,
    estimate: Ask,
    bytes_max: usize,
}

impl PartialEq for Bounded {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner && self.bytes_max == other.bytes_max
    }
}

impl Eq for Bounded {}

impl std::hash::Hash for Bounded {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
        self.bytes_max.hash(state);
    }
}

impl ScalarUDFImpl for Bounded {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        self.inner.inner().schema_name(args)
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        // A simplification may name the function itself, which would then be without its bound.
        if self.name().starts_with("concat") {
            return Ok(ExprSimplifyResult::Original(args));
        }
        self.inner.simplify(args, info)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arguments = Arguments::of(&args)?;
        let bytes_max = self.bytes_max as u64;
        let bytes_max = if arguments.constant { bytes_max / CONSTANT_SHARE } else { bytes_max };
        let bytes = (self.estimate.0)(&arguments);
        if bytes > bytes_max {
            let (name, what) = (self.name(), if arguments.constant { "a constant" } else { "a batch of rows" });
            return Err(DataFusionError::ResourcesExhausted(format!(
                "{name} would make {bytes} bytes for {what}, and {bytes_max} are allowed (query.sql_function_bytes_max)"
            )));
        }
        self.inner.invoke_with_args(args)
    }
}

#[cfg(test)]
mod tests {
    use datafusion::execution::session_state::SessionStateBuilder;

    use super::*;

    #[test]
    fn every_bounded_function_exists() {
        let state = SessionStateBuilder::new().with_default_features().build();
        let missing: Vec<&str> =
            BOUNDED.iter().map(|(name, _)| *name).filter(|name| state.udf(name).is_err()).collect();
        assert_eq!(missing, Vec::<&str>::new());
    }
}
