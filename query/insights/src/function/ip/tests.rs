use crate::function::tests::call;
use crate::value::Value;

fn check(name: &str, arguments: &[&str], expected: bool) {
    let arguments: Vec<Value> = arguments.iter().map(|text| Value::text(text)).collect();
    assert_eq!(call(name, &arguments), Value::Bool(expected), "{name} {arguments:?}");
}

#[test]
fn addresses_are_told_from_other_texts() {
    check("isValidIp", &["10.1.2.3"], true);
    check("isValidIp", &["::1"], true);
    check("isValidIp", &["10.1.2"], false);
    check("isValidIpV4", &["10.1.2.3"], true);
    check("isValidIpV4", &["::1"], false);
    check("isValidIpV6", &["fe80::1"], true);
    check("isValidIpV6", &["1.2.3.4"], false);
    assert_eq!(call("isValidIp", &[Value::Null]), Value::Null);
}

#[test]
fn subnets_hold_addresses() {
    check("isIpInSubnet", &["10.1.2.3", "10.0.0.0/8"], true);
    check("isIpInSubnet", &["fd00::5", "fd00::/8"], true);
    check("isIpInSubnet", &["11.1.2.3", "10.0.0.0/8"], false);
    check("isIpv4InSubnet", &["192.168.1.77", "192.168.1.64/26"], true);
    check("isIpv4InSubnet", &["192.168.1.63", "192.168.1.64/26"], false);
    check("isIpv4InSubnet", &["1.2.3.4", "0.0.0.0/0"], true);
    check("isIpv6InSubnet", &["2001:db8::1", "2001:db8::/32"], true);
    check("isIpv6InSubnet", &["10.0.0.1", "10.0.0.0/8"], false);
    assert_eq!(call("isIpInSubnet", &[Value::text("1.2.3.4"), Value::text("1.2.3.0/33")]), Value::Null);
}

#[test]
fn ranges() {
    check("isPrivateIP", &["172.16.0.1"], true);
    check("isPrivateIP", &["172.32.0.1"], false);
    check("isPrivateIP", &["fc00::1"], true);
    check("isPublicIP", &["8.8.8.8"], true);
    check("isPublicIP", &["10.0.0.1"], false);
    check("isPublicIP", &["127.0.0.1"], false);
    check("isReservedIP", &["127.0.0.1"], true);
    check("isReservedIP", &["100.64.0.1"], true);
    check("isReservedIP", &["ff02::1"], true);
    check("isReservedIP", &["8.8.8.8"], false);
}

#[test]
fn an_address_of_four_bytes_is_a_number() {
    assert_eq!(call("ipv4ToNumber", &[Value::text("192.168.0.1")]), Value::Number(3_232_235_521.0));
    assert_eq!(call("ipv4ToNumber", &[Value::text("0.0.1.0")]), Value::Number(256.0));
    assert_eq!(call("ipv4ToNumber", &[Value::text("::1")]), Value::Null);
}
