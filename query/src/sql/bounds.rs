//! What a function of SQL may make. The memory pool of a query counts sorts, joins and groups, and not the values that
//! a function makes, so `repeat('x', 700000000)` would take the memory of the process. Every function whose result can
//! be much larger than its arguments is therefore asked first how much it is going to make.
//!
//! A constant has a smaller bound: it is written once for each row of a batch later. `||` is made a function for the
//! same reason.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, FieldRef, Int64Type, IntervalMonthDayNanoType, IntervalUnit, TimeUnit};
use datafusion::common::DFSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::FunctionRegistry;
use datafusion::execution::SessionState;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ExprSchemable, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility,
};
use datafusion::sql::sqlparser::ast::BinaryOperator;

/// A constant may be this many times smaller than a batch of values.
const CONSTANT_SHARE: u64 = 1_024;

/// How large the result of a function is at most.
type Estimate = fn(&Arguments<'_>) -> u64;

const BOUNDED: [(&str, Estimate); 19] = [
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
    ("gen_series", series),
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

/// `left || right` over texts as a function with a bound.
#[derive(Debug)]
pub(super) struct BoundedConcatenation {
    pub(super) bytes_max: usize,
}

impl ExprPlanner for BoundedConcatenation {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let is_list = |expr: &Expr| {
            let data_type = expr.get_type(schema);
            matches!(data_type, Ok(DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..)))
        };
        if expr.op != BinaryOperator::StringConcat || is_list(&expr.left) || is_list(&expr.right) {
            return Ok(PlannerResult::Original(expr));
        }
        let inner = Arc::new(Concatenation { signature: Signature::user_defined(Volatility::Immutable) }.into());
        let function: ScalarUDF = Bounded { inner, estimate: Ask(all_of_them), bytes_max: self.bytes_max }.into();
        Ok(PlannerResult::Planned(function.call(vec![expr.left, expr.right])))
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

/// The arguments of a call, measured.
struct Arguments<'a> {
    args: &'a [ColumnarValue],
    numbers: Vec<Option<Int64Array>>,
    rows: usize,
    constant: bool,
}

impl<'a> Arguments<'a> {
    fn of(args: &'a ScalarFunctionArgs) -> Result<Self> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let numbers = args.args.iter().map(as_numbers).collect::<Result<_>>()?;
        Ok(Self { args: &args.args, numbers, rows: if constant { 1 } else { args.number_rows }, constant })
    }

    fn count(&self) -> usize {
        self.args.len()
    }

    fn sum(&self, of_row: impl Fn(usize) -> u64) -> u64 {
        (0..self.rows).fold(0, |sum: u64, row| sum.saturating_add(of_row(row)))
    }

    /// Bytes of a value: exactly for texts, the mean for others.
    fn length(&self, at: usize, row: usize) -> u64 {
        match self.args.get(at) {
            None => 0,
            Some(ColumnarValue::Scalar(value)) => {
                let text = value.try_as_str().flatten().map(str::len);
                text.unwrap_or_else(|| value.size()) as u64
            }
            Some(ColumnarValue::Array(array)) => length_in(array, row),
        }
    }

    /// A number of an argument, times and durations in nanoseconds; 0 where it is none.
    fn number(&self, at: usize, row: usize) -> i64 {
        let Some(Some(numbers)) = self.numbers.get(at) else { return 0 };
        let row = if numbers.len() == 1 { 0 } else { row };
        if row < numbers.len() && numbers.is_valid(row) { numbers.value(row) } else { 0 }
    }

    /// A number that counts something.
    fn whole(&self, at: usize, row: usize) -> u64 {
        u64::try_from(self.number(at, row)).unwrap_or(0)
    }
}

fn length_in(array: &ArrayRef, row: usize) -> u64 {
    if row >= array.len() || array.is_null(row) {
        return 0;
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).len() as u64,
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).len() as u64,
        DataType::Utf8View => array.as_string_view().value(row).len() as u64,
        _ => (array.to_data().get_slice_memory_size().unwrap_or(usize::MAX) / array.len().max(1)) as u64,
    }
}

/// An argument's values as whole numbers, if they are numbers or times.
fn as_numbers(arg: &ColumnarValue) -> Result<Option<Int64Array>> {
    let array = match arg {
        ColumnarValue::Scalar(value) => value.to_array()?,
        ColumnarValue::Array(array) => array.clone(),
    };
    let numbers = match array.data_type() {
        data_type if data_type.is_integer() || *data_type == DataType::Duration(TimeUnit::Nanosecond) => array,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            cast(&array, &DataType::Timestamp(TimeUnit::Nanosecond, None))?
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let intervals = array.as_primitive::<IntervalMonthDayNanoType>();
            const DAY: i64 = 86_400_000_000_000;
            return Ok(Some(intervals.unary::<_, Int64Type>(|interval| {
                let days = i64::from(interval.months) * 28 + i64::from(interval.days);
                days.saturating_mul(DAY).saturating_add(interval.nanoseconds)
            })));
        }
        _ => return Ok(None),
    };
    let numbers = cast(&numbers, &DataType::Int64)?;
    Ok(Some(numbers.as_primitive::<Int64Type>().clone()))
}

/// Two texts one after the other; null where one of them is.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Concatenation {
    signature: Signature,
}

impl ScalarUDFImpl for Concatenation {
    fn name(&self) -> &str {
        "||"
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        let sides = args.iter().map(|arg| arg.schema_name().to_string());
        Ok(sides.collect::<Vec<_>>().join(" || "))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(vec![DataType::Utf8; types.len()])
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let (left, right) = (args.args[0].to_array(rows)?, args.args[1].to_array(rows)?);
        let joined: arrow::array::StringArray = left
            .as_string::<i32>()
            .iter()
            .zip(right.as_string::<i32>())
            .map(|(left, right)| Some(format!("{}{}", left?, right?)))
            .collect();
        if constant {
            return Ok(ColumnarValue::Scalar(datafusion::scalar::ScalarValue::try_from_array(&joined, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(joined)))
    }
}
