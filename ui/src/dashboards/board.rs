//! One dashboard: its variables, its widgets on the grid, and what can be done with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::dashboards::{Dashboard, Widget, substitute};
use api::dashboard::DashboardAnswer;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde_json::Value;

use super::editor::Editor;
use super::variables::Variables;
use super::widget::WidgetView;
use crate::client;
use crate::load::{Load, act, load_if};
use crate::part::{Button, ButtonKind, EmptyState, Glyph, LinkButton, Loaded, Notice, Tone};
use crate::shell::{ScreenHead, use_toasts};
use crate::url::{Place, use_place};

/// What the reader chose for the variables; tracked.
pub(super) fn chosen(place: Place, board: &Dashboard) -> BTreeMap<String, String> {
    let choice = |name: &String| place.get(&format!("var.{name}")).map(|value| (name.clone(), value));
    board.variables.iter().filter_map(|variable| choice(&variable.name)).collect()
}

/// The screen.
#[component]
pub(crate) fn DashboardScreen() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let answer = load_if(move || Some(client::dashboard(id.get())));
    let title = Signal::derive(move || {
        answer.value.with(|answer| answer.as_ref().map_or("Dashboard".to_owned(), |answer| answer.info.title.clone()))
    });
    let draw = move |answer: Signal<Arc<DashboardAnswer>>| view! { <Opened answer /> }.into_any();
    view! {
        <ScreenHead title><HeadActions answer /></ScreenHead>
        <Loaded load=answer view=draw lines=10 />
    }
}

#[component]
fn HeadActions(answer: Load<DashboardAnswer>) -> impl IntoView {
    let place = use_place();
    let toasts = use_toasts();
    let editing = RwSignal::new(untrack(|| place.get("edit")).is_some());
    let copy = move |_| {
        let Some(answer) = answer.value.get_untracked() else { return };
        let document = copied(&answer.document);
        act(client::create_dashboard(document), move |made| match made {
            Ok(made) => {
                toasts.good(format!("{} is yours to change.", made.info.title));
                place.go(&untrack(|| place.href(&format!("/dashboards/{}", made.info.id), &[])));
            }
            Err(error) => toasts.bad(&error),
        });
    };
    let delete = move |_| {
        let Some(answer) = answer.value.get_untracked() else { return };
        if window().confirm_with_message(&format!("Delete the dashboard {}?", answer.info.title)).unwrap_or(false) {
            act(client::delete_dashboard(answer.info.id.clone()), move |done| match done {
                Ok(()) => place.go(&untrack(|| place.href("/dashboards", &[]))),
                Err(error) => toasts.bad(&error),
            });
        }
    };
    let own =
        Memo::new(move |_| answer.value.with(|answer| answer.as_ref().is_some_and(|answer| !answer.info.builtin)));
    view! {
        <LinkButton text="All dashboards" kind=ButtonKind::Plain href=Signal::derive(move || place.href("/dashboards", &[])) />
        <Button text="Copy" icon=Glyph::Copy testid="copy-dashboard" on_click=copy />
        <Show when=move || own.get()>
            <Button text="Edit" icon=Glyph::Edit testid="edit-dashboard" on_click=move |_| editing.set(true) />
            <Button text="Delete" icon=Glyph::Remove kind=ButtonKind::Danger testid="delete-dashboard" on_click=delete />
        </Show>
        {move || {
            // A refresh of the page must not throw away what is being written: the answer is read once.
            let stored = (editing.get() && own.get()).then(|| answer.value.get_untracked()).flatten()?;
            let done = Callback::new(move |changed: bool| {
                editing.set(false);
                if changed {
                    answer.retry();
                }
            });
            Some(view! { <Editor stored done /> })
        }}
    }
}

/// The document under another title.
fn copied(document: &Value) -> Value {
    let mut document = document.clone();
    if let Some(title) = document.get_mut("title") {
        *title = Value::String(format!("Copy of {}", title.as_str().unwrap_or("a dashboard")));
    }
    document
}

#[component]
fn Opened(answer: Signal<Arc<DashboardAnswer>>) -> impl IntoView {
    let place = use_place();
    let read = Memo::new(move |_| {
        ::dashboards::read(&answer.read().document)
            .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>())
    });
    open_at_its_range(place, read);
    move || match read.get() {
        Ok(board) => view! { <Board board /> }.into_any(),
        Err(mistakes) => {
            let lines = mistakes.into_iter().map(|mistake| view! { <li>{mistake}</li> }).collect_view();
            view! { <Notice tone=Tone::Fault><p>"This document cannot be drawn. Edit it and mend:"</p><ul>{lines}</ul></Notice> }.into_any()
        }
    }
}

/// A board opens with the range and refresh it names, unless the URL has its own.
fn open_at_its_range(place: Place, read: Memo<Result<Dashboard, Vec<String>>>) {
    let Ok(board) = read.get_untracked() else { return };
    if untrack(|| place.get("from").is_some() || place.get("live").is_some()) {
        return;
    }
    let to = Some(board.range.to.clone()).filter(|to| to != "now");
    let live = board.refresh_seconds.filter(|_| to.is_none()).map(|seconds| seconds.to_string());
    place.replace(&[("from", Some(board.range.from)), ("to", to), ("live", live)]);
}

#[component]
fn Board(board: Dashboard) -> impl IntoView {
    let place = use_place();
    let description = board.description.clone();
    let empty = board.widgets.is_empty();
    let board = StoredValue::new(board);
    let filled = Memo::new(move |_| board.with_value(|board| substitute(board, &chosen(place, board))));
    // A widget is drawn anew when its own document changes, not when its neighbour's does.
    let ids: Vec<String> = board.with_value(|board| board.widgets.iter().map(|widget| widget.id.clone()).collect());
    let widget_of =
        move |id: String| Memo::new(move |_| filled.read().widgets.iter().find(|widget| widget.id == id).cloned());
    let order = board.with_value(|board| {
        let places: Vec<_> = board.widgets.iter().map(|widget| widget.place).collect();
        ::dashboards::layout::reading_order(&places)
    });
    let draw = move |id: String| view! { <Placed widget=widget_of(id) /> };
    view! {
        {(!description.is_empty()).then(|| view! { <p class="quiet">{description}</p> })}
        <Variables board />
        {empty.then(|| view! { <EmptyState icon=Glyph::Dashboards title="No widgets yet" hint="Edit the dashboard and add widgets to its document, or copy a built-in board and change it." /> })}
        <div class="board" data-testid="board">{order.into_iter().filter_map(|at| ids.get(at).cloned()).map(draw).collect_view()}</div>
    }
}

/// A widget in its place on the grid.
#[component]
fn Placed(widget: Memo<Option<Widget>>) -> impl IntoView {
    move || {
        let widget = widget.get()?;
        let place = widget.place;
        let testid = format!("widget-{}", widget.kind.name());
        let title = widget.title.clone();
        Some(view! {
            <section class="card widget" data-testid=testid
                style:grid-column=format!("{} / span {}", place.x + 1, place.width) style:grid-row=format!("{} / span {}", place.y + 1, place.height)
                style:min-height=format!("{}px", place.height * 36 - 8)>
                {(!title.is_empty()).then(|| view! { <h2 class="widget-title cut" title=title.clone()>{title.clone()}</h2> })}
                <div class="widget-body"><WidgetView widget /></div>
            </section>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_a_title_of_its_own() {
        let document = serde_json::json!({"title": "Board", "widgets": []});
        assert_eq!(copied(&document), serde_json::json!({"title": "Copy of Board", "widgets": []}));
    }
}
