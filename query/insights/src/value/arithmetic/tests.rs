use super::{calculate, negate};
use crate::syntax::BinaryOperator::*;
use crate::value::Value;

#[test]
fn arithmetic_takes_numbers_and_texts_of_numbers() {
    let check = |left: Value, operator, right: Value, expected: Value| {
        assert_eq!(calculate(operator, &left, &right), expected, "{left:?} {operator:?} {right:?}");
    };
    check(Value::text("2"), Add, Value::Number(3.0), Value::Number(5.0));
    check(Value::Number(2.0), Subtract, Value::text("0.5"), Value::Number(1.5));
    check(Value::Number(2.0), Multiply, Value::Bool(true), Value::Number(2.0));
    check(Value::Number(7.0), Divide, Value::Number(2.0), Value::Number(3.5));
    check(Value::Number(7.0), Divide, Value::Number(0.0), Value::Null);
    check(Value::Number(10.0), Remainder, Value::Number(3.0), Value::Number(1.0));
    check(Value::Number(2.0), Power, Value::Number(3.0), Value::Number(8.0));
    check(Value::Number(-1.0), Power, Value::Number(0.5), Value::Null);
    check(Value::Time(1_000), Add, Value::Number(5.0), Value::Number(1_005.0));
    check(Value::text("a"), Add, Value::Number(1.0), Value::Null);
    check(Value::Null, Add, Value::Number(1.0), Value::Null);
    check(Value::Number(1.0), Eq, Value::Number(1.0), Value::Null);
}

#[test]
fn the_sign() {
    assert_eq!(negate(&Value::text("2")), Value::Number(-2.0));
    assert_eq!(negate(&Value::text("a")), Value::Null);
}
