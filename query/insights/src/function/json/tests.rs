use crate::function::tests::call;
use crate::value::Value;

#[test]
fn functions_of_json() {
    let check = |name: &str, arguments: &[Value], expected: Value| {
        assert_eq!(call(name, arguments), expected, "{name} {arguments:?}");
    };
    let list = Value::from_iter([Value::Number(1.0), Value::text("b")]);
    check("jsonParse", &[Value::text(r#"[1, "b"]"#)], list.clone());
    check("jsonParse", &[Value::text("[1,")], Value::Null);
    check("jsonParse", std::slice::from_ref(&list), list.clone());
    check("jsonStringify", std::slice::from_ref(&list), Value::text(r#"[1,"b"]"#));
    check("jsonStringify", &[Value::text("a")], Value::text("\"a\""));
    check("jsonStringify", &[Value::Null], Value::Null);
    check("jsonArraySize", std::slice::from_ref(&list), Value::Number(2.0));
    check("jsonArraySize", &[Value::text("[]")], Value::Number(0.0));
    check("jsonArraySize", &[Value::text("{}")], Value::Null);
    check("jsonArrayContains", &[list.clone(), Value::text("1")], Value::Bool(true));
    check("jsonArrayContains", &[list, Value::text("c")], Value::Bool(false));
    check("jsonArrayContains", &[Value::Number(1.0), Value::text("c")], Value::Null);
}
