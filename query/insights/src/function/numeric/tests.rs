use crate::function::tests::call;
use crate::value::Value;

fn check(name: &str, arguments: &[f64], expected: f64) {
    let arguments: Vec<Value> = arguments.iter().map(|number| Value::Number(*number)).collect();
    assert_eq!(call(name, &arguments), Value::Number(expected), "{name} {arguments:?}");
}

#[test]
fn functions_of_numbers() {
    check("abs", &[-2.5], 2.5);
    check("abs", &[3.0], 3.0);
    check("ceil", &[1.2], 2.0);
    check("ceil", &[-1.2], -1.0);
    check("floor", &[1.8], 1.0);
    check("floor", &[-1.2], -2.0);
    check("sqrt", &[9.0], 3.0);
    check("sqrt", &[2.25], 1.5);
    check("log", &[1.0], 0.0);
    check("ln", &[std::f64::consts::E], 1.0);
    check("round", &[2.5], 3.0);
    check("round", &[-2.5], -3.0);
    check("round", &[2.345, 2.0], 2.35);
    check("round", &[1_250.0, -2.0], 1_300.0);
    check("greatest", &[1.0, 5.0, 3.0], 5.0);
    check("greatest", &[-1.0], -1.0);
    check("least", &[1.0, 5.0, -3.0], -3.0);
    check("least", &[7.0, 8.0], 7.0);
    check("toInt", &[-1.9], -1.0);
    check("toLong", &[1.9], 1.0);
}

#[test]
fn texts_of_numbers_are_numbers_and_others_are_not() {
    assert_eq!(call("abs", &[Value::text("-2")]), Value::Number(2.0));
    assert_eq!(call("toNumber", &[Value::text("1.5")]), Value::Number(1.5));
    assert_eq!(call("toDouble", &[Value::text("x")]), Value::Null);
    assert_eq!(call("sqrt", &[Value::Number(-1.0)]), Value::Null);
    assert_eq!(call("log", &[Value::Number(0.0)]), Value::Null);
    assert_eq!(call("greatest", &[Value::Null, Value::text("x")]), Value::Null);
    assert_eq!(call("greatest", &[Value::Null, Value::text("3")]), Value::Number(3.0));
}

#[test]
fn haversine_is_in_kilometres() {
    let check = |from: (f64, f64), to: (f64, f64), expected: f64| {
        let arguments = [from.0, from.1, to.0, to.1].map(Value::Number);
        let found = call("haversine", &arguments).as_number().unwrap();
        assert!((found - expected).abs() < expected / 200.0 + 1e-9, "{found}");
    };
    // London to Paris, and a quarter of the equator.
    check((51.507_4, -0.127_8), (48.856_6, 2.352_2), 343.6);
    check((0.0, 0.0), (0.0, 90.0), 10_007.5);
    check((10.0, 10.0), (10.0, 10.0), 0.0);
}
