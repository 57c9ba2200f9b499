use super::*;

#[test]
fn signs_the_vector_of_standard_webhooks() {
    let key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let body = br#"{"test": 2432232314}"#;
    assert_eq!(
        sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    );
}

#[test]
fn secrets_that_are_made_are_accepted_and_differ() {
    let (one, other) = (crate::ids::webhook_secret().unwrap(), crate::ids::webhook_secret().unwrap());
    assert_eq!(key_of(&one).unwrap().len(), 32);
    assert_ne!(one, other);
}

#[test]
fn wrong_secrets_are_refused_without_being_repeated() {
    for secret in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_not base64!", "whsec_c2hvcnQ="] {
        let message = key_of(secret).unwrap_err();
        assert!(message.contains("24 to 64 bytes"), "{message}");
        assert!(secret.len() < 7 || !message.contains(&secret[6..]), "{message}");
    }
}

#[test]
fn the_timestamp_is_in_seconds() {
    let headers = headers(&[0; 24], "id", 1_614_265_330_999_999_999, b"{}");
    assert!(headers.contains(&("webhook-timestamp".to_owned(), "1614265330".to_owned())));
    assert!(headers.contains(&("webhook-id".to_owned(), "id".to_owned())));
}
