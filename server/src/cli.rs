//! The command line, and the reading of the file and the environment for it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::ask_sql::QueryArgs;
use crate::check_data::CheckArgs;
use crate::config::{Config, Sources};

/// Alidade: traces, logs, metrics and alarms of serverless applications, on your own machine.
#[derive(Debug, Parser)]
#[command(name = "alidade", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without one, serve.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// For serving without a subcommand.
    #[command(flatten)]
    pub serve: ServeArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take telemetry in and serve the UI and the API.
    Serve(ServeArgs),
    /// Play a small serverless shop that exports OpenTelemetry to a running server.
    Demo(demo::DemoArgs),
    /// Ask a running server in SQL and print a table.
    Query(QueryArgs),
    /// Read every file of a data directory that no server has open, and say what is wrong. Ends with 0 where nothing is
    /// wrong, 1 where something is, 2 where it could not run.
    Check(CheckArgs),
    /// Print the description of the HTTP API (OpenAPI 3.1, JSON).
    Openapi,
}

/// Flags of `serve`. A flag wins over the variable, the variable over the file.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    /// A TOML file; see docs/configuration.md. Also ALIDADE_CONFIG.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where everything is kept [default: ./data]. Also ALIDADE_DATA_DIR.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Where UI and API listen [default: 127.0.0.1:8080]. Also ALIDADE_HTTP.
    #[arg(long, value_name = "ADDR")]
    pub http: Option<String>,
    /// Where OTLP/gRPC listens [default: 127.0.0.1:4317]. Also ALIDADE_OTLP_GRPC.
    #[arg(long, value_name = "ADDR")]
    pub otlp_grpc: Option<String>,
    /// Where OTLP/HTTP listens [default: 127.0.0.1:4318]. Also ALIDADE_OTLP_HTTP.
    #[arg(long, value_name = "ADDR")]
    pub otlp_http: Option<String>,
}

impl ServeArgs {
    /// The settings of flags, environment and file; the error lists every mistake. The names of variables that look
    /// like ours and are not come with it.
    pub fn read(self) -> Result<(Config, Vec<String>), String> {
        let environment = environment();
        let variable = |name: &str| environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let path =
            self.config.or_else(|| variable("ALIDADE_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from));
        let file = match path {
            None => None,
            Some(path) => {
                let name = path.display().to_string();
                let text = std::fs::read_to_string(&path);
                Some((name.clone(), text.map_err(|error| format!("cannot read the config file {name}: {error}"))?))
            }
        };
        let flags = [
            ("--data-dir", "data_dir", self.data_dir),
            ("--http", "http", self.http),
            ("--otlp-grpc", "otlp_grpc", self.otlp_grpc),
            ("--otlp-http", "otlp_http", self.otlp_http),
        ];
        let flags = flags.into_iter().filter_map(|(flag, key, value)| Some((flag, key, value?))).collect();
        let sources = Sources { file, environment, machine_memory_bytes: crate::machine::memory_bytes(), flags };
        let config = Config::read(&sources).map_err(|mistakes| mistakes.to_string())?;
        Ok((config, sources.unknown_variables().into_iter().map(str::to_owned).collect()))
    }
}

/// The variables that can be read as text: the one place that reads the environment for all the others.
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// A variable of the environment.
pub fn variable(name: &str) -> Option<String> {
    environment().into_iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// A level alone is meant for our own crates; others then say what is wrong and no more.
pub fn log_directives(log: &str) -> String {
    const OURS: [&str; 8] = ["alidade", "server", "storage", "collector", "query", "alarms", "dashboards", "demo"];
    if log.contains(['=', ',']) {
        return log.to_owned();
    }
    let ours = OURS.map(|name| format!("{name}={log}"));
    format!("warn,{}", ours.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_subcommand_serves_with_the_same_flags() {
        let bare = Cli::parse_from(["alidade", "--http", "127.0.0.1:1"]);
        assert!(bare.command.is_none());
        assert_eq!(bare.serve.http.as_deref(), Some("127.0.0.1:1"));
        let Some(Command::Serve(args)) = Cli::parse_from(["alidade", "serve", "--data-dir", "d"]).command else {
            panic!("serve is a subcommand");
        };
        assert_eq!(args.data_dir.as_deref(), Some("d"));
        assert!(matches!(Cli::parse_from(["alidade", "query", "select 1"]).command, Some(Command::Query(_))));
        assert!(matches!(Cli::parse_from(["alidade", "demo"]).command, Some(Command::Demo(_))));
        assert!(Cli::try_parse_from(["alidade", "nonsense"]).is_err());
    }

    #[test]
    fn a_level_alone_is_for_our_own_crates() {
        assert!(log_directives("debug").starts_with("warn,alidade=debug,server=debug,"));
        assert_eq!(log_directives("info,storage=debug"), "info,storage=debug");
    }
}
