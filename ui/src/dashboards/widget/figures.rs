//! Numbers: one, a ranking, a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::dashboards::summary::{summarize, summarize_all};
use ::dashboards::{Across, Column, Line, Summary, Threshold};
use api::metric::{Series, SeriesAnswer};
use leptos::prelude::*;

use super::{cut, load_lines};
use crate::dashboards::series::{name, tone_class};
use crate::format;
use crate::part::Loaded;

fn unit_of(unit: Option<&String>, answer: &SeriesAnswer) -> String {
    unit.cloned().unwrap_or_else(|| answer.unit.clone())
}

fn labels(series: &Series) -> String {
    let values: Vec<&str> =
        series.labels.values().map(|value| if value.is_empty() { "(none)" } else { value }).collect();
    values.join(" · ")
}

/// One number, in the tone of the last threshold it reaches.
#[component]
pub(super) fn Figure(
    line: Line,
    summary: Summary,
    across: Across,
    unit: Option<String>,
    thresholds: Vec<Threshold>,
) -> impl IntoView {
    let answers = load_lines(vec![line], None);
    let draw = move |answers: Signal<Arc<Vec<SeriesAnswer>>>| {
        let (unit, thresholds) = (unit.clone(), thresholds.clone());
        let number = move || {
            let answers = answers.get();
            let Some(answer) = answers.first() else { return ().into_any() };
            let Some((number, of)) = summarize_all(&answer.series, summary, across) else {
                return view! { <b class="figure-value quiet">"–"</b><span class="figure-note">"no data"</span> }
                    .into_any();
            };
            let reached = thresholds
                .iter()
                .filter(|threshold| number >= threshold.value)
                .max_by(|a, b| a.value.total_cmp(&b.value));
            let class = reached.map_or("figure-value".to_owned(), |threshold| {
                format!("figure-value tone-{}", tone_class(threshold.tone))
            });
            let note = of.and_then(|at| answer.series.get(at)).map(labels).unwrap_or_default();
            view! { <b class=class>{format::with_unit(number, &unit_of(unit.as_ref(), answer))}</b><span class="figure-note cut">{note}</span> }.into_any()
        };
        view! { <div class="widget-figure">{number}</div>{cut(answers)} }.into_any()
    };
    view! { <Loaded load=answers view=draw lines=2 /> }
}

/// Says how many rows of how many a widget has room for.
fn shown(limit: u32, all: usize) -> Option<AnyView> {
    (all > limit as usize).then(|| {
        view! { <p class="widget-cut" data-testid="truncated">{format!("the first {limit} of {all}")}</p> }.into_any()
    })
}

/// The lines with a number, largest first. Pure.
fn ranking(series: &[Series], summary: Summary) -> Vec<(String, f64)> {
    let mut ranking: Vec<_> =
        series.iter().filter_map(|line| Some((labels(line), summarize(&line.values, summary)?))).collect();
    ranking.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranking
}

/// Bars, the largest first.
#[component]
pub(super) fn Top(line: Line, summary: Summary, limit: u32, unit: Option<String>) -> impl IntoView {
    let answers = load_lines(vec![line], None);
    let draw = move |answers: Signal<Arc<Vec<SeriesAnswer>>>| {
        let unit = unit.clone();
        let bars = move || {
            let answers = answers.get();
            let Some(answer) = answers.first() else { return ().into_any() };
            let unit = unit_of(unit.as_ref(), answer);
            let ranking = ranking(&answer.series, summary);
            let most = ranking.first().map_or(1.0, |(_, number)| number.abs().max(f64::MIN_POSITIVE));
            if ranking.is_empty() {
                return view! { <p class="quiet">"No data in this time range"</p> }.into_any();
            }
            let bar = |(label, number): (String, f64)| {
                let width = format!("{:.1}%", (number / most * 100.0).clamp(0.0, 100.0));
                view! {
                    <li class="top-row"><span class="cut" title=label.clone()>{label.clone()}</span><b>{format::with_unit(number, &unit)}</b><i style:width=width></i></li>
                }
            };
            let rest = shown(limit, ranking.len());
            view! { <ol>{ranking.into_iter().take(limit as usize).map(bar).collect_view()}</ol>{rest} }.into_any()
        };
        view! { {bars}{cut(answers)} }.into_any()
    };
    view! { <Loaded load=answers view=draw /> }
}

/// A row of the table: its labels and a number for each column.
type Row = (String, Vec<Option<f64>>);

/// Rows by labels, the largest of the first column first. Pure.
fn rows(columns: &[Column], answers: &[SeriesAnswer]) -> Vec<Row> {
    let mut rows: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
    for (at, (column, answer)) in columns.iter().zip(answers).enumerate() {
        for series in &answer.series {
            let row = rows.entry(labels(series)).or_insert_with(|| vec![None; columns.len()]);
            row[at] = summarize(&series.values, column.summary);
        }
    }
    let mut rows: Vec<Row> = rows.into_iter().collect();
    let first = |row: &Row| row.1.first().copied().flatten().unwrap_or(f64::NEG_INFINITY);
    rows.sort_by(|a, b| first(b).total_cmp(&first(a)));
    rows
}

/// A table of numbers.
#[component]
pub(super) fn Figures(columns: Vec<Column>, limit: u32) -> impl IntoView {
    let answers = load_lines(columns.iter().map(|column| column.line.clone()).collect(), None);
    let draw = move |answers: Signal<Arc<Vec<SeriesAnswer>>>| {
        let (columns, counted) = (columns.clone(), columns.clone());
        let head = columns.iter().map(|column| view! { <th class="num">{name(&column.line)}</th> }).collect_view();
        let body = move || {
            let answers = answers.get();
            let units: Vec<String> = columns
                .iter()
                .zip(answers.iter())
                .map(|(column, answer)| unit_of(column.unit.as_ref(), answer))
                .collect();
            let row = |(label, numbers): Row| {
                let cells = numbers.iter().zip(&units).map(|(number, unit)| view! { <td class="num">{number.map_or("–".to_owned(), |number| format::with_unit(number, unit))}</td> });
                view! { <tr><td>{if label.is_empty() { "all".to_owned() } else { label }}</td>{cells.collect_view()}</tr> }
            };
            rows(&columns, &answers).into_iter().take(limit as usize).map(row).collect_view()
        };
        let rest = move || answers.with(|answers| shown(limit, rows(&counted, answers).len()));
        view! { <table class="table"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>{rest}{cut(answers)} }.into_any()
    };
    view! { <Loaded load=answers view=draw /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str, values: &[f64]) -> Series {
        Series {
            labels: BTreeMap::from([("k".to_owned(), name.to_owned())]),
            values: values.iter().copied().map(Some).collect(),
        }
    }

    #[test]
    fn the_largest_comes_first_and_no_data_is_no_bar() {
        let lines = [series("a", &[1.0, 2.0]), series("b", &[5.0]), series("c", &[])];
        assert_eq!(ranking(&lines, Summary::Sum), [("b".to_owned(), 5.0), ("a".to_owned(), 3.0)]);
    }
}
