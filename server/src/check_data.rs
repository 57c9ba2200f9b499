//! `alidade check`: what is wrong with the files of a data directory, for people or as JSON.

use std::fmt::Write;

use clap::Args;
use serde_json::json;
use storage::{Finding, Report};

use crate::cli::ServeArgs;

/// Flags of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// The data directory [default: ./data]. Also ALIDADE_DATA_DIR. Where the tables are elsewhere, the variables or the
    /// file (ALIDADE_CONFIG) say so as they do for the server.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Make damaged or missing sidecars again, and remove what an interrupted seal left.
    #[arg(long)]
    pub repair: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What is to be printed, and whether nothing is wrong (any more).
pub async fn check(args: CheckArgs) -> Result<(String, bool), String> {
    let (config, _) = ServeArgs { data_dir: args.data_dir, ..ServeArgs::default() }.read()?;
    let now = storage::Clock::now_unix_nano(&crate::clock::SystemClock);
    let report = storage::check(&config.storage, args.repair, now).await.map_err(|error| error.to_string())?;
    let is_clean = report.findings.iter().all(|finding| finding.is_repaired);
    Ok((if args.json { as_json(&report).to_string() } else { as_text(&report) }, is_clean))
}

fn as_text(report: &Report) -> String {
    let mut text = String::new();
    for Finding { path, problem, meaning, remedy, is_repaired } in &report.findings {
        let outcome = if *is_repaired { "repaired" } else { remedy.as_str() };
        let _ = write!(text, "{}\n  problem: {problem}\n  meaning: {meaning}\n  remedy:  {outcome}\n", path.display());
    }
    let (files, bytes, findings) = (report.files, report.bytes, report.findings.len());
    let repaired = report.findings.iter().filter(|finding| finding.is_repaired).count();
    let _ = write!(text, "{files} files, {bytes} bytes read; {findings} findings, {repaired} of them repaired");
    text
}

fn as_json(report: &Report) -> serde_json::Value {
    let finding = |finding: &Finding| {
        json!({
            "path": finding.path.display().to_string(),
            "problem": finding.problem,
            "meaning": finding.meaning,
            "remedy": finding.remedy,
            "repaired": finding.is_repaired,
        })
    };
    let findings: Vec<_> = report.findings.iter().map(finding).collect();
    json!({ "files": report.files, "bytes": report.bytes, "findings": findings })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_path_problem_meaning_and_remedy() {
        let finding = Finding {
            path: "wal".into(),
            problem: "p".to_owned(),
            meaning: "m".to_owned(),
            remedy: "r".to_owned(),
            is_repaired: false,
        };
        let repaired = Finding { is_repaired: true, ..finding.clone() };
        let report = Report { files: 3, bytes: 40, findings: vec![finding, repaired] };
        let text = as_text(&report);
        assert!(text.starts_with("wal\n  problem: p\n  meaning: m\n  remedy:  r\n"), "{text}");
        assert!(text.ends_with("3 files, 40 bytes read; 2 findings, 1 of them repaired"), "{text}");
        assert_eq!(as_json(&report)["findings"][1]["repaired"], true);
    }
}
