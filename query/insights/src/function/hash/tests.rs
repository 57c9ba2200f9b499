use crate::function::tests::call;
use crate::value::Value;

#[test]
fn digests_are_those_of_the_standards() {
    let check = |name: &str, text: &str, expected: &str| {
        assert_eq!(call(name, &[Value::text(text)]), Value::text(expected), "{name} {text}");
    };
    check("md5", "", "d41d8cd98f00b204e9800998ecf8427e");
    check("md5", "abc", "900150983cd24fb0d6963f7d28e17f72");
    check("sha1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
    check("sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check("sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(call("md5", &[Value::Null]), Value::Null);
    let Value::Text(long) = call("sha512", &[Value::text("abc")]) else { panic!("no text") };
    assert!(long.starts_with("ddaf35a193617aba") && long.len() == 128);
}
