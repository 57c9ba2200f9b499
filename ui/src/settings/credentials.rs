//! Ingest keys and API tokens: made (the secret is shown once), listed, deleted.

use std::sync::Arc;

use api::auth::{Credential, CredentialList, NewCredential};
use api::paths;
use leptos::prelude::*;

use crate::client;
use crate::load::{Load, act, load};
use crate::part::{
    Button, ButtonKind, Card, Code, Column, EmptyState, Glyph, Loaded, Moment, Notice, Panel, Table, TextField, Tone,
};
use crate::shell::{Toasts, use_toasts};

/// Which of the two.
#[derive(Clone, Copy)]
struct Kind {
    list: &'static str,
    one: &'static str,
    title: &'static str,
    word: &'static str,
    empty: &'static str,
    testid: &'static str,
    expires: bool,
}

const INGEST: Kind = Kind {
    list: paths::INGEST_KEYS,
    one: paths::INGEST_KEY,
    title: "Ingest keys",
    word: "ingest key",
    empty: "Give each sender a key of its own; it goes along as x-api-key or bearer token. With authentication off none is asked for, and anybody who reaches the OTLP ports may send.",
    testid: "ingest-keys",
    expires: false,
};

const TOKENS: Kind = Kind {
    list: paths::API_TOKENS,
    one: paths::API_TOKEN,
    title: "API tokens",
    word: "API token",
    empty: "A token lets a script or Grafana ask the API; it goes along as Authorization: Bearer.",
    testid: "api-tokens",
    expires: true,
};

/// Keys for senders.
#[component]
pub(super) fn IngestKeys() -> impl IntoView {
    view! { <Credentials kind=INGEST /> }
}

/// Tokens for readers.
#[component]
pub(super) fn ApiTokens() -> impl IntoView {
    view! { <Credentials kind=TOKENS /> }
}

#[component]
fn Credentials(kind: Kind) -> impl IntoView {
    let toasts = use_toasts();
    let list = load(move || client::credentials(kind.list));
    let adding = RwSignal::new(false);
    let table = move |answer: Signal<Arc<CredentialList>>| {
        let rows = Signal::derive(move || answer.get().credentials.iter().cloned().map(Arc::new).collect::<Vec<_>>());
        view! {
            <Show when=move || !rows.read().is_empty() fallback=move || view! { <EmptyState title=format!("No {}s yet", kind.word) hint=kind.empty /> }>
                <Table rows columns=columns(kind, list, toasts) label=kind.title />
            </Show>
        }
        .into_any()
    };
    let actions = move || view! { <Button text="Add" icon=Glyph::Add testid=format!("add-{}", kind.testid) on_click=move |_| adding.set(true) /> };
    view! {
        <Card title=kind.title actions testid=kind.testid><Loaded load=list view=table lines=2 /></Card>
        <Show when=move || adding.get()><New kind done=Callback::new(move |()| { adding.set(false); list.retry() }) /></Show>
    }
}

fn columns(kind: Kind, list: Load<CredentialList>, toasts: Toasts) -> Vec<Column<Credential>> {
    let mut columns = vec![
        Column::new("Name", |credential: &Credential| {
            view! { <b class="strong">{credential.name.clone()}</b> }.into_any()
        })
        .sorted_by(|a, b| a.name.cmp(&b.name)),
        Column::new("Known by", |credential: &Credential| {
            let more = if credential.prefix.starts_with('…') { "" } else { "…" };
            view! { <span class="mono">{credential.prefix.clone()}{more}</span> }.into_any()
        }),
        Column::new("Created", |credential: &Credential| {
            view! { <span class="quiet"><Moment at=credential.created_at_unix_nano /></span> }.into_any()
        }),
    ];
    if kind.expires {
        columns.push(Column::new("Ends", |credential: &Credential| match credential.expires_at_unix_nano {
            Some(at) => view! { <span class="quiet"><Moment at /></span> }.into_any(),
            None => "never".into_any(),
        }));
    }
    let delete = move |credential: &Credential| {
        let id = credential.id.clone();
        let question =
            format!("Delete the {} {}? Whoever uses it is refused from then on.", kind.word, credential.name);
        let click = move |_| {
            if window().confirm_with_message(&question).unwrap_or(false) {
                act(client::delete_credential(kind.one, id.clone()), move |answer| match answer {
                    Ok(()) => list.retry(),
                    Err(error) => toasts.bad(&error),
                });
            }
        };
        view! { <Button text="Delete" icon=Glyph::Remove icon_only=true kind=ButtonKind::Danger on_click=click /> }
            .into_any()
    };
    columns.push(Column::new("", delete).numeric());
    columns
}

/// The form, and then the secret.
#[component]
fn New(kind: Kind, done: Callback<()>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let days = RwSignal::new("90".to_owned());
    let failure = RwSignal::new(None::<api::ApiError>);
    let made = RwSignal::new(None::<Credential>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let expires_in_days = if kind.expires { days.get_untracked().trim().parse().ok() } else { None };
        let credential = NewCredential { name: name.get_untracked().trim().to_owned(), expires_in_days };
        act(client::create_credential(kind.list, credential), move |answer| match answer {
            Ok(credential) => made.set(Some(credential)),
            Err(error) => failure.set(Some(error)),
        });
    };
    let form = move || {
        view! {
            <form class="stack" on:submit=send>
                <TextField label="Name" value=name testid="credential-name" placeholder="checkout-functions" hint="What it is for; it is listed under this name." />
                {kind.expires.then(|| view! { <TextField label="Days until it ends" value=days kind="number" testid="credential-days" hint="1 to 3650." /> })}
                {move || failure.get().map(|error| view! { <Notice tone=Tone::Fault>{error.error.message}" "{error.error.hint}</Notice> })}
                <div><Button text="Create" kind=ButtonKind::Primary kind_of="submit" testid="create-credential" on_click=|_| () /></div>
            </form>
        }
    };
    view! {
        <Panel title=format!("Add {}", kind.word) on_close=done testid="credential-panel">
            {move || match made.get() {
                None => form().into_any(),
                Some(credential) => view! {
                    <div class="stack">
                        <Notice tone=Tone::Ok>"The "{kind.word}" "<b>{credential.name}</b>" is made. It is shown only now: keep it where it is used."</Notice>
                        <div data-testid="credential-secret"><Code text=credential.secret.unwrap_or_default() /></div>
                        <div><Button text="Done" kind=ButtonKind::Primary testid="credential-done" on_click=move |_| done.run(()) /></div>
                    </div>
                }.into_any(),
            }}
        </Panel>
    }
}
