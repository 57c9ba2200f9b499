//! In which order commands may stand, and how often.

use crate::error::SyntaxError;
use crate::limits::Limits;
use crate::syntax::{Command, ExprKind, Query};

pub(super) fn check(query: &Query, limits: &Limits, mistakes: &mut Vec<SyntaxError>) {
    let commands = &query.commands;
    let last_stats = commands.iter().rposition(|command| matches!(command, Command::Stats(_)));
    let mut dedup_before = false;
    for (index, command) in commands.iter().enumerate() {
        let (name, span) = command.name();
        let before = &commands[..index];
        let mut mistake = |message: String| mistakes.push(SyntaxError::at(span, message));
        if dedup_before && !matches!(command, Command::Limit(_)) {
            mistake(format!("only `limit` may stand behind `dedup`, not `{name}`"));
        }
        dedup_before |= matches!(command, Command::Dedup(_));
        match command {
            Command::Sort(_) | Command::Limit(_) if last_stats.is_some_and(|last| index < last) => {
                mistake(format!("`{name}` must stand behind the last `stats`"));
            }
            Command::RelevantFields(_) | Command::Estimate(_) if index + 1 < commands.len() => {
                mistake(format!("`{name}` must be the last command"));
            }
            Command::Anomaly(_) if !matches!(before.last(), Some(Command::Pattern(_))) => {
                mistake("`anomaly` must stand right behind `pattern`".to_owned());
            }
            Command::FilterIndex(_) | Command::Unmask(_) | Command::Diff(_) | Command::LogCompare(_)
                if before.iter().any(|command| matches!(command, Command::Stats(_))) =>
            {
                mistake(format!("`{name}` works on records and must stand before `stats`"));
            }
            Command::Fillmissing(_) if !before.iter().any(has_bin) => {
                mistake("`fillmissing` needs a `stats … by bin(…)` before it".to_owned());
            }
            _ => {}
        }
    }
    at_most(commands, "stats", limits.stats_max, |command| matches!(command, Command::Stats(_)), mistakes);
    at_most(commands, "join", 1, |command| matches!(command, Command::Join(_)), mistakes);
    let compares = |command: &Command| matches!(command, Command::Diff(_) | Command::LogCompare(_));
    at_most(commands, "diff or logcompare", 1, compares, mistakes);
}

fn at_most(
    commands: &[Command],
    what: &str,
    most: usize,
    is: impl Fn(&Command) -> bool,
    mistakes: &mut Vec<SyntaxError>,
) {
    if let Some(command) = commands.iter().filter(|command| is(command)).nth(most) {
        mistakes.push(SyntaxError::at(command.name().1, format!("a query may have {most} `{what}`")));
    }
}

fn has_bin(command: &Command) -> bool {
    let Command::Stats(stats) = command else { return false };
    stats
        .by
        .iter()
        .any(|column| matches!(&column.expr.kind, ExprKind::Call(call) if call.name.eq_ignore_ascii_case("bin")))
}
