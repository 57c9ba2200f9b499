//! Numbers: one, a ranking, a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::dashboards::summary::{summarize, summarize_all};
use ::dashboards::{Across, Column, Line, Summary, Threshold};
use api::Truncation;
use api::metric::{Series, SeriesAnswer};
use leptos::prelude::*;

use super::load_lines;
use crate::chart::Trend;
use crate::dashboards::cut;
use crate::dashboards::series::{name, tone_class};
use crate::format;
use crate::part::{Cuts, Loaded};

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
            let course = course(&answer.series, of, across);
            // One point is no course.
            let drawn = (course.iter().flatten().count() > 1).then(|| view! { <Trend values=course /> });
            view! {
                <b class=class>{format::with_unit(number, &unit_of(unit.as_ref(), answer))}</b>
                <span class="figure-note cut">{note}</span>
                {drawn}
            }
            .into_any()
        };
        let cuts = Signal::derive(move || cut::of_answers(&answers.read()));
        view! { <div class="widget-figure">{number}</div><Cuts cuts /> }.into_any()
    };
    view! { <Loaded load=answers view=draw lines=2 /> }
}

/// The course of the number: of the line it is of, or of all in each period. Pure.
fn course(series: &[Series], of: Option<usize>, across: Across) -> Vec<Option<f64>> {
    if let Some(line) = of.and_then(|at| series.get(at)) {
        return line.values.clone();
    }
    let periods = series.iter().map(|line| line.values.len()).max().unwrap_or(0);
    let at = |period: usize| {
        let values: Vec<f64> = series.iter().filter_map(|line| line.values.get(period).copied().flatten()).collect();
        let sum = values.iter().copied().reduce(|a, b| a + b)?;
        Some(if across == Across::Average { sum / values.len() as f64 } else { sum })
    };
    (0..periods).map(at).collect()
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
    let limit = limit as usize;
    let draw = move |answers: Signal<Arc<Vec<SeriesAnswer>>>| {
        let unit = unit.clone();
        let ranked = Memo::new(move |_| {
            answers.with(|answers| answers.first().map(|answer| ranking(&answer.series, summary)).unwrap_or_default())
        });
        let cuts = Signal::derive(move || with_own(&answers.read(), ranked.read().len(), limit, "lines"));
        let bars = move || {
            let answers = answers.get();
            let Some(answer) = answers.first() else { return ().into_any() };
            let unit = unit_of(unit.as_ref(), answer);
            let ranking = ranked.get();
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
            view! { <ol>{ranking.into_iter().take(limit).map(bar).collect_view()}</ol> }.into_any()
        };
        view! { {bars}<Cuts cuts /> }.into_any()
    };
    view! { <Loaded load=answers view=draw /> }
}

/// What the server and the widget's limit left out. Pure.
fn with_own(answers: &[SeriesAnswer], found: usize, limit: usize, things: &str) -> Vec<Truncation> {
    cut::own(found, limit, things).into_iter().chain(cut::of_answers(answers)).collect()
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
    let limit = limit as usize;
    let answers = load_lines(columns.iter().map(|column| column.line.clone()).collect(), None);
    let draw = move |answers: Signal<Arc<Vec<SeriesAnswer>>>| {
        let columns = columns.clone();
        let of_columns = columns.clone();
        let rows = Memo::new(move |_| answers.with(|answers| rows(&of_columns, answers)));
        let cuts = Signal::derive(move || with_own(&answers.read(), rows.read().len(), limit, "rows"));
        let names: Vec<String> = columns.iter().map(|column| name(&column.line)).collect();
        let head = move || names.iter().map(|name| view! { <th class="num">{name.clone()}</th> }).collect_view();
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
            rows.get().into_iter().take(limit).map(row).collect_view()
        };
        view! {
            <Show when=move || !rows.read().is_empty() fallback=|| view! { <p class="quiet">"No data in this time range"</p> }>
                <table class="table"><thead><tr><th></th>{head.clone()}</tr></thead><tbody>{body.clone()}</tbody></table>
            </Show>
            <Cuts cuts />
        }
        .into_any()
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
    fn the_course_is_that_of_the_number() {
        let lines = [series("a", &[1.0, 2.0]), series("b", &[5.0])];
        assert_eq!(course(&lines, Some(1), Across::Maximum), [Some(5.0)]);
        assert_eq!(course(&lines, None, Across::Sum), [Some(6.0), Some(2.0)]);
        assert_eq!(course(&lines, None, Across::Average), [Some(3.0), Some(2.0)]);
    }

    #[test]
    fn the_largest_comes_first_and_no_data_is_no_bar() {
        let lines = [series("a", &[1.0, 2.0]), series("b", &[5.0]), series("c", &[])];
        assert_eq!(ranking(&lines, Summary::Sum), [("b".to_owned(), 5.0), ("a".to_owned(), 3.0)]);
    }
}
