use super::{Files, assemble};

fn files(entries: &[(&str, &str)]) -> Files {
    entries.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

fn bound() -> Files {
    files(&[("ui-1_bg.wasm", "wasm"), ("ui-1.js", "js"), ("snippets/x/inline0.js", "snippet")])
}

fn text<'a>(files: &'a Files, name: &str) -> &'a str {
    std::str::from_utf8(&files[name]).unwrap()
}

#[test]
fn fills_in_the_names_with_hashes() {
    let sources = files(&[
        ("index.html", "<link href=\"/{{app.css}}\">"),
        ("boot.js", "import init from \"/{{ui.js}}\"; // {{ui.wasm}}"),
        ("b.css", "b{}"),
        ("a.css", "a{}"),
        ("favicon.svg", "<svg/>"),
    ]);
    let made = assemble(sources, bound()).unwrap();
    assert_eq!(text(&made, "boot.js"), "import init from \"/ui-1.js\"; // ui-1_bg.wasm");
    let css = made.keys().find(|name| name.ends_with(".css")).unwrap();
    assert_eq!(text(&made, css), "a{}\nb{}\n");
    assert_eq!(text(&made, "index.html"), format!("<link href=\"/{css}\">"));
    assert_eq!(text(&made, "snippets/x/inline0.js"), "snippet");
    assert!(made.contains_key("favicon.svg"));
    assert!(!made.contains_key("a.css"));
}

#[test]
fn keeps_the_listed_order_of_styles_and_refuses_forgotten_ones() {
    let mut sources = files(&[("index.html", ""), ("boot.js", ""), ("a.css", "a{}"), ("b.css", "b{}")]);
    sources.insert("styles.txt".to_owned(), b"# tokens first\nb.css\na.css\n".to_vec());
    let made = assemble(sources.clone(), bound()).unwrap();
    let css = made.keys().find(|name| name.ends_with(".css")).unwrap();
    assert_eq!(text(&made, css), "b{}\na{}\n");

    sources.insert("c.css".to_owned(), Vec::new());
    assert!(assemble(sources.clone(), bound()).unwrap_err().contains("c.css is not listed"));
    sources.remove("c.css");
    sources.remove("a.css");
    assert!(assemble(sources, bound()).unwrap_err().contains("lists a.css, which is missing"));
}

#[test]
fn refuses_an_unknown_word_and_a_missing_template() {
    let sources = files(&[("index.html", "{{logo}}"), ("boot.js", "")]);
    assert!(assemble(sources, bound()).unwrap_err().contains("index.html"));
    assert!(assemble(files(&[("index.html", "")]), bound()).unwrap_err().contains("boot.js is missing"));
}
