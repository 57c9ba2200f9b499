//! Promoted attributes: which have columns beside the built-in ones, how much of the tables has them; added, removed.

use std::sync::Arc;

use api::promoted::{
    PromotedAttribute, PromotedAttributes, PromotedPlace, PromotedRequest, PromotedSource, PromotedSpec, PromotedType,
};
use leptos::prelude::*;

use crate::client;
use crate::format;
use crate::load::{Load, act, load};
use crate::part::{
    Button, ButtonKind, Card, Column, EmptyState, Glyph, Labelled, Loaded, Notice, Panel, Select, Table, TextField,
    Tone,
};
use crate::shell::{Toasts, use_toasts};

const TYPES: [(&str, PromotedType); 4] = [
    ("text", PromotedType::Text),
    ("integer", PromotedType::Integer),
    ("double", PromotedType::Double),
    ("boolean", PromotedType::Boolean),
];

const PLACES: [(&str, PromotedPlace); 2] = [("record", PromotedPlace::Record), ("resource", PromotedPlace::Resource)];

const EMPTY: &str = "An attribute with a column of its own is searched, grouped and summed without reading all the others of a row. Add those that you often filter by; answers stay the same.";

/// The card.
#[component]
pub(super) fn PromotedCard() -> impl IntoView {
    let toasts = use_toasts();
    let list = load(client::promoted_attributes);
    let adding = RwSignal::new(false);
    let table = move |answer: Signal<Arc<PromotedAttributes>>| {
        let rows = Signal::derive(move || {
            answer.get().attributes.iter().filter(|a| !is_built_in(a)).cloned().map(Arc::new).collect::<Vec<_>>()
        });
        let summary = move || {
            let answer = answer.get();
            let built_in = answer.attributes.iter().filter(|attribute| is_built_in(attribute)).count();
            format!(
                "{built_in} attributes of the semantic conventions always have columns. Of further ones there are {} of at most {}.",
                answer.columns, answer.columns_max
            )
        };
        let problems = move || {
            let problems = answer.get().problems.clone();
            problems.into_iter().map(|problem| view! { <Notice tone=Tone::Error>{problem}</Notice> }).collect_view()
        };
        view! {
            <div class="card-body stack"><span class="quiet" data-testid="promoted-summary">{summary}</span>{problems}</div>
            <Show when=move || !rows.read().is_empty() fallback=|| view! { <EmptyState title="Nothing beside the built-in ones" hint=EMPTY /> }>
                <Table rows columns=columns(list, toasts) label="Promoted attributes" />
            </Show>
        }
        .into_any()
    };
    let actions = move || view! { <Button text="Add" icon=Glyph::Add testid="add-promoted" on_click=move |_| adding.set(true) /> };
    view! {
        <Card title="Promoted attributes" actions testid="promoted"><Loaded load=list view=table lines=2 /></Card>
        <Show when=move || adding.get()><New list done=Callback::new(move |()| { adding.set(false); list.retry() }) /></Show>
    }
}

fn is_built_in(attribute: &PromotedAttribute) -> bool {
    attribute.source == PromotedSource::BuiltIn
}

fn columns(list: Load<PromotedAttributes>, toasts: Toasts) -> Vec<Column<PromotedAttribute>> {
    let remove = move |attribute: &PromotedAttribute| {
        if attribute.source != PromotedSource::OnDemand {
            return ().into_any();
        }
        let name = attribute.name.clone();
        let question = format!("Promote {name} no more? Answers stay the same; searches for it may become slower.");
        let click = move |_| {
            if window().confirm_with_message(&question).unwrap_or(false) {
                let Some(answer) = list.value.get_untracked() else { return };
                let mut request = on_demand(&answer);
                request.attributes.retain(|spec| spec.name != name);
                act(client::promote(request), move |answer| match answer {
                    Ok(_) => list.retry(),
                    Err(error) => toasts.bad(&error),
                });
            }
        };
        view! { <Button text="Remove" icon=Glyph::Remove icon_only=true kind=ButtonKind::Danger on_click=click /> }
            .into_any()
    };
    vec![
        Column::new("Attribute", |attribute: &PromotedAttribute| {
            view! { <b class="strong">{attribute.name.clone()}</b> }.into_any()
        })
        .sorted_by(|a, b| a.name.cmp(&b.name)),
        Column::new("Column", |attribute: &PromotedAttribute| {
            view! { <span class="mono">{attribute.column.clone()}</span> }.into_any()
        }),
        Column::new("Type", |attribute: &PromotedAttribute| kind(attribute).into_any()),
        Column::new("By", |attribute: &PromotedAttribute| source(attribute.source).into_any()),
        Column::new("Rows in files", |attribute: &PromotedAttribute| covered(attribute).into_any()).numeric(),
        Column::new("", remove).numeric(),
    ]
}

fn kind(attribute: &PromotedAttribute) -> String {
    let name = TYPES.iter().find(|(_, of)| *of == attribute.column_type).map_or("", |(name, _)| name);
    match attribute.place {
        PromotedPlace::Record => name.to_owned(),
        PromotedPlace::Resource => format!("{name}, of the resource"),
    }
}

fn source(source: PromotedSource) -> &'static str {
    match source {
        PromotedSource::BuiltIn => "built in",
        PromotedSource::Configuration => "configuration",
        PromotedSource::OnDemand => "on demand",
        PromotedSource::Retired => "nobody any more",
    }
}

/// How much of all tables has the column.
fn covered(attribute: &PromotedAttribute) -> String {
    let sum = |of: fn(&api::promoted::PromotedCoverage) -> u64| attribute.coverage.iter().map(of).sum::<u64>();
    format::share(sum(|coverage| coverage.rows_with_column), sum(|coverage| coverage.rows))
}

/// What is promoted on demand, as it would be asked for again.
fn on_demand(answer: &PromotedAttributes) -> PromotedRequest {
    let asked = answer.attributes.iter().filter(|attribute| attribute.source == PromotedSource::OnDemand);
    let spec = |attribute: &PromotedAttribute| PromotedSpec {
        name: attribute.name.clone(),
        column_type: attribute.column_type,
        place: attribute.place,
    };
    PromotedRequest { attributes: asked.map(spec).collect() }
}

/// The form.
#[component]
fn New(list: Load<PromotedAttributes>, done: Callback<()>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let column_type = RwSignal::new("text".to_owned());
    let place = RwSignal::new("record".to_owned());
    let failure = RwSignal::new(None::<api::ApiError>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(answer) = list.value.get_untracked() else { return };
        let mut request = on_demand(&answer);
        request.attributes.push(PromotedSpec {
            name: name.get_untracked().trim().to_owned(),
            column_type: chosen(&TYPES, &column_type.get_untracked()),
            place: chosen(&PLACES, &place.get_untracked()),
        });
        act(client::promote(request), move |answer| match answer {
            Ok(_) => done.run(()),
            Err(error) => failure.set(Some(error)),
        });
    };
    let types = TYPES.map(|(name, _)| (name.to_owned(), name.to_owned())).to_vec();
    let places = vec![
        ("record".to_owned(), "the span, log record or data point".to_owned()),
        ("resource".to_owned(), "the resource".to_owned()),
    ];
    view! {
        <Panel title="Promote an attribute" on_close=done testid="promoted-panel">
            <form class="stack" on:submit=send>
                <TextField label="Attribute" value=name testid="promoted-name" placeholder="app.plan" hint="Its name, as it is sent." />
                <Labelled text="Type" of="promoted-type">
                    <Select value=column_type options=types label="Type" id="promoted-type" testid="promoted-type" on_change=move |text| column_type.set(text) />
                </Labelled>
                <Labelled text="Attribute of" of="promoted-place">
                    <Select value=place options=places label="Attribute of" id="promoted-place" testid="promoted-place" on_change=move |text| place.set(text) />
                </Labelled>
                {move || failure.get().map(|error| view! { <Notice tone=Tone::Fault>{error.error.message}" "{error.error.hint}</Notice> })}
                <div><Button text="Promote" kind=ButtonKind::Primary kind_of="submit" testid="promote" on_click=|_| () /></div>
            </form>
        </Panel>
    }
}

fn chosen<T: Copy>(choices: &[(&str, T)], name: &str) -> T {
    choices.iter().find(|(choice, _)| *choice == name).unwrap_or(&choices[0]).1
}

#[cfg(test)]
mod tests {
    use api::promoted::PromotedCoverage;

    use super::*;

    fn attribute(name: &str, source: PromotedSource) -> PromotedAttribute {
        let coverage = |table: &str, rows, rows_with_column| PromotedCoverage {
            table: table.to_owned(),
            segments: 2,
            segments_with_column: 1,
            rows,
            rows_with_column,
        };
        PromotedAttribute {
            name: name.to_owned(),
            column: name.replace('.', "_"),
            column_type: PromotedType::Double,
            place: PromotedPlace::Resource,
            older_names: Vec::new(),
            source,
            since_unix_nano: None,
            coverage: vec![coverage("spans", 300, 50), coverage("logs", 100, 50)],
        }
    }

    #[test]
    fn what_is_sent_again_is_what_was_promoted_on_demand() {
        let answer = PromotedAttributes {
            attributes: vec![
                attribute("a", PromotedSource::BuiltIn),
                attribute("b", PromotedSource::OnDemand),
                attribute("c", PromotedSource::Configuration),
                attribute("d", PromotedSource::Retired),
            ],
            problems: Vec::new(),
            columns: 3,
            columns_max: 100,
        };
        let expected =
            PromotedSpec { name: "b".into(), column_type: PromotedType::Double, place: PromotedPlace::Resource };
        assert_eq!(on_demand(&answer).attributes, [expected]);
        assert_eq!(kind(&answer.attributes[1]), "double, of the resource");
        assert_eq!(covered(&answer.attributes[1]), format::share(1, 4));
    }
}
