//! Every example of X-Ray's documentation, and some that its users publish.

use super::check;

#[test]
fn the_documentations_simple_examples() {
    for same in [
        "responsetime > 5",
        "duration >= 5 AND duration <= 8",
        "ok",
        "!ok",
        "ok = false",
        "http.status != 200",
        "http.url CONTAINS \"/api/game/\"",
        "user CONTAINS \"\"",
    ] {
        check(same, same);
    }
    check("ok !partial duration <3", "ok AND !partial AND duration < 3");
    check("http.url AND responseTime > 2", "http.url AND responsetime > 2");
}

#[test]
fn the_documentations_complex_examples() {
    for same in [
        "service(\"api.example.com\") { fault }",
        "edge(\"api.example.com\", \"backend.example.com\") { error }",
        "http.url BEGINSWITH \"http://api.example.com/\" AND http.url CONTAINS \"/v2/\" AND !service(\"api.example.com\")",
        "annotation.gameid = \"817DL6VO\"",
        "annotation.age",
        "!annotation.age",
        "annotation.age > 29",
        "group.name = \"high_response_time\" AND user = \"alice\"",
        "service(\"random-name\") { error }",
        "service(id(name: \"random-name\", type: \"AWS::Lambda::Function\")) { error }",
        "service(id(type: \"AWS::Lambda::Function\")) { error }",
        "service(id(account.id: \"111\")) OR service(id(account.id: \"222\"))",
        "rootcause.fault.service { name = \"Auth\" }",
        "rootcause.fault.service { index > 5 }",
    ] {
        check(same, same);
    }
    check("service() { fault }", "service { fault }");
    check("service(\"data-plane\") {root = true and fault = true}", "service(\"data-plane\") { root AND fault }");
    check(
        "edge(id(name: \"service-one\", type:\"service::type\"), id(name: \"service-two\", type:\"service::type\")) { fault }",
        "edge(id(name: \"service-one\", type: \"service::type\"), id(name: \"service-two\", type: \"service::type\")) { fault }",
    );
    check(
        "service(\"api.example.com\") { fault = true OR responsetime > 2.5 } AND annotation.account = \"12345\"",
        "service(\"api.example.com\") { fault OR responsetime > 2.5 } AND annotation.account = \"12345\"",
    );
}

#[test]
fn the_documentations_root_causes() {
    check(
        "rootcause.fault.entity { last and name = \"deserialize\" }",
        "rootcause.fault.entity { last AND name = \"deserialize\" }",
    );
    check(
        "rootcause.responsetime.entity { remote and coverage > 0.7 and name = \"traces\" }",
        "rootcause.responsetime.entity { remote AND coverage > 0.7 AND name = \"traces\" }",
    );
    check(
        "rootcause.fault.service { inferred and name = traces and type = \"AWS::DynamoDB\" }",
        "rootcause.fault.service { inferred AND name = \"traces\" AND type = \"AWS::DynamoDB\" }",
    );
    check(
        "rootcause.responsetime.entity { last and coverage > 0.8 }",
        "rootcause.responsetime.entity { last AND coverage > 0.8 }",
    );
    check(
        "rootcause.responsetime.service { last and type = \"AWS::DynamoDB\" }",
        "rootcause.responsetime.service { last AND type = \"AWS::DynamoDB\" }",
    );
    check(
        "rootcause.fault.exception { last and message = \"Access Denied for account_id: 1234567890\" }",
        "rootcause.fault.exception { last AND message = \"Access Denied for account_id: 1234567890\" }",
    );
    let services = "#[{ \"Services\": [ { \"Name\": \"GetWeatherData\", \"EntityPath\": [{ \"Name\": \"GetWeatherData\" }, \
                    { \"Name\": \"get_temperature\" } ] }, { \"Name\": \"GetTemperature\", \"EntityPath\": [ { \"Name\": \
                    \"GetTemperature\" } ] } ] }]";
    let expression = super::parse(&format!("rootcause.json = {services}")).unwrap();
    assert_eq!(super::parse(&expression.to_string()), Ok(expression));
}

#[test]
fn expressions_that_users_publish() {
    check(
        "!OK and service(id(name: \"fn\", type: \"AWS::Lambda::Function\")) AND service(id(account.id: \"1\"))",
        "!ok AND service(id(name: \"fn\", type: \"AWS::Lambda::Function\")) AND service(id(account.id: \"1\"))",
    );
    check(
        "rootcause.fault.service { name CONTAINS \"db\" } AND (service(id(type: \"Database::SQL\"))) ",
        "rootcause.fault.service { name CONTAINS \"db\" } AND service(id(type: \"Database::SQL\"))",
    );
    check("annotation[environment] = \"staging\" AND fault = true", "annotation.environment = \"staging\" AND fault");
    check("edge { source.annotation[k] = \"x\" }", "edge { source.annotation.k = \"x\" }");
    check("service { annotation[request.id] = \"x\" }", "service { annotation[request.id] = \"x\" }");
}
