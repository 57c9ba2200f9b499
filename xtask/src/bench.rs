//! `cargo xtask bench NAME [--release] [OPTIONS]`: measures the binary on this machine, with an empty data folder of its own: the one
//! that `up` runs and the tests test, or with `--release` one built for release.
//!
//! - `reply`: how long a function waits for the reply to an export of one span (OTLP/HTTP, keep-alive), and how long it
//!   takes from that reply until the trace can be read through the API.
//! - `size`: the binary, what the browser loads, and the memory of an idle server.
//! - `load`: a million spans, log records and metric points over the network, what they cost, questions whose answers are
//!   known, and a start after kill -9.
//! - `start`: a start after kill -9 with a thousand segments.
//! - `crash`: kill -9 and SIGTERM under load, again and again, and what is there in the end.
//!
//! Each prints its numbers as a table; no number is judged here, but `load` and `crash` fail where an answer is wrong or a
//! record is lost. `load`, `start`, `crash` and `decode` have options of their own: `cargo xtask bench load --help`.

mod http;
mod outside;
mod server;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use self::http::Connection;
use self::server::Server;
use crate::outcome::{Outcome, Trying};
use crate::places::Places;
use crate::product::{self, Profile};
use crate::steps::Steps;

const REPLIES: usize = 3_000;
const WARM_UP: usize = 300;
const VISIBLES: usize = 100;
/// A trace that is not visible after this is reported as an error, not as a number.
const VISIBLE_LIMIT: Duration = Duration::from_secs(10);
/// Idle is when nothing has been asked of a server for this long.
const IDLE_AFTER: Duration = Duration::from_secs(20);

/// `cargo xtask bench reply|size|load|start|crash|decode`
pub(crate) fn command(places: &Places, arguments: &[&str]) -> Outcome {
    let (words, profile) = profile(arguments);
    if let ["load" | "crash" | "start" | "decode", .., "--help" | "-h"] = words.as_slice() {
        return outside::help(places, &words);
    }
    let mut steps = Steps::new(3);
    let measure: &dyn Fn(&Path) -> Outcome<Option<String>> = match words.as_slice() {
        ["reply"] => &|binary| reply(places, binary).map(Some),
        ["size"] => &|binary| size(places, binary).map(Some),
        ["load" | "crash" | "start" | "decode", ..] => {
            &|binary| outside::run(places, profile, binary, &words).map(|()| None)
        }
        other => {
            return Err(format!(
                "bench measures reply, size, load, start, crash or decode (and knows --release); the last four have --help; not {other:?}"
            ));
        }
    };
    steps.step("building the user interface", || product::build_interface(places))?;
    let what = match profile {
        Profile::Dev => "building alidade (first time: about 17 minutes on two cores)",
        Profile::Release => "building alidade for release (first time: about 25 minutes on two cores)",
    };
    let binary = steps.step(what, || product::build_binary(places, profile))?;
    // `load`, `start`, `crash` and `decode` have printed theirs.
    if let Some(table) = steps.step("measuring", || measure(&binary))? {
        println!("\n{table}");
    }
    Ok(())
}

/// Which binary, and the words that are left.
fn profile<'a>(arguments: &[&'a str]) -> (Vec<&'a str>, Profile) {
    let words: Vec<&str> = arguments.iter().copied().filter(|word| *word != "--release").collect();
    let profile = if words.len() == arguments.len() { Profile::Dev } else { Profile::Release };
    (words, profile)
}

fn reply(places: &Places, binary: &Path) -> Outcome<String> {
    let server = Server::start(places, binary)?;
    let mut export = Connection::open(&server.otlp_http)?;
    let mut read = Connection::open(&server.http)?;
    for number in 0..WARM_UP {
        send(&mut export, number)?;
    }
    let mut replies = Vec::with_capacity(REPLIES);
    for number in WARM_UP..WARM_UP + REPLIES {
        replies.push(send(&mut export, number)?);
    }
    let mut visible = Vec::with_capacity(VISIBLES);
    for number in WARM_UP + REPLIES..WARM_UP + REPLIES + VISIBLES {
        send(&mut export, number)?;
        visible.push(until_visible(&mut read, number)?);
    }
    server.stop()?;
    Ok(format!(
        "reply to an export of one span ({REPLIES} exports): {}\nfrom the reply to visible by trace id ({VISIBLES} traces): {}",
        percentiles(replies),
        percentiles(visible)
    ))
}

/// Exports one span and says how long the reply took.
fn send(connection: &mut Connection, number: usize) -> Outcome<Duration> {
    let body = server::one_span(number)?;
    let begun = Instant::now();
    let reply = connection.ask("POST", "/v1/traces", Some(&body))?;
    let took = begun.elapsed();
    if reply.status == 200 { Ok(took) } else { Err(format!("an export was answered {}: {}", reply.status, reply.body)) }
}

fn until_visible(connection: &mut Connection, number: usize) -> Outcome<Duration> {
    let begun = Instant::now();
    let path = format!("/api/v1/traces/{}", server::trace_id(number));
    while begun.elapsed() < VISIBLE_LIMIT {
        if connection.ask("GET", &path, None)?.status == 200 {
            return Ok(begun.elapsed());
        }
    }
    Err(format!("{path} is not there after {} s", VISIBLE_LIMIT.as_secs()))
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)].as_secs_f64() * 1e3;
    format!("p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, longest {:.2} ms", at(0.5), at(0.9), at(0.99), at(1.0))
}

fn size(places: &Places, binary: &Path) -> Outcome<String> {
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let binary_bytes = fs::metadata(binary).trying_to("measure", binary)?.len();
    let server = Server::start(places, binary)?;
    server::let_pass(IDLE_AFTER);
    let memory = server.resident_bytes()?;
    server.stop()?;
    Ok(format!(
        "binary (with the user interface): {}\n{}\nmemory of a server idle for {} s: {}",
        megabytes(binary_bytes),
        crate::build_ui::summary(places)?,
        IDLE_AFTER.as_secs(),
        megabytes(memory)
    ))
}
