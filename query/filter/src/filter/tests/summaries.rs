//! Root causes, as expressions ask for them.

use super::*;
use crate::trace::tests::{client, internal, server};
use crate::trace::{Class, RemoteKind};

fn failed() -> Vec<Sample> {
    vec![
        server(1, "GetWeatherData", "GET /").at(0, 1_000).class(Class::Fault),
        client(2, "GetWeatherData", "get_temperature").below(1).at(0, 950).class(Class::Fault),
        server(3, "Auth", "login")
            .below(2)
            .at(10, 900)
            .class(Class::Fault)
            .threw("First", "nothing")
            .threw("AccessDenied", "Access Denied for account_id: 1234567890"),
        client(4, "Auth", "GetItem").below(3).at(20, 850).class(Class::Fault).calls(
            RemoteKind::Database,
            "dynamodb",
            "traces",
        ),
    ]
}

#[test]
fn services_of_a_cause() {
    check_all(
        &failed(),
        &[
            "rootcause.fault.service { name = \"Auth\" }",
            "rootcause.fault.service { first and name = GetWeatherData }",
            "rootcause.fault.service { last and name = traces }",
            "rootcause.fault.service { index = 1 and name = Auth }",
            "rootcause.fault.service { inferred and name = traces and type = \"AWS::DynamoDB\" }",
            "rootcause.fault.service { type BEGINSWITH \"AWS::Dyn\" }",
            "rootcause.responsetime.service { last and type = \"AWS::DynamoDB\" }",
            "rootcause.fault.service { }",
            "!rootcause.error.service { }",
        ],
        &[
            "rootcause.fault.service { index > 5 }",
            "rootcause.fault.service { last and name = \"Auth\" }",
            "rootcause.fault.service { inferred and name = \"Auth\" }",
            "rootcause.error.service { name = \"Auth\" }",
            "rootcause.fault.service { name = \"other\" }",
        ],
    );
}

#[test]
fn entities_of_a_cause() {
    check_all(
        &failed(),
        &[
            "rootcause.fault.entity { remote and name = \"get_temperature\" }",
            "rootcause.fault.entity { first and name = \"Auth\" }",
            // By the operation too.
            "rootcause.fault.entity { first and name = \"login\" }",
            "rootcause.responsetime.entity { last and coverage > 0.8 }",
            "rootcause.responsetime.entity { remote and coverage > 0.7 and name = \"traces\" }",
            "rootcause.responsetime.entity { coverage = 0.9 }",
        ],
        &[
            "rootcause.fault.entity { remote and name = \"Auth\" }",
            "rootcause.responsetime.entity { coverage < 0.8 }",
            "rootcause.responsetime.entity { index = 3 }",
        ],
    );
    let slow = [server(1, "a", "r").at(0, 100), internal(2, "a", "work").below(1).at(0, 60)];
    check(&slow, "rootcause.responsetime.entity { last and coverage > 0.8 }", false);
}

#[test]
fn exceptions_of_a_cause() {
    check_all(
        &failed(),
        &[
            "rootcause.fault.exception { last and message = \"Access Denied for account_id: 1234567890\" }",
            "rootcause.fault.exception { name = \"First\" first }",
            "rootcause.fault.exception { index = 1 and name CONTAINS \"Denied\" }",
        ],
        &[
            "rootcause.fault.exception { last and name = \"First\" }",
            "rootcause.error.exception { }",
            "rootcause.responsetime.exception { }",
        ],
    );
}

#[test]
fn json_is_exact_where_it_says_something() {
    let json = |json: &str| format!("rootcause.json = #[{json}]");
    let services = |services: &str| json(&format!("{{\"Services\": [{services}]}}"));
    let all = "{\"Name\": \"GetWeatherData\", \"EntityPath\": [{\"Name\": \"GetWeatherData\"}, {\"Name\": \"get_temperature\"}]}, \
               {\"Name\": \"Auth\"}, {\"Inferred\": true, \"Type\": \"AWS::DynamoDB\"}";
    for (text, expected) in [
        (json("{}"), true),
        ("rootcause.json = #[]".to_owned(), true),
        (json("{\"ClientImpacting\": true}"), true),
        (json("{\"ClientImpacting\": false}"), false),
        (services(all), true),
        (services("{}, {}, {}"), true),
        (services("{}, {}"), false),
        (services("{}, {}, {}, {}"), false),
        (services("{\"Names\": [\"GetWeatherData\"]}, {}, {}"), true),
        (services("{\"Names\": []}, {}, {}"), false),
        (services("{\"Name\": \"Auth\"}, {}, {}"), false),
        (services("{}, {\"EntityPath\": []}, {}"), false),
        (services("{}, {\"EntityPath\": [{\"Remote\": false}, {\"Remote\": true}]}, {}"), true),
        (services("{\"EntityPath\": [{\"Coverage\": 1}, {\"Coverage\": 0.95}]}, {}, {}"), true),
        (services("{\"EntityPath\": [{\"Coverage\": 1}, {\"Coverage\": 0.94}]}, {}, {}"), false),
        (services("{}, {\"EntityPath\": [{\"Exceptions\": [{}, {\"Name\": \"AccessDenied\"}]}, {}]}, {}"), true),
        (services("{}, {\"EntityPath\": [{\"Exceptions\": [{\"Name\": \"AccessDenied\"}]}, {}]}, {}"), false),
        (services("{}, {\"AccountId\": \"1\"}, {}"), false),
        ("rootcause.json = #[{}, {\"ClientImpacting\": false}]".to_owned(), false),
    ] {
        check(&failed(), &text, expected);
    }
}
