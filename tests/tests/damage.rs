//! Each kind of file × (one bit flipped, cut off, gone) under the real binary, as docs/operations.md has it: it starts,
//! serves everything else, names the file, and `alidade check` finds it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tests::Alidade;
use tests::crash::Signal;
use tests::damage::{Harm, Sequences, Written, check, copy};

/// So many servers run at a time.
const AT_ONCE: usize = 3;

/// Rows that are missing afterwards.
#[derive(Debug, Clone)]
struct Lost {
    of: Vec<Signal>,
    /// Of no other exports than these…
    sequences: Sequences,
    /// … and all of theirs.
    is_all: bool,
    /// Whether the answers of the table say that something is missing; of a lost commit it does not know.
    is_said: bool,
}

#[derive(Debug, Clone)]
struct Case {
    /// Which file.
    file: String,
    harm: Harm,
    /// The byte, where it is not the one in the middle.
    at: Option<u64>,
    lost: Option<Lost>,
    /// What health names, and whether as put right.
    named: Option<(String, bool)>,
    /// What `alidade check` names, with a word of the remedy.
    found: Option<(String, &'static str)>,
    /// How many dashboards are there at least, and at most.
    dashboards: (usize, usize),
    unfinished_ends: u64,
}

impl Case {
    /// The file is named by both, and nothing is missing.
    fn of(file: &str, harm: Harm, remedy: &'static str) -> Self {
        Self {
            file: file.to_owned(),
            harm,
            at: None,
            lost: None,
            named: Some((file.to_owned(), false)),
            found: Some((file.to_owned(), remedy)),
            dashboards: (3, 3),
            unfinished_ends: 0,
        }
    }

    /// A flipped bit that is put right.
    fn repaired(file: &str) -> Self {
        Self { named: Some((file.to_owned(), true)), ..Self::of(file, Harm::Bit, "the next start puts it right") }
    }

    fn losing(self, lost: Lost) -> Self {
        Self { lost: Some(lost), ..self }
    }

    fn named_as(self, name: &str) -> Self {
        let repaired = self.named.is_some_and(|(_, repaired)| repaired);
        let found = self.found.map(|(_, remedy)| (name.to_owned(), remedy));
        Self { named: Some((name.to_owned(), repaired)), found, ..self }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_costs_no_more_than_what_is_in_it_and_is_named() {
    let written = Arc::new(Written::new().await);
    let mut cases = vec![sound()];
    cases.extend([write_ahead_log(&written), segments(&written), delta_log(&written), documents(&written)].concat());
    let (mut running, mut wrong) = (tokio::task::JoinSet::new(), Vec::new());
    let turns = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    for case in cases {
        let (turns, written) = (turns.clone(), written.clone());
        running.spawn(async move {
            let _turn = turns.acquire_owned().await.unwrap();
            let outcome = hold(&written, &case).await;
            outcome.map_err(|error| format!("{:?} {}: {error}", case.harm, case.file))
        });
    }
    while let Some(done) = running.join_next().await {
        wrong.extend(done.unwrap().err());
    }
    assert!(wrong.is_empty(), "{} cases do not hold:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Without a file nothing is damaged: what the other cases are compared with.
fn sound() -> Case {
    Case { named: None, found: None, ..Case::of("", Harm::Bit, "") }
}

fn write_ahead_log(written: &Written) -> Vec<Case> {
    let files = written.files(|name| name.ends_with(".wal"));
    assert!(files.len() > 4, "{files:?}");
    let (middle, last) = (&files[files.len() / 2], files.last().unwrap());
    let rows = |file: &str, is_all| {
        let sequences = written.sequences_of_log(file);
        Lost { of: Signal::ALL.to_vec(), sequences, is_all, is_said: false }
    };
    // What follows the last record of the last file is zeros; before that its end is no end of a record.
    let bytes = std::fs::read(written.path().join(last)).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64;
    let cut_short =
        Case { named: None, found: None, at: Some(end - 10), unfinished_ends: 1, ..Case::of(last, Harm::Cut, "") };
    vec![
        Case::repaired(middle),
        Case::of(middle, Harm::Cut, "keeps a copy").losing(rows(middle, false)),
        Case::of(middle, Harm::Gone, "backup").named_as("wal").losing(rows(middle, true)),
        cut_short.losing(rows(last, false)),
    ]
}

fn segments(written: &Written) -> Vec<Case> {
    let of = |table: &str, end: &str| {
        let files = written.files(|name| name.contains(&format!("/{table}/day=")) && name.ends_with(end));
        files.last().unwrap_or_else(|| panic!("{table} has no {end}")).clone()
    };
    let (sealed, merged, sidecar) = (of("logs", ".parquet"), of("spans", "-c.parquet"), of("logs", ".idx"));
    let mut cases = Vec::new();
    for harm in Harm::ALL {
        let lost = |signal, path: &str| Lost {
            of: vec![signal],
            sequences: Written::sequences_of_segment(path),
            is_all: true,
            is_said: true,
        };
        cases.push(Case::of(&sealed, harm, "backup").losing(lost(Signal::Logs, &sealed)));
        cases.push(Case::of(&merged, harm, "backup").losing(lost(Signal::Spans, &merged)));
        cases.push(Case::of(&sidecar, harm, "check --repair"));
    }
    cases
}

fn delta_log(written: &Written) -> Vec<Case> {
    let log = "tenants/default/metrics/_delta_log";
    let commits = written.files(|name| name.starts_with(log) && name.ends_with(".json"));
    let checkpoints = written.files(|name| name.starts_with(log) && name.ends_with(".checkpoint.parquet"));
    let checkpoint = checkpoints.last().unwrap();
    let (before, behind): (Vec<&String>, Vec<&String>) = commits.iter().partition(|name| **name < *checkpoint);
    let (before, middle, newest) = (before[before.len() - 2], behind[behind.len() - 2], behind[behind.len() - 1]);
    let added = |commit: &str| {
        let text = std::fs::read_to_string(written.path().join(commit)).unwrap();
        let actions = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut paths = actions.filter_map(|action| action["add"]["path"].as_str().map(str::to_owned));
        paths.next_back().unwrap_or_else(|| panic!("{commit} adds nothing: {text}"))
    };
    let lost = |commit: &str| {
        let sequences = Written::sequences_of_segment(&added(commit));
        Lost { of: vec![Signal::Metrics], sequences, is_all: false, is_said: false }
    };
    let orphan = format!("tenants/default/metrics/{}", added(newest));
    let covered = |harm| Case { named: None, ..Case::of(before, harm, "none is needed") };
    vec![
        covered(Harm::Bit),
        covered(Harm::Cut),
        covered(Harm::Gone),
        Case::repaired(middle),
        Case::of(middle, Harm::Cut, "backup").losing(lost(middle)),
        Case::of(middle, Harm::Gone, "backup").losing(lost(middle)),
        Case::repaired(newest),
        Case::of(newest, Harm::Cut, "backup").losing(lost(newest)),
        // Nothing tells that there was such a commit, but for the file that it had named.
        Case::of(newest, Harm::Gone, "set-aside/").named_as(&orphan).losing(lost(newest)),
        Case::repaired(checkpoint),
        Case::of(checkpoint, Harm::Cut, "reads the rest"),
        Case::of(checkpoint, Harm::Gone, "reads the rest").named_as(&format!("{log}/_last_checkpoint")),
    ]
}

fn documents(written: &Written) -> Vec<Case> {
    let name = "documents.sqlite";
    let bytes = std::fs::read(written.path().join(name)).unwrap();
    let title = Written::DASHBOARDS[1].as_bytes();
    let at = bytes.windows(title.len()).position(|window| window == title).unwrap() as u64;
    vec![
        Case { at: Some(at), ..Case::repaired(name) },
        Case { dashboards: (0, 3), ..Case::of(name, Harm::Cut, "backup") },
        Case { dashboards: (0, 0), ..Case::of(name, Harm::Gone, "backup") },
    ]
}

async fn hold(written: &Written, case: &Case) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    copy(written.path(), dir.path());
    let path = dir.path().join(&case.file);
    match case.at {
        _ if case.file.is_empty() => {}
        Some(at) => case.harm.befall_at(&path, at),
        None => case.harm.befall(&path),
    }
    let mut wrong = checked(dir.path(), case).await?;
    let alidade = Written::start(dir.path()).await?;
    for signal in Signal::ALL {
        wrong.extend(served(&alidade, signal, case.lost.as_ref()).await?);
    }
    let health = alidade.try_get("/api/v1/health").await?;
    wrong.extend(named(&health, case));
    let list = alidade.try_get("/api/v1/dashboards").await?;
    let is_ours = |dashboard: &&Value| Written::DASHBOARDS.iter().any(|title| dashboard["title"] == *title);
    let dashboards = list["dashboards"].as_array().unwrap().iter().filter(is_ours).count();
    if !(case.dashboards.0..=case.dashboards.1).contains(&dashboards) {
        wrong.push(format!("there are {dashboards} dashboards instead of {:?}", case.dashboards));
    }
    alidade.kill().await;
    if case.file.ends_with(".idx") {
        wrong.extend(repaired(dir.path(), &case.file).await?);
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// What `alidade check` should have said and did not.
async fn checked(dir: &Path, case: &Case) -> Result<Vec<String>, String> {
    let (is_clean, findings) = check(dir, false).await?;
    let mut wrong = Vec::new();
    if is_clean != case.found.is_none() {
        wrong.push(format!("the check ends as if clean were {is_clean}: {findings:?}"));
    }
    if let Some((path, remedy)) = &case.found {
        let mut of_file = findings.iter().filter(|finding| finding["path"] == **path);
        if !of_file.any(|finding| finding["remedy"].as_str().unwrap().contains(remedy)) {
            wrong.push(format!("the check does not find {path} with {remedy:?}: {findings:?}"));
        }
    }
    Ok(wrong)
}

/// Asks for all of a table, by its files and by their index; what is wrong with the answers.
async fn served(alidade: &Alidade, signal: Signal, lost: Option<&Lost>) -> Result<Option<String>, String> {
    let table = signal.table();
    let everything = json!({"query": format!("SELECT * FROM {table}"), "limit": 100_000});
    alidade.try_post("/api/v1/sql", &everything).await?;
    if signal == Signal::Logs {
        let search = json!({"from": "now-2h", "text": "7", "services": ["damage"], "limit": 1000});
        alidade.try_post("/api/v1/logs/search", &search).await?;
    }
    let column = ["name", "body", "value_int"][signal as usize];
    let numbers = json!({"query": format!("SELECT {column} FROM {table}"), "limit": 100_000});
    let answer = alidade.try_post("/api/v1/sql", &numbers).await?;
    let rows = answer["rows"].as_array().unwrap();
    let first_word = |row: &Value| row[0].as_str().and_then(|text| text.split(' ').next()?.parse().ok());
    let found: BTreeSet<u64> = rows.iter().map(|row| row[0].as_u64().or_else(|| first_word(row)).unwrap()).collect();
    let missing: BTreeSet<u64> = Written::rows().difference(&found).copied().collect();
    let lost = lost.filter(|lost| lost.of.contains(&signal));
    let may_be = lost.map(|lost| Written::rows_of(signal, &lost.sequences)).unwrap_or_default();
    let is_right = missing.is_subset(&may_be) && (missing == may_be || lost.is_some_and(|lost| !lost.is_all));
    let said = if lost.is_some_and(|lost| lost.is_said) { json!("missing_data") } else { Value::Null };
    let is_told = answer["truncated"]["reason"] == said;
    let is_once = found.len() == rows.len();
    Ok((!is_right || !is_told || !is_once).then(|| {
        let (rows, truncated) = (rows.len(), &answer["truncated"]);
        format!("{table}: {rows} rows, truncated: {truncated}, missing {missing:?} of {may_be:?}")
    }))
}

/// What health should have named and does not, or names and should not.
fn named(health: &Value, case: &Case) -> Option<String> {
    let files = health["set_aside"].as_array().unwrap();
    let is_named = match &case.named {
        None => files.is_empty(),
        Some((path, repaired)) => {
            files.iter().any(|file| file["original"] == **path)
                && files
                    .iter()
                    .all(|file| file["repaired"] == *repaired && !file["reason"].as_str().unwrap().is_empty())
        }
    };
    let is_right =
        is_named && health["healthy"] == case.named.is_none() && health["wal_unfinished_ends"] == case.unfinished_ends;
    (!is_right).then(|| {
        let ends = &health["wal_unfinished_ends"];
        format!("health has {files:?}, {ends} unfinished ends, problems {}", health["problems"])
    })
}

/// A sidecar is made again, and then nothing is wrong any more.
async fn repaired(dir: &Path, sidecar: &str) -> Result<Option<String>, String> {
    let (_, findings) = check(dir, true).await?;
    let is_repaired = findings.iter().any(|finding| finding["path"] == sidecar && finding["repaired"] == true);
    let (is_clean, left) = check(dir, false).await?;
    let alidade = Written::start(dir).await?;
    let wrong = served(&alidade, Signal::Logs, None).await?;
    let health = alidade.try_get("/api/v1/health").await?;
    alidade.kill().await;
    let is_right = is_repaired && is_clean && wrong.is_none() && health["set_aside"] == json!([]);
    Ok((!is_right)
        .then(|| format!("the repair found {findings:?} and left {left:?}; {wrong:?}; {}", health["set_aside"])))
}
