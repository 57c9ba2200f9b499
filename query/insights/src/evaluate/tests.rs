use super::{Environment, evaluate};
use crate::function::Context;
use crate::parser::parse;
use crate::syntax::{Command, Field, Query};
use crate::value::{Value, json};

struct Record(Value);

impl Environment for Record {
    fn field(&self, field: &Field) -> Value {
        let root = json::member(&self.0, &[crate::syntax::Step::Key(field.name.clone())]);
        json::member(&root, &field.path)
    }

    fn values_of(&self, _: &Query) -> Vec<Value> {
        vec![Value::text("x"), Value::Number(7.0)]
    }
}

/// The value of an expression in a record that is given as JSON.
#[track_caller]
fn check(expr: &str, expected: impl Into<Value>) {
    let record =
        r#"{"@message":"GET /a 500","@timestamp":601000,"status":"500","n":7,"a":{"b":["x",2]},"e":"","count(*)":3}"#;
    let query = parse(&format!("fields {expr}")).unwrap();
    let Some(Command::Fields(fields)) = query.commands.first() else { panic!("no fields") };
    let value = evaluate(&fields.columns[0].expr, &Record(json::parse(record).unwrap()), &Context::default());
    assert_eq!(value, expected.into(), "{expr}");
}

#[test]
fn expressions_have_values() {
    check("n + 1 * 2 ^ 3", 15.0);
    check("-n - -1", -6.0);
    check("(n + 1) % 3", 2.0);
    check("status >= 500 and status < 600", true);
    check("status = '500.0'", true);
    check("nosuch = 1 or n = 7", true);
    check("not nosuch = 1", true);
    check("nosuch != 1", false);
    check("a.b[0]", "x");
    check("a.b.1", 2.0);
    check("@message like 'GET' and @message not like /5\\d1/", true);
    check("@message =~ /(?i)get/", true);
    check("a = 1 or a != 1", false);
    check("n in [1, 7]", true);
    check("status not in ['404', 500]", false);
    check("n in (SOURCE 'lg' | fields x)", true);
    check("bin(5m)", Value::Time(600_000));
    check("messageSize()", 10.0);
    check("if(isempty(e), 'none', e)", "none");
    check("strlen(concat(status, '-', n))", 5.0);
    check("count(*) + 1", 4.0);
    check("nosuch + 1", Value::Null);
    check("isPresent(nosuch) + 1", 1.0);
}
