//! Damaged files as a person sees them: a hint on every screen, and each file named in Settings with what it costs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use std::path::Path;

use serde_json::json;
use tests::browser::{Browser, screenshots};
use tests::damage::{Harm, Written, copy};

const HINT: &str = "[data-testid=health-hint]";

#[tokio::test(flavor = "multi_thread")]
async fn settings_name_each_damaged_file() {
    let written = Written::new().await;
    let dir = tempfile::tempdir().unwrap();
    copy(written.path(), dir.path());
    let kept = screenshots(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let mut browser = Browser::launch();
    browser.view(1440, 900, false);

    let alidade = Written::start(dir.path()).await.unwrap();
    browser.open(&format!("{}/settings", alidade.http));
    browser.wait_for("[data-testid=no-damage]");
    assert_eq!(browser.eval(&format!("document.querySelectorAll('{HINT}').length")), 0, "nothing is wrong");
    browser.look(&kept, "damage-none");
    alidade.kill().await;

    let newest = |end: &str| {
        let files = written.files(|name| name.ends_with(end));
        files.last().unwrap_or_else(|| panic!("there is no {end}")).clone()
    };
    let logs = written.files(|name| name.ends_with(".wal"));
    let (flipped, torn) = (logs[logs.len() / 2].clone(), logs.last().unwrap().clone());
    let (segment, sidecar, checkpoint) = (newest(".parquet"), newest(".idx"), newest(".checkpoint.parquet"));
    Harm::Bit.befall(&dir.path().join(&flipped));
    Harm::Cut.befall_at(&dir.path().join(&torn), last_record(&written.path().join(&torn)) - 10);
    Harm::Gone.befall(&dir.path().join(&segment));
    Harm::Cut.befall(&dir.path().join(&sidecar));
    Harm::Cut.befall(&dir.path().join(&checkpoint));

    let alidade = Written::start(dir.path()).await.unwrap();
    browser.open(&format!("{}/traces", alidade.http));
    browser.wait_for(HINT);
    browser.look(&kept, "damage-hint");
    browser.click(HINT);
    browser.wait("location.pathname === '/settings'");
    for (list, file) in
        [("repaired", &flipped), ("set-aside", &segment), ("set-aside", &sidecar), ("set-aside", &checkpoint)]
    {
        let names = format!("document.querySelector('[data-testid={list}]').innerText.includes({})", json!(file));
        browser.wait(&names);
    }
    assert_eq!(browser.eval("document.querySelectorAll('[data-testid=repaired] li').length"), 1);
    // With what had named the checkpoint.
    assert_eq!(browser.eval("document.querySelectorAll('[data-testid=set-aside] li').length"), 4);
    browser.wait_for("[data-testid=unfinished-ends]");
    browser.look(&kept, "damage");
    // Below the first page of a small screen.
    browser.view(390, 844, false);
    for part in ["damaged-files", "repaired"] {
        browser.eval(&format!("document.querySelector('[data-testid={part}]').scrollIntoView({{block: 'start'}})"));
        browser.screenshot(&kept.join(format!("damage-narrow-{part}.png")));
    }
    assert_eq!(browser.take_problems(), Vec::<String>::new(), "errors on the console");
    alidade.kill().await;
}

/// Where what was written of a log file ends; zeros follow.
fn last_record(path: &Path) -> u64 {
    std::fs::read(path).unwrap().iter().rposition(|byte| *byte != 0).unwrap() as u64
}
