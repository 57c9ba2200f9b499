//! The legend: names that can be switched off, or a table with figures beside them.

use std::sync::Arc;

use leptos::prelude::*;

use super::data::{ChartData, ChartLine};
use crate::format;

/// What stands under a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LegendKind {
    /// Nothing.
    None,
    /// Names in a line.
    #[default]
    Names,
    /// A table with minimum, average, maximum and last value.
    Figures,
}

/// Minimum, average, maximum, last of a line. Pure.
fn figures(line: &ChartLine) -> Option<[f64; 4]> {
    let values: Vec<f64> = line.values.iter().copied().flatten().filter(|value| value.is_finite()).collect();
    let last = *values.last()?;
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some([low, values.iter().sum::<f64>() / values.len() as f64, high, last])
}

/// Shows a line again, or hides it; with the control key it alone is shown. Pure.
fn toggled(hidden: &[String], label: &str, all: &[String], alone: bool) -> Vec<String> {
    if alone {
        let others: Vec<String> = all.iter().filter(|other| *other != label).cloned().collect();
        return if hidden == others { Vec::new() } else { others };
    }
    let mut hidden = hidden.to_vec();
    match hidden.iter().position(|name| name == label) {
        Some(at) => drop(hidden.remove(at)),
        None => hidden.push(label.to_owned()),
    }
    hidden
}

/// The legend of a chart.
#[component]
pub(super) fn Legend(kind: LegendKind, data: Signal<Arc<ChartData>>, hidden: RwSignal<Vec<String>>) -> impl IntoView {
    let name = move |line: &ChartLine| {
        let (label, shown_label, title) = (line.label.clone(), line.label.clone(), line.label.clone());
        let colour = line.colour.clone();
        let pressed = {
            let label = label.clone();
            move || (!hidden.read().contains(&label)).to_string()
        };
        let toggle = move |event: leptos::ev::MouseEvent| {
            let all: Vec<String> =
                data.with_untracked(|data| data.lines.iter().map(|line| line.label.clone()).collect());
            let alone = event.ctrl_key() || event.meta_key();
            hidden.update(|hidden| *hidden = toggled(hidden, &label, &all, alone));
        };
        view! {
            <button type="button" class="legend-name" aria-pressed=pressed title=title on:click=toggle data-testid="legend-name">
                <i class=format!("swatch {colour}")></i><span class="cut">{shown_label}</span>
            </button>
        }
    };
    move || {
        let data = data.get();
        match kind {
            LegendKind::None => ().into_any(),
            LegendKind::Names => {
                // One line needs no legend: the title says what it is.
                let names = (data.lines.len() > 1).then(|| data.lines.iter().map(name).collect_view());
                view! { <div class="legend">{names}</div> }.into_any()
            }
            LegendKind::Figures => {
                let unit = data.unit.clone();
                let row = |line: &ChartLine| {
                    let cells = match figures(line) {
                        Some(figures) => figures
                            .map(|value| view! { <td class="num">{format::with_unit(value, &unit)}</td> })
                            .collect_view()
                            .into_any(),
                        None => view! { <td class="num quiet" colspan="4">"no data"</td> }.into_any(),
                    };
                    view! { <tr><td>{name(line)}</td>{cells}</tr> }
                };
                view! {
                    <div class="table-box legend-table">
                        <table class="table" aria-label="Lines" data-testid="legend">
                            <thead><tr><th>"Line"</th><th class="num">"Minimum"</th><th class="num">"Average"</th><th class="num">"Maximum"</th><th class="num">"Last"</th></tr></thead>
                            <tbody>{data.lines.iter().map(row).collect_view()}</tbody>
                        </table>
                    </div>
                }
                .into_any()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_switched_off_and_on_and_shown_alone() {
        let all = ["a", "b", "c"].map(str::to_owned).to_vec();
        let off = toggled(&[], "a", &all, false);
        assert_eq!(off, ["a"]);
        assert!(toggled(&off, "a", &all, false).is_empty());
        let alone = toggled(&[], "b", &all, true);
        assert_eq!(alone, ["a", "c"]);
        assert!(toggled(&alone, "b", &all, true).is_empty());
    }

    #[test]
    fn gaps_do_not_count() {
        let line =
            ChartLine { label: String::new(), colour: String::new(), values: vec![Some(1.0), None, Some(5.0), None] };
        assert_eq!(figures(&line), Some([1.0, 3.0, 5.0, 5.0]));
        assert_eq!(figures(&ChartLine { values: vec![None], ..line }), None);
    }
}
