//! The binary `alidade`: settings, build, ready, wait, drain.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use server::app::App;
use server::ask_sql::QueryArgs;
use server::check_data::CheckArgs;
use server::cli::{Cli, Command, ServeArgs};
use tokio::signal::unix::{SignalKind, signal};

/// Requests, columns and files are made and dropped by different threads. Other allocators keep two or three times as much
/// as is in use; this one gives it back, by threads of its own, also of C libraries (compression, SQLite) and when nothing
/// else happens. Its settings are in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // One crypto provider for every TLS client of the process. It is only refused where one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    let outcome = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(args) => serve(args).await,
        Command::Demo(args) => play(args).await,
        Command::Query(args) => query(args).await,
        Command::Check(args) => return check(args).await,
        Command::Openapi => say(&server::openapi_document()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // The last word goes to stderr whatever the log's filter is.
            let _ = writeln!(std::io::stderr(), "alidade: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: ServeArgs) -> Result<(), String> {
    let (config, unknown_variables) = args.read()?;
    log_to_stderr(&config.log)?;
    for name in unknown_variables {
        tracing::warn!(name, "this variable looks like a setting, but there is none of that name");
    }
    let data_dir = config.storage.data_dir.clone();
    let app = App::build(config).await?;
    let addresses = app.addresses();
    if let Some(code) = app.setup_code() {
        tracing::warn!("no administrator yet: open the UI with the one-time setup code {code}");
        say(&format!("one-time setup code: {code}"))?;
    }
    tracing::info!(data_dir = %data_dir.display(), version = server::VERSION, "open");
    let terminated = signal(SignalKind::terminate()).map_err(|error| format!("cannot listen for SIGTERM: {error}"))?;
    app.run(told_to_stop(terminated), || {
        tracing::info!(ui = %format_args!("http://{}", addresses.http), otlp_grpc = %addresses.otlp_grpc, otlp_http = %addresses.otlp_http, "ready");
        if let Ok(line) = serde_json::to_string(&addresses) {
            // A closed stdout is no reason to stop serving.
            let _ = say(&format!("ALIDADE_READY {line}"));
        }
    })
    .await
}

async fn play(args: demo::DemoArgs) -> Result<(), String> {
    log_to_stderr("info")?;
    demo::run(args).await.map_err(|error| error.to_string())
}

async fn query(args: QueryArgs) -> Result<(), String> {
    let (table, summary) = server::ask_sql::ask(args).await?;
    say(&table)?;
    writeln!(std::io::stderr(), "{summary}").map_err(|error| format!("cannot write to stderr: {error}"))
}

async fn check(args: CheckArgs) -> ExitCode {
    let said = server::check_data::check(args).await.and_then(|(text, is_clean)| say(&text).map(|()| is_clean));
    match said {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "alidade: {message}");
            ExitCode::from(2)
        }
    }
}

fn log_to_stderr(log: &str) -> Result<(), String> {
    let filter = tracing_subscriber::EnvFilter::try_new(server::cli::log_directives(log));
    let filter = filter.map_err(|error| format!("log = {log:?}: {error}"))?;
    let is_terminal = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(is_terminal).with_writer(std::io::stderr).init();
    Ok(())
}

/// SIGTERM or Ctrl-C.
async fn told_to_stop(mut terminated: tokio::signal::unix::Signal) {
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

fn say(line: &str) -> Result<(), String> {
    let mut stdout = std::io::stdout().lock();
    let written = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    written.map_err(|error| format!("cannot write to stdout: {error}"))
}
