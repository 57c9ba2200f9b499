use std::time::Duration;

use super::*;

fn read(
    file: &str,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &'static str, &str)],
) -> Result<Config, Mistakes> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let flags = flags.iter().map(|(flag, key, value)| (*flag, *key, (*value).to_owned())).collect();
    let machine_memory_bytes = Some(16 << 30);
    Config::read(&Sources {
        file: Some(("a.toml".to_owned(), file.to_owned())),
        environment,
        machine_memory_bytes,
        flags,
    })
}

#[test]
fn defaults_need_nothing() {
    let config = read("", &[], &[]).unwrap();
    assert_eq!(config.listen.http.to_string(), "127.0.0.1:8080");
    assert_eq!(config.storage.data_dir.to_str(), Some("./data"));
    assert!(!config.door.enabled);
}

#[test]
fn flags_win_over_variables_over_the_file() {
    let file = "data_dir = \"f\"\nhttp = \"127.0.0.1:1\"\notlp_http = \"127.0.0.1:1\"\n[storage]\nseal_bytes = \"8MiB\"\nseal_age = \"5m\"";
    let environment = [("ALIDADE_HTTP", "localhost:2"), ("ALIDADE_DATA_DIR", "e"), ("ALIDADE_LOG", "")];
    let config = read(file, &environment, &[("--http", "http", "[::1]:3")]).unwrap();
    assert_eq!(config.listen.otlp_http.to_string(), "127.0.0.1:1");
    assert_eq!(config.storage.data_dir.to_str(), Some("e"));
    assert_eq!(config.listen.http.to_string(), "[::1]:3");
    assert_eq!((config.storage.seal_bytes, config.storage.seal_age), (8 << 20, Duration::from_secs(300)));
    assert_eq!(config.log, "info");
}

#[test]
fn all_mistakes_are_told_at_once_with_what_is_accepted() {
    let file = "htpp = \"x\"\nhttp = \"nowhere\"\nlog = []\n[storage]\nseal_age = \"5\"\nseal_bytes = 0\n[nonsense]\nfoo_bar_baz_quux = 1";
    let mistakes = read(file, &[("ALIDADE_AUTH", "perhaps"), ("ALIDADE_PUBLIC_URL", "ftp://x")], &[]).unwrap_err().0;
    for (part, what) in [
        ("htpp", "did you mean http?"),
        ("http = \"nowhere\"", "127.0.0.1:8080"),
        ("log", "must be a string"),
        ("storage.seal_age", "250ms, 30s"),
        ("storage.seal_bytes", "64MiB"),
        ("nonsense.foo_bar_baz_quux", "the keys are data_dir, http"),
        ("ALIDADE_AUTH", "true or false"),
        ("ALIDADE_PUBLIC_URL", "https://alidade.example.com"),
    ] {
        let found = mistakes.iter().any(|mistake| mistake.contains(part) && mistake.contains(what));
        assert!(found, "{part} with {what} in {mistakes:#?}");
    }
    assert_eq!(mistakes.len(), 8, "{mistakes:#?}");
    assert!(read("a = [", &[], &[]).unwrap_err().0[0].contains("not TOML"));
}

#[test]
fn another_address_than_loopback_needs_auth() {
    let refused = read("http = \"0.0.0.0:8080\"", &[], &[]).unwrap_err().0;
    assert_eq!(refused.len(), 1);
    for part in ["http = 0.0.0.0:8080", "ALIDADE_AUTH=on", "[auth] enabled = true", "127.0.0.1"] {
        assert!(refused[0].contains(part), "{part}: {refused:?}");
    }
    assert!(read("otlp_grpc = \"192.168.1.1:4317\"", &[], &[]).is_err());
    assert!(read("otlp_grpc = \"[::]:4317\"", &[], &[]).is_err());
    assert!(read("http = \"[::1]:8080\"", &[], &[]).is_ok());
    assert!(read("http = \"0.0.0.0:8080\"", &[("ALIDADE_AUTH", "on")], &[]).unwrap().door.enabled);
}

#[test]
fn every_default_can_be_read_back() {
    for setting in SETTINGS {
        let default = setting.default_value();
        if default.is_empty() {
            continue;
        }
        let mut config = Config::default();
        (setting.field)(&mut config)
            .set(&default)
            .unwrap_or_else(|error| panic!("{} = {default}: {error}", setting.key));
        assert_eq!((setting.field)(&mut config).show(), default, "{}", setting.key);
    }
}

#[test]
fn attributes_are_listed_with_type_and_place() {
    let listed =
        "[storage]\npromoted_attributes = \"app.plan, cart.total=double, a/b, cell/resource, up/resource=boolean\"";
    let config = read(listed, &[], &[]).unwrap();
    let shown = config
        .storage
        .promoted_attributes
        .iter()
        .map(|attribute| (attribute.name.as_str(), attribute.column_type.name(), attribute.place.name()));
    let shown: Vec<_> = shown.collect();
    assert_eq!(
        shown,
        [
            ("app.plan", "text", "record"),
            ("cart.total", "double", "record"),
            ("a/b", "text", "record"),
            ("cell", "text", "resource"),
            ("up", "boolean", "resource"),
        ]
    );
    let refused = |text: &str, part: &str| {
        let Err(Mistakes(mistakes)) = read(text, &[], &[]) else { panic!("{text} is taken") };
        assert!(mistakes.len() == 1 && mistakes[0].contains(part), "{text}: {mistakes:?}");
    };
    refused("[storage]\npromoted_attributes = \"app.plan=date\"", "text, integer, double and boolean");
    refused("[storage]\npromoted_attributes = \"http.method\"", "http_request_method");
    refused("[storage]\npromoted_attributes = \"a, b\"\npromoted_attributes_max = 1", "promoted_attributes_max");
}

#[test]
fn the_memory_limit_is_shared_out_before_keys_of_their_own() {
    let config = read("", &[], &[]).unwrap();
    assert_eq!(config.memory_limit, 4 << 30);
    let small = read("memory_limit = \"640MiB\"", &[], &[]).unwrap();
    assert!(small.query.queries_memory_bytes < config.query.queries_memory_bytes);
    assert!(small.query.query_memory_bytes <= small.query.queries_memory_bytes);
    let file = "memory_limit = \"1GiB\"\n[storage]\nseal_bytes = \"8MiB\"\n[query]\nconcurrent_max = 2";
    let config = read(file, &[("ALIDADE_MEMORY_LIMIT", "2GiB")], &[]).unwrap();
    assert_eq!(
        (config.memory_limit, config.storage.seal_bytes, config.query.queries_concurrent_max),
        (2 << 30, 8 << 20, 2)
    );
}

#[test]
fn parts_that_do_not_fit_the_memory_limit_are_told_with_all_other_mistakes() {
    let file = "memory_limit = \"1GiB\"\nlog = \"\"\n[storage]\nbuffer_bytes_max = \"900MiB\"";
    let mistakes = read(file, &[], &[]).unwrap_err().0;
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    assert!(mistakes[1].contains("live rows 900 MiB (storage.buffer_bytes_max)"), "{mistakes:?}");
    assert!(read("memory_limit = \"64MiB\"", &[], &[]).unwrap_err().0[0].contains("at least 640 MiB"));
    assert!(
        read("memory_limit = \"17GiB\"", &[], &[]).unwrap_err().0[0].contains("the machine (or the container) has")
    );
    assert!(read("memory_limit = \"much\"", &[], &[]).unwrap_err().0[0].contains("64MiB"));
}

#[test]
fn variables_like_ours_are_noticed() {
    let sources = Sources {
        environment: ["ALIDADE_HTTP", "ALIDADE_PORT", "ALIDADE_CONFIG", "PATH"]
            .map(|name| (name.to_owned(), "x".to_owned()))
            .to_vec(),
        ..Sources::default()
    };
    assert_eq!(sources.unknown_variables(), ["ALIDADE_PORT"]);
}

#[test]
fn the_documentation_names_every_key_with_variable_default_and_meaning() {
    let document = include_str!("../../../docs/configuration.md");
    let missing: Vec<String> = SETTINGS.iter().map(documented).filter(|row| !document.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "docs/configuration.md lacks these rows:\n{}", missing.join("\n"));
}

fn documented(setting: &Setting) -> String {
    let default = setting.default_value();
    let default = match default.as_str() {
        _ if setting.key == MEMORY_LIMIT => "a quarter of the machine".to_owned(),
        _ if setting.is_share() => "a share".to_owned(),
        "" => "–".to_owned(),
        default => format!("`{default}`"),
    };
    format!("| `{}` | `{}` | {default} | {} |", setting.key, setting.variable(), setting.meaning)
}

#[test]
fn options_of_an_object_store_come_from_their_own_variables_too_and_are_never_shown() {
    let environment = [
        ("AWS_REGION", "eu"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("ALIDADE_STORAGE_TABLES_URL", "s3://bucket/prefix"),
        ("ALIDADE_STORAGE_TABLES_OPTIONS", "region=us, session_token=hush"),
    ];
    let config = read("", &environment, &[]).unwrap();
    let names: Vec<&str> = config.storage.tables_options.0.iter().map(|(name, _)| name.as_str()).collect();
    // Ours come last and win.
    assert_eq!(names, ["aws_region", "aws_secret_access_key", "region", "session_token"]);
    assert!(!format!("{config:?}").contains("hush"));
    assert!(read("", &environment[..2], &[]).unwrap().storage.tables_options.0.is_empty());
    let wrong = [("ALIDADE_STORAGE_TABLES_URL", "ftp://x"), ("ALIDADE_STORAGE_TABLES_OPTIONS", "hush")];
    let mistakes = read("", &wrong, &[]).unwrap_err().0;
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    assert!(mistakes[0].contains("s3://bucket/prefix") && mistakes[1].contains("name=value"), "{mistakes:?}");
    assert!(!mistakes.concat().contains("hush"), "{mistakes:?}");
}

#[test]
fn what_makes_no_sense_is_refused_and_not_replaced() {
    let file = "[storage]\nvacuum_age = \"3d\"\ncompaction_cpu_percent = 500\ncompaction_segments_min = 1\n[query]\nthreads = 100000\n\
                [retention]\nservices = \"a=1d, b/logs=2d, b=3d, a=4d\"";
    let mistakes = read(file, &[], &[]).unwrap_err().to_string();
    for part in [
        "vacuum_age",
        "compaction_cpu_percent = 500",
        "segments_min = 1",
        "query.threads = 100000",
        ": a is named twice",
    ] {
        assert!(mistakes.contains(part), "{part}: {mistakes}");
    }
    assert!(!mistakes.contains(": b is"), "{mistakes}");
}
