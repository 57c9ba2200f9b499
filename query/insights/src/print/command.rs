//! Commands.

use std::fmt::{self, Display, Formatter};

use super::{Text, Ticked, list};
use crate::syntax::{
    Addtotals, Baseline, Command, Field, FilterIndex, Join, JoinKind, Lookup, Name, Outlier, OutlierAction, Output,
    Parse, ParseMode, Sessionize, Stats,
};

impl Display for Command {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Parse(Parse { mode: ParseMode::Json { .. }, .. }) => "json",
            other => other.name().0,
        })?;
        match self {
            Self::Accum(command) => write!(formatter, " {}{}", command.field, As(command.alias.as_ref())),
            Self::Addtotals(command) => addtotals(formatter, command),
            Self::Anomaly(_) | Self::Estimate(_) => Ok(()),
            Self::Appendcols(command) => {
                write!(formatter, " override={}", command.replace)?;
                if let Some(max) = command.max {
                    write!(formatter, " max={max}")?;
                }
                write!(formatter, " ({})", command.query)
            }
            Self::Autoregress(command) => {
                let (first, last) = (command.first, command.last);
                write!(formatter, " {}{} p={first}-{last}", command.field, As(command.alias.as_ref()))
            }
            Self::CidrLookup(command) => {
                let column = As(command.cidr_column.as_ref());
                write!(formatter, " {} {}{column}{}", command.table, command.field, command.output)
            }
            Self::CountFrequent(command) => fields(formatter, &command.fields),
            Self::Dedup(command) => fields(formatter, &command.fields),
            Self::Diff(command) => formatter.write_str(match command.baseline {
                Baseline::Before => "",
                Baseline::PreviousDay => " previousDay",
                Baseline::PreviousWeek => " previousWeek",
                Baseline::PreviousMonth => " previousMonth",
            }),
            Self::Display(command) => spaced(formatter, &command.columns),
            Self::Expand(command) => write!(formatter, " {}", command.field),
            Self::Fields(command) => spaced(formatter, &command.columns),
            Self::Filldown(command) => command.fields.iter().try_for_each(|name| stars(formatter, name)),
            Self::Fillmissing(command) => {
                for (index, (value, field)) in command.values.iter().enumerate() {
                    write!(formatter, "{}{value} for {field}", if index == 0 { " with " } else { ", " })?;
                }
                Ok(())
            }
            Self::Filter(command) => write!(formatter, " {}", command.condition),
            Self::FilterIndex(command) => filter_index(formatter, command),
            Self::Join(command) => join(formatter, command),
            Self::Limit(command) => write!(formatter, "{} {}", if command.any { " any" } else { "" }, command.rows),
            Self::LogCompare(command) => write!(formatter, " timeshift {}", command.timeshift),
            Self::Lookup(command) => lookup(formatter, command),
            Self::Outlier(command) => outlier(formatter, command),
            Self::Parse(command) => parse(formatter, command),
            Self::Pattern(command) => write!(formatter, " {}", command.field),
            Self::RelevantFields(command) => {
                fields(formatter, &command.fields)?;
                write!(formatter, " where {}", command.condition)
            }
            Self::Sessionize(command) => sessionize(formatter, command),
            Self::Sort(command) => spaced(formatter, &command.keys),
            Self::Stats(command) => stats(formatter, command),
            Self::Unmask(command) => fields(formatter, &command.fields),
            Self::Unnest(command) => write!(formatter, " {} into {}", command.list, command.into),
        }
    }
}

impl Display for Output {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.only_empty { " OUTPUTNEW " } else { " OUTPUT " })?;
        list(formatter, &self.columns, |(column, alias)| format!("{column}{}", As(alias.as_ref())))
    }
}

/// ` as name`, if there is one.
struct As<'a>(Option<&'a Name>);

impl Display for As<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(formatter, " as {name}"),
            None => Ok(()),
        }
    }
}

fn spaced<T: Display>(formatter: &mut Formatter<'_>, values: &[T]) -> fmt::Result {
    formatter.write_str(" ")?;
    list(formatter, values, |value| value)
}

fn fields(formatter: &mut Formatter<'_>, fields: &[Field]) -> fmt::Result {
    if fields.is_empty() { Ok(()) } else { spaced(formatter, fields) }
}

/// A name whose stars stay outside of back-ticks.
fn stars(formatter: &mut Formatter<'_>, name: &Name) -> fmt::Result {
    formatter.write_str(" ")?;
    for (index, part) in name.text.split('*').enumerate() {
        if index > 0 {
            formatter.write_str("*")?;
        }
        if !part.is_empty() {
            write!(formatter, "{}", Ticked(part))?;
        }
    }
    Ok(())
}

fn addtotals(formatter: &mut Formatter<'_>, command: &Addtotals) -> fmt::Result {
    if let Some(name) = &command.field_name {
        write!(formatter, " fieldname={name}")?;
    }
    write!(formatter, " row={} col={}", command.row, command.col)?;
    fields(formatter, &command.fields)
}

fn filter_index(formatter: &mut Formatter<'_>, command: &FilterIndex) -> fmt::Result {
    if let [value] = command.values.as_slice() {
        return write!(formatter, " {} = {value}", command.field);
    }
    write!(formatter, " {} in [", command.field)?;
    list(formatter, &command.values, |value| value)?;
    formatter.write_str("]")
}

fn join(formatter: &mut Formatter<'_>, command: &Join) -> fmt::Result {
    let kind = match command.kind {
        JoinKind::Inner => "inner",
        JoinKind::Left => "left",
    };
    write!(formatter, " type={kind} left={} right={} where ", command.left, command.right)?;
    for (index, (first, second)) in command.on.iter().enumerate() {
        write!(formatter, "{}{first} = {second}", if index > 0 { " and " } else { "" })?;
    }
    write!(formatter, " ({})", command.query)
}

fn lookup(formatter: &mut Formatter<'_>, command: &Lookup) -> fmt::Result {
    write!(formatter, " {} ", command.table)?;
    list(formatter, &command.keys, |(column, field)| match field {
        Some(field) => format!("{column} as {field}"),
        None => column.to_string(),
    })?;
    write!(formatter, "{}", command.output)
}

fn outlier(formatter: &mut Formatter<'_>, command: &Outlier) -> fmt::Result {
    let action = match command.action {
        OutlierAction::Remove => "remove",
        OutlierAction::Transform => "transform",
    };
    let (param, use_lower, mark) = (command.param, command.use_lower, command.mark);
    write!(formatter, " action={action} param={param} uselower={use_lower} mark={mark}")?;
    fields(formatter, &command.fields)
}

fn parse(formatter: &mut Formatter<'_>, command: &Parse) -> fmt::Result {
    let multi = |multi: bool| if multi { " multi" } else { "" };
    match (&command.field, &command.mode) {
        (None, _) => {}
        (Some(field), ParseMode::Json { .. }) => write!(formatter, " field={field}")?,
        (Some(field), _) => write!(formatter, " {field}")?,
    }
    match &command.mode {
        ParseMode::Glob { pattern, names, multi: is_multi, .. } => {
            write!(formatter, " {}{} as", Text(pattern), multi(*is_multi))?;
            spaced(formatter, names)
        }
        ParseMode::Regex { regex, names, multi: is_multi } => {
            write!(formatter, " {regex}{}", multi(*is_multi))?;
            if names.is_empty() {
                return Ok(());
            }
            formatter.write_str(" as")?;
            spaced(formatter, names)
        }
        ParseMode::Logfmt { name } => write!(formatter, " logfmt as {name}"),
        ParseMode::Csv { names } => {
            formatter.write_str(" csv as")?;
            spaced(formatter, names)
        }
        ParseMode::Json { paths, names } => {
            formatter.write_str(" ")?;
            list(formatter, paths, |path| Text(path))?;
            formatter.write_str(" as")?;
            spaced(formatter, names)
        }
    }
}

fn sessionize(formatter: &mut Formatter<'_>, command: &Sessionize) -> fmt::Result {
    fields(formatter, &command.fields)?;
    if let Some(period) = command.max_span {
        write!(formatter, " maxspan {period}")?;
    }
    write!(formatter, "{}", As(command.alias.as_ref()))
}

fn stats(formatter: &mut Formatter<'_>, command: &Stats) -> fmt::Result {
    spaced(formatter, &command.aggregates)?;
    if !command.by.is_empty() {
        formatter.write_str(" by")?;
        spaced(formatter, &command.by)?;
    }
    match command.offset {
        Some(period) => write!(formatter, " offset {period}"),
        None => Ok(()),
    }
}
