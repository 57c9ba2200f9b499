//! The document database: SQLite's own check of every page and index, and the checksum of every document.

use std::path::Path;

use super::Report;
use crate::documents::integrity;
use crate::one_bit::FLIPPED;

const MEANING: &str = "dashboards, alarms, accounts, keys and what waits to be sent are in it";

pub(super) async fn check(data_dir: &Path, report: &mut Report) {
    let name = "documents.sqlite";
    let path = data_dir.join(name);
    let bytes = match std::fs::metadata(&path) {
        Ok(file) => file.len(),
        Err(error) => {
            let remedy = "put it back from a backup; without that the next start begins a new one";
            report.find(name, format!("it cannot be read: {error}"), MEANING, remedy);
            return;
        }
    };
    report.read(bytes);
    let verdict = if bytes == 0 { Err("it is empty".to_owned()) } else { integrity(&path).await };
    if verdict.as_ref().is_err_and(|problem| problem == FLIPPED) {
        report.find_flipped(name);
    } else if let Err(problem) = verdict {
        let remedy =
            "the next start sets it aside and takes over every document that can still be read; a backup has all";
        report.find(name, problem, MEANING, remedy);
    }
}
