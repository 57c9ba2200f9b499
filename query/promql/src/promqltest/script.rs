//! The commands of a script.

use regex::Regex;

use super::notation::{self, Point, signed_number};
use crate::labels::Labels;
use crate::syntax::{parse_duration, unquote};

#[derive(Debug)]
pub(super) enum Command {
    Clear,
    Load(Load),
    Eval(Eval),
}

#[derive(Debug)]
pub(super) struct Load {
    pub(super) step_ms: i64,
    /// Whether classic histograms are loaded as native ones with custom buckets too.
    pub(super) with_nhcb: bool,
    pub(super) series: Vec<LoadedSeries>,
}

#[derive(Debug)]
pub(super) struct LoadedSeries {
    pub(super) labels: Labels,
    pub(super) points: Vec<Point>,
    /// What has to be added to each point's time for its start time; empty if no start times are given.
    pub(super) starts: Vec<Option<i64>>,
}

#[derive(Debug, Default)]
pub(super) struct Eval {
    pub(super) query: String,
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    pub(super) step_ms: i64,
    pub(super) is_range: bool,
    pub(super) is_ordered: bool,
    pub(super) fail: Option<Expected>,
    pub(super) warn: Vec<Expected>,
    pub(super) info: Vec<Expected>,
    pub(super) no_warn: bool,
    pub(super) no_info: bool,
    pub(super) scalar: Option<f64>,
    pub(super) string: Option<String>,
    /// The times of the range vector that an instant query results in.
    pub(super) range_vector: Option<(i64, i64, i64)>,
    pub(super) series: Vec<(Labels, Vec<Point>)>,
}

/// A text that is expected.
#[derive(Debug)]
pub(super) enum Expected {
    Any,
    Message(String),
    Pattern(Regex),
}

impl Expected {
    pub(super) fn fits(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Message(message) => message == text,
            Self::Pattern(pattern) => pattern.is_match(text),
        }
    }
}

/// A command that could not be read.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) text: String,
    pub(super) message: String,
}

/// The commands with their lines, counted from 1.
pub(super) fn commands(text: &str) -> Vec<(usize, Result<Command, Unreadable>)> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let lines: Vec<&str> = lines.into_iter().map(|line| if line.starts_with('#') { "" } else { line }).collect();
    let mut commands = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if line.is_empty() {
            at += 1;
            continue;
        }
        let end = lines[at..].iter().position(|line| line.is_empty()).map_or(lines.len(), |blank| at + blank);
        let (command, used) = command(line, &lines[at + 1..end]);
        commands.push((at + 1, command.map_err(|message| Unreadable { text: line.to_owned(), message })));
        at += used + 1;
    }
    commands
}

/// Reads a command, and says how many of the lines that follow belong to it.
fn command(line: &str, following: &[&str]) -> (Result<Command, String>, usize) {
    let word = line.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    if word == "clear" {
        return (Ok(Command::Clear), 0);
    }
    if word.starts_with("load") {
        return (load(line, &word, following).map(Command::Load), following.len());
    }
    if word.starts_with("eval") {
        return match eval(line, following) {
            Ok((eval, used)) => (Ok(Command::Eval(eval)), used),
            Err(message) => (Err(message), following.len()),
        };
    }
    (Err(format!("invalid command {line:?}, expected load, clear or eval")), 0)
}

fn load(line: &str, word: &str, following: &[&str]) -> Result<Load, String> {
    let step = line.split_whitespace().nth(1).ok_or("load wants a step")?;
    let mut load = Load { step_ms: duration(step)?, with_nhcb: word == "load_with_nhcb", series: Vec::new() };
    let mut starts: Option<notation::StartTimes> = None;
    for line in following {
        if let Some(read) = notation::start_times(line)? {
            starts = Some(read);
            continue;
        }
        let (labels, points) = notation::series(line)?;
        let starts = match starts.take() {
            Some((of, starts)) if of == labels && starts.len() == points.len() => starts,
            Some((of, starts)) => {
                return Err(format!(
                    "{} start times of {of} stand before {} values of {labels}",
                    starts.len(),
                    points.len()
                ));
            }
            None => Vec::new(),
        };
        load.series.push(LoadedSeries { labels, points, starts });
    }
    Ok(load)
}

fn duration(text: &str) -> Result<i64, String> {
    if text == "0" {
        return Ok(0);
    }
    parse_duration(text).ok_or_else(|| format!("{text:?} is no duration like 5m"))
}

fn eval(line: &str, following: &[&str]) -> Result<(Eval, usize), String> {
    let mut eval = eval_line(line)?;
    let mut used = 0;
    for line in following {
        used += 1;
        if eval.fail.is_some() {
            if let Some(message) = line.strip_prefix("expected_fail_message") {
                eval.fail = Some(Expected::Message(message.trim().to_owned()));
                break;
            }
            if let Some(pattern) = line.strip_prefix("expected_fail_regexp") {
                eval.fail = Some(Expected::Pattern(pattern_of(pattern)?));
                break;
            }
        }
        if line.split(' ').next() == Some("expect") {
            expectation(line, &mut eval)?;
            continue;
        }
        if let Some(number) = signed_number(line) {
            eval.scalar = Some(number);
            break;
        }
        eval.series.push(notation::series(line)?);
    }
    Ok((eval, used))
}

fn eval_line(line: &str) -> Result<Eval, String> {
    let compiled = |pattern| Regex::new(pattern).map_err(|error| error.to_string());
    let instant = compiled(r"^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$")?;
    let range = compiled(r"^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$")?;
    let mut eval = Eval::default();
    let modifier;
    if let Some(parts) = instant.captures(line) {
        modifier = parts.get(1).map(|part| part.as_str());
        eval.start_ms = parts.get(2).map_or(Ok(0), |at| duration(at.as_str()))?;
        eval.end_ms = eval.start_ms;
        eval.query = parts[3].to_owned();
    } else if let Some(parts) = range.captures(line) {
        modifier = parts.get(1).map(|part| part.as_str());
        (eval.start_ms, eval.end_ms, eval.step_ms) = (duration(&parts[2])?, duration(&parts[3])?, duration(&parts[4])?);
        eval.query = parts[5].to_owned();
        eval.is_range = true;
    } else {
        return Err("expected 'eval instant at TIME QUERY' or 'eval range from TIME to TIME step TIME QUERY'".into());
    }
    match modifier {
        Some("fail") => eval.fail = Some(Expected::Any),
        Some("warn") => eval.warn.push(Expected::Any),
        Some("info") => eval.info.push(Expected::Any),
        Some("ordered") => eval.is_ordered = true,
        _ => {}
    }
    Ok(eval)
}

fn expectation(line: &str, eval: &mut Eval) -> Result<(), String> {
    let text = line.trim_start_matches("expect").trim();
    if let Some(range) = text.strip_prefix("range vector") {
        let words: Vec<&str> = range.split_whitespace().collect();
        let ["from", from, "to", to, "step", step] = words.as_slice() else {
            return Err(format!("{line:?} is not like expect range vector from 10s to 1m step 10s"));
        };
        eval.range_vector = Some((duration(from)?, duration(to)?, duration(step)?));
        return Ok(());
    }
    if let Some(string) = text.strip_prefix("string ") {
        eval.string = Some(unquote(string.trim())?);
        return Ok(());
    }
    let (kind, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let expected = if let Some(message) = rest.strip_prefix("msg:") {
        Expected::Message(message.trim().to_owned())
    } else if let Some(pattern) = rest.strip_prefix("regex:") {
        Expected::Pattern(pattern_of(pattern)?)
    } else if rest.is_empty() {
        Expected::Any
    } else {
        return Err(format!("{line:?} is not like expect warn msg: TEXT"));
    };
    match kind {
        "fail" => eval.fail = Some(expected),
        "warn" => eval.warn.push(expected),
        "info" => eval.info.push(expected),
        "no_warn" => eval.no_warn = true,
        "no_info" => eval.no_info = true,
        "ordered" => eval.is_ordered = true,
        _ => return Err(format!("invalid expected type {kind:?}")),
    }
    Ok(())
}

fn pattern_of(text: &str) -> Result<Regex, String> {
    Regex::new(text.trim()).map_err(|error| format!("invalid regex {text}: {error}"))
}
