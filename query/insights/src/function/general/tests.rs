use crate::function::tests::call;
use crate::value::Value;

fn check(name: &str, arguments: &[Value], expected: Value) {
    assert_eq!(call(name, arguments), expected, "{name} {arguments:?}");
}

#[test]
fn presence_and_choice() {
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    let (a, b, c) = (Value::text("a"), Value::text("b"), Value::text("c"));
    check("ispresent", std::slice::from_ref(&a), yes.clone());
    check("isPresent", &[Value::Null], no.clone());
    check("coalesce", &[Value::Null, b.clone(), a.clone()], b.clone());
    check("coalesce", &[Value::Null], Value::Null);
    check("if", &[yes.clone(), a.clone(), b.clone()], a.clone());
    check("if", &[Value::Number(0.0), a.clone(), b.clone()], b.clone());
    check("case", &[no.clone(), a.clone(), yes.clone(), b.clone(), c.clone()], b.clone());
    check("case", &[no.clone(), a.clone(), c.clone()], c);
    check("case", &[no.clone(), a.clone()], Value::Null);
    check("isNumeric", &[Value::text("1.5")], yes.clone());
    check("isNumeric", &[Value::text("1.5x")], no.clone());
    check("isNumeric", &[Value::Null], no);
    check("messageSize", &[Value::text("äb")], Value::Number(3.0));
    check("messageSize", &[Value::Null], Value::Null);
    check("unmask", std::slice::from_ref(&b), b.clone());
    check("unmask", &[Value::Null], Value::Null);
    check("isnumeric", &[Value::Number(1.0)], yes);
}
