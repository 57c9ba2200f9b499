//! `cargo xtask up [--demo] [-- serve arguments]`: from a fresh clone to a running Alidade.
//!
//! Builds whatever is missing, starts `alidade serve`, waits until it answers, prints the addresses, and with `--demo`
//! starts `alidade demo` against it. The children are in process groups of their own, so that Ctrl-C (or SIGTERM) reaches
//! this program alone; it passes it on once, to the demo first, and waits for both to end.

#![expect(clippy::disallowed_methods, reason = "waits for child processes and for a server to answer")]

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::outcome::{Outcome, Trying};
use crate::places::Places;
use crate::process;
use crate::product::{self, Profile};
use crate::steps::Steps;
use crate::{build_ui, wasm_std};

/// How long a server may take to answer; recovery of a large log is the slow case.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);
/// How long a child may take to end after the other one has.
const END_LIMIT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(100);

/// What is started, and where it listens.
struct Plan {
    demo: bool,
    serve_arguments: Vec<String>,
    http: String,
    grpc: String,
    otlp_http: String,
}

/// `cargo xtask up`
pub(crate) fn command(places: &Places, arguments: &[&str]) -> Outcome {
    let plan = plan(arguments)?;
    let mut steps = Steps::new(4);
    let library = steps.step("checking the tool chain", || {
        fs::create_dir_all(&places.cache).trying_to("make", &places.cache)?;
        wasm_std::provide(places)
    })?;
    let build = build_ui::Build::Small;
    let what = if build_ui::is_current(places, build)? {
        "the user interface is built"
    } else {
        "building the user interface (first time: about 3 minutes)"
    };
    steps.step(what, || {
        if build_ui::is_current(places, build)? { Ok(()) } else { build_ui::compile(places, &library, build) }
    })?;
    let what = if places.target.join("debug/alidade").is_file() {
        "building alidade (only what changed)"
    } else {
        "building alidade (first time: some five hundred crates, about 17 minutes on two cores)"
    };
    let binary = steps.step(what, || product::build_binary(places, Profile::Dev))?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).trying("watch for Ctrl-C")?;
    let (server, demo) = steps.step("starting", || start(places, &binary, &plan, &interrupted))?;
    println!("\nAlidade is up after {:.0} s. Open http://{}", steps.seconds(), plan.http);
    println!("  OTLP/gRPC  http://{}", plan.grpc);
    println!("  OTLP/HTTP  http://{}", plan.otlp_http);
    println!("  Point an SDK at it: export OTEL_EXPORTER_OTLP_ENDPOINT=http://{}", plan.grpc);
    if demo.is_some() {
        println!(
            "  The demo shop exports to it. Something goes wrong with: {} demo --incident payment-down",
            binary.display()
        );
    }
    println!("  Ctrl-C ends it.\n");
    stay(server, demo, &interrupted)
}

fn plan(arguments: &[&str]) -> Outcome<Plan> {
    let (own, serve) = match arguments.iter().position(|argument| *argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[][..]),
    };
    let demo = match own {
        [] => false,
        ["--demo"] => true,
        other => return Err(format!("up knows --demo, and `-- ARGUMENTS` for `alidade serve`; not {other:?}")),
    };
    let address = |flag: &str, default: &str| flag_value(serve, flag).unwrap_or(default).to_owned();
    Ok(Plan {
        demo,
        http: address("--http", "127.0.0.1:8080"),
        grpc: address("--otlp-grpc", "127.0.0.1:4317"),
        otlp_http: address("--otlp-http", "127.0.0.1:4318"),
        serve_arguments: serve.iter().map(|argument| (*argument).to_owned()).collect(),
    })
}

/// The value of `--flag value` or `--flag=value`.
fn flag_value<'a>(arguments: &[&'a str], flag: &str) -> Option<&'a str> {
    arguments.iter().enumerate().find_map(|(at, argument)| match argument.strip_prefix(flag)? {
        "" => arguments.get(at + 1).copied(),
        rest => rest.strip_prefix('='),
    })
}

fn start(places: &Places, binary: &Path, plan: &Plan, interrupted: &AtomicBool) -> Outcome<(Child, Option<Child>)> {
    refuse_a_second_one(plan)?;
    let mut serve = program(places, binary);
    let mut server = serve.arg("serve").args(&plan.serve_arguments).spawn().trying_to("start", binary)?;
    wait_until_it_answers(&mut server, &plan.http, interrupted)?;
    if !plan.demo {
        return Ok((server, None));
    }
    let mut shop = program(places, binary);
    shop.arg("demo").arg("--endpoint").arg(format!("http://{}", plan.grpc)).args(["--backfill", "1h"]);
    match shop.spawn().trying_to("start", binary) {
        Ok(demo) => Ok((server, Some(demo))),
        Err(error) => {
            end(&mut server)?;
            Err(error)
        }
    }
}

fn program(places: &Places, binary: &Path) -> Command {
    let mut command = process::command(binary);
    command.current_dir(&places.root).stdin(Stdio::null()).process_group(0);
    command
}

/// A port in use would be taken for ours.
fn refuse_a_second_one(plan: &Plan) -> Outcome {
    for address in [&plan.http, &plan.grpc, &plan.otlp_http] {
        if connects(address) {
            return Err(format!(
                "something listens on {address} already. End it, or choose other addresses: cargo xtask up -- --http 127.0.0.1:9080 --otlp-grpc 127.0.0.1:5317 --otlp-http 127.0.0.1:5318"
            ));
        }
    }
    Ok(())
}

fn connects(address: &str) -> bool {
    let Ok(address) = address.parse::<SocketAddr>() else { return false };
    TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok()
}

fn wait_until_it_answers(server: &mut Child, address: &str, interrupted: &AtomicBool) -> Outcome {
    let deadline = Instant::now() + ANSWER_LIMIT;
    // An address by name or with port 0 cannot be tried from here: the server's own lines say where it listens.
    while address.parse::<SocketAddr>().is_ok_and(|address| address.port() != 0) && !connects(address) {
        if let Some(status) = server.try_wait().trying("watch alidade serve")? {
            return Err(format!("alidade serve ended ({status}); what it printed above says why"));
        }
        if interrupted.load(Ordering::Relaxed) {
            end(server)?;
            return Err("interrupted".to_owned());
        }
        if Instant::now() > deadline {
            end(server)?;
            return Err(format!("alidade serve does not answer on {address} after {} s", ANSWER_LIMIT.as_secs()));
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

/// Waits for the server's end or an interruption. A demo that ends is reported and does not end the server.
fn stay(mut server: Child, mut demo: Option<Child>, interrupted: &AtomicBool) -> Outcome {
    let ended = loop {
        if let Some(child) = &mut demo
            && let Some(status) = child.try_wait().trying("watch alidade demo")?
        {
            println!("xtask: the demo ended ({status}); Alidade goes on");
            demo = None;
        }
        if let Some(status) = server.try_wait().trying("watch alidade serve")? {
            break Some(status);
        }
        if interrupted.load(Ordering::Relaxed) {
            break None;
        }
        std::thread::sleep(POLL);
    };
    if let Some(child) = &mut demo {
        end(child)?;
    }
    match ended {
        None => end(&mut server),
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(format!("alidade serve ended ({status})")),
    }
}

/// Tells a child to end, waits for it, and ends it by force when it takes too long.
fn end(child: &mut Child) -> Outcome {
    if child.try_wait().trying("watch a child")?.is_some() {
        return Ok(());
    }
    // std can only kill; the program sends the signal that lets it finish what it has taken.
    process::run(Command::new("kill").arg("-INT").arg(child.id().to_string()))?;
    let deadline = Instant::now() + END_LIMIT;
    while child.try_wait().trying("watch a child")?.is_none() {
        if Instant::now() > deadline {
            println!("xtask: process {} did not end within {} s and is killed", child.id(), END_LIMIT.as_secs());
            child.kill().and_then(|()| child.wait()).trying("end a child")?;
            return Ok(());
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
