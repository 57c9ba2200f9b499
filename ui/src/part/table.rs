//! A table that sorts: for lists of some hundred rows. Longer ones take a [`super::VirtualList`].

use std::cmp::Ordering;
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::icon::{Glyph, Icon};

type Cell<T> = Arc<dyn Fn(&T) -> AnyView + Send + Sync>;
type Compare<T> = fn(&T, &T) -> Ordering;

/// A column.
pub(crate) struct Column<T> {
    title: &'static str,
    cell: Cell<T>,
    compare: Option<Compare<T>>,
    numeric: bool,
    wide: bool,
}

impl<T> Clone for Column<T> {
    fn clone(&self) -> Self {
        Self {
            title: self.title,
            cell: Arc::clone(&self.cell),
            compare: self.compare,
            numeric: self.numeric,
            wide: self.wide,
        }
    }
}

impl<T> Column<T> {
    /// A column of text.
    pub(crate) fn new(title: &'static str, cell: impl Fn(&T) -> AnyView + Send + Sync + 'static) -> Self {
        Self { title, cell: Arc::new(cell), compare: None, numeric: false, wide: false }
    }

    /// Can be sorted by; the first click gives this order.
    pub(crate) fn sorted_by(mut self, compare: Compare<T>) -> Self {
        self.compare = Some(compare);
        self
    }

    /// Aligned to the right.
    pub(crate) fn numeric(mut self) -> Self {
        self.numeric = true;
        self
    }

    /// Takes a line of its own on a small screen.
    pub(crate) fn wide(mut self) -> Self {
        self.wide = true;
        self
    }
}

/// A table. On a small screen each row becomes a card with the column titles as labels.
#[component]
pub(crate) fn Table<T>(
    #[prop(into)] rows: Signal<Vec<Arc<T>>>,
    columns: Vec<Column<T>>,
    /// What the table shows, for screen readers.
    #[prop(into)]
    label: String,
    /// Where a click on a row goes, besides the links in it.
    #[prop(optional, into)]
    on_row: Option<Callback<Arc<T>>>,
    #[prop(optional, into)] testid: Option<String>,
) -> impl IntoView
where
    T: Send + Sync + 'static,
{
    let sort = RwSignal::new(None::<(usize, bool)>);
    let columns = Arc::new(columns);
    let body_columns = Arc::clone(&columns);
    let compares: Vec<Option<Compare<T>>> = columns.iter().map(|column| column.compare).collect();
    let ordered = move || {
        let mut rows = rows.get();
        if let Some((at, reverse)) = sort.get()
            && let Some(compare) = compares.get(at).copied().flatten()
        {
            rows.sort_by(|a, b| if reverse { compare(b, a) } else { compare(a, b) });
        }
        rows
    };
    let body = move || {
        ordered()
            .into_iter()
            .map(|row| {
                let cells = body_columns.iter().map(|column| cell(column, &row)).collect_view();
                view! { <tr class:go=on_row.is_some() data-testid="row" on:click=move |event| follow(&event, on_row, &row)>{cells}</tr> }
            })
            .collect_view()
    };
    let head = columns.iter().enumerate().map(|(at, column)| header(at, column, sort)).collect_view();
    view! {
        <div class="table-box">
            <table class="table cards" aria-label=label data-testid=testid>
                <thead><tr>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

fn cell<T>(column: &Column<T>, row: &Arc<T>) -> impl IntoView + use<T> {
    view! { <td class:num=column.numeric class:wide=column.wide data-label=column.title>{(column.cell)(row)}</td> }
}

fn header<T>(at: usize, column: &Column<T>, sort: RwSignal<Option<(usize, bool)>>) -> impl IntoView + use<T> {
    let title = column.title;
    let direction = move || sort.get().filter(|(sorted, _)| *sorted == at).map(|(_, reverse)| reverse);
    let content = match column.compare {
        None => title.into_any(),
        Some(_) => {
            let click = move |_| sort.update(|sort| *sort = next_sort(*sort, at));
            let mark = move || {
                direction()
                    .map(|reverse| view! { <Icon glyph=if reverse { Glyph::Up } else { Glyph::Down } size=10 /> })
            };
            view! { <button type="button" on:click=click>{title}{mark}</button> }.into_any()
        }
    };
    let aria = move || direction().map(|reverse| if reverse { "descending" } else { "ascending" });
    view! { <th scope="col" class:num=column.numeric aria-sort=aria>{content}</th> }
}

/// First this column's order, then the reverse, then the list's own.
fn next_sort(sort: Option<(usize, bool)>, at: usize) -> Option<(usize, bool)> {
    match sort {
        Some((sorted, false)) if sorted == at => Some((at, true)),
        Some((sorted, true)) if sorted == at => None,
        _ => Some((at, false)),
    }
}

/// A click beside the links and buttons of a row follows the row.
fn follow<T>(event: &leptos::ev::MouseEvent, on_row: Option<Callback<Arc<T>>>, row: &Arc<T>)
where
    T: Send + Sync + 'static,
{
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let on_control = target.is_some_and(|element| matches!(element.closest("a, button, input, select"), Ok(Some(_))));
    if let (Some(on_row), false) = (on_row, on_control) {
        on_row.run(Arc::clone(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_click_gives_the_own_order_back() {
        let first = next_sort(None, 2);
        let second = next_sort(first, 2);
        assert_eq!((first, second, next_sort(second, 2)), (Some((2, false)), Some((2, true)), None));
        assert_eq!(next_sort(second, 1), Some((1, false)));
    }
}
