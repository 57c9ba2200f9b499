use crate::function::tests::call;
use crate::value::Value;

#[track_caller]
fn check(name: &str, arguments: &[&str], expected: impl Into<Value>) {
    let arguments: Vec<Value> = arguments.iter().map(|text| Value::text(text)).collect();
    assert_eq!(call(name, &arguments), expected.into(), "{name} {arguments:?}");
}

#[test]
fn emptiness_asks_for_presence() {
    check("isempty", &[""], true);
    check("isempty", &[" "], false);
    check("isblank", &[" \t"], true);
    check("isblank", &["a"], false);
    assert_eq!(call("isempty", &[Value::Null]), Value::Bool(true));
    assert_eq!(call("isblank", &[Value::Null]), Value::Bool(true));
    assert_eq!(call("isempty", &[Value::from_iter([])]), Value::Bool(false));
}

#[test]
fn parts_of_texts() {
    check("concat", &["a", "b", "c"], "abc");
    assert_eq!(call("concat", &[Value::Null, Value::Number(1.0)]), Value::text("1"));
    check("trim", &["  a b "], "a b");
    check("trim", &["xyZfooxyZ", "xyZ"], "foo");
    check("ltrim", &["xyZfooxyZ", "xyZ"], "fooxyZ");
    check("ltrim", &["  a "], "a ");
    check("rtrim", &["xyZfooxyZ", "xyZ"], "xyZfoo");
    check("rtrim", &["  a "], "  a");
    check("strlen", &["äb"], 2.0);
    check("strlen", &[""], 0.0);
    check("toupper", &["aß1"], "ASS1");
    check("toupper", &["x"], "X");
    check("tolower", &["AÄ"], "aä");
    check("tolower", &["x"], "x");
    check("substr", &["xyZfooxyZ", "3"], "fooxyZ");
    check("substr", &["xyZfooxyZ", "3", "3"], "foo");
    check("substr", &["äbc", "1", "99"], "bc");
    check("substr", &["abc", "-1"], "abc");
    check("substr", &["abc", "7"], "");
}

#[test]
fn searches_and_replacements() {
    check("replace", &["foo", "o", "0"], "f00");
    check("replace", &["foo", "", "0"], "foo");
    check("regexReplace", &["a12b3", r"\d+", "#"], "a#b#");
    check("regexReplace", &["john smith", r"(?P<first>\w+) (\w+)", "$2 ${first}"], "smith john");
    check("regexReplace", &["a", "(", "b"], Value::Null);
    check("strcontains", &["foo", "o"], true);
    check("strcontains", &["foo", "O"], false);
    assert_eq!(call("strcontains", &[Value::text("foo"), Value::text("O"), Value::Bool(true)]), Value::Bool(true));
    check("startsWith", &["foobar", "foo"], true);
    check("startsWith", &["foobar", "bar"], false);
    check("endsWith", &["foobar", "bar"], true);
    check("endsWith", &["foobar", "foo"], false);
    check("split", &["a,b,", ","], Value::from_iter(["a", "b", ""].map(Value::text)));
    check("split", &["ab", ""], Value::from_iter(["a", "b"].map(Value::text)));
}

#[test]
fn encodings() {
    check("urlencode", &["a b/ä"], "a%20b%2F%C3%A4");
    check("urlencode", &["a-_.~"], "a-_.~");
    check("urldecode", &["a%20b+c%2f"], "a b c/");
    check("urldecode", &["100%"], "100%");
    check("urldecode", &["%ff"], Value::Null);
    check("base64encode", &["hello"], "aGVsbG8=");
    check("base64encode", &[""], "");
    check("base64decode", &["aGVsbG8="], "hello");
    check("base64decode", &["aGVsbG8"], "hello");
    check("base64decode", &["?"], Value::Null);
    check("hexToAscii", &["48656c6c6f"], "Hello");
    check("hexToAscii", &["0x4869"], "Hi");
    check("hexToAscii", &["486"], Value::Null);
    check("hexToDec", &["ff"], 255.0);
    check("hexToDec", &["0xFFFFFFFFFFFFFFFF"], "18446744073709551615");
    check("hexToDec", &["xyz"], Value::Null);
    check("decToHex", &["255"], "ff");
    check("decToHex", &["0"], "0");
    check("decToHex", &["-1"], Value::Null);
}
