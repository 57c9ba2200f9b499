//! Addresses: path parameters and query parameters, percent-encoded. Pure.

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The path with its one `{parameter}` filled in.
pub(crate) fn filled(template: &str, value: &str) -> String {
    match (template.find('{'), template.find('}')) {
        (Some(start), Some(end)) => format!("{}{}{}", &template[..start], encode(value), &template[end + 1..]),
        _ => template.to_owned(),
    }
}

/// The path with those parameters that have a value and are not empty.
pub(crate) fn with_query(path: &str, query: &[(&str, Option<&str>)]) -> String {
    let mut address = path.to_owned();
    let mut separator = '?';
    for (key, value) in query {
        let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
        address.push(separator);
        address.push_str(&encode(key));
        address.push('=');
        address.push_str(&encode(value));
        separator = '&';
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_parameter_cannot_leave_its_place() {
        assert_eq!(
            filled("/api/v1/services/{service}/operations", "a/b c?ü"),
            "/api/v1/services/a%2Fb%20c%3F%C3%BC/operations"
        );
    }

    #[test]
    fn empty_parameters_are_left_out() {
        let address = with_query(
            "/x",
            &[("from", Some("now-1h")), ("environment", None), ("prefix", Some("")), ("to", Some("a&b"))],
        );
        assert_eq!(address, "/x?from=now-1h&to=a%26b");
    }
}
