use super::archive_in;

#[test]
fn reads_the_archive_from_a_stanza() {
    let text = "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\nSigned-By: /usr/share/keyrings/k.gpg\n\nTypes: deb\nURIs: http://mirror.example/debian-security\n";
    assert_eq!(archive_in(text).as_deref(), Some("[signed-by=/usr/share/keyrings/k.gpg] http://mirror.example/debian"));
}

#[test]
fn reads_the_archive_from_a_line_and_keeps_its_options() {
    let text = "# ours\ndeb http://other.example/tools stable main\ndeb [arch=amd64] https://mirror.example/debian/ bookworm main\n";
    assert_eq!(archive_in(text).as_deref(), Some("[arch=amd64] https://mirror.example/debian/"));
}

#[test]
fn finds_none_among_other_archives() {
    assert_eq!(archive_in("deb https://mirror.example/ubuntu noble main\n"), None);
    assert_eq!(archive_in("Types: deb\nURIs: https://mirror.example/node_20.x\n"), None);
}
