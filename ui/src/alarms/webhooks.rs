//! Webhooks: made (the secret is shown once), tried, deleted.

use std::sync::Arc;

use api::alarm::{Webhook, WebhookList, WebhookSpec};
use leptos::prelude::*;

use crate::client;
use crate::load::{Load, act, load};
use crate::part::{
    Button, ButtonKind, Card, Code, Column, EmptyState, Glyph, Loaded, Moment, Notice, Panel, Table, TextField, Tone,
};
use crate::shell::{Toasts, use_toasts};

/// The list of webhooks.
#[component]
pub(super) fn WebhooksCard() -> impl IntoView {
    let toasts = use_toasts();
    let webhooks = load(client::webhooks);
    let adding = RwSignal::new(false);
    let table = move |list: Signal<Arc<WebhookList>>| {
        let rows = Signal::derive(move || list.get().webhooks.iter().cloned().map(Arc::new).collect::<Vec<_>>());
        view! {
            <Show when=move || !list.read().webhooks.is_empty() fallback=|| view! {
                <EmptyState title="No webhooks yet" hint="A webhook is an address that alarms post to when they change their state, signed as Standard Webhooks says." />
            }>
                <Table rows columns=columns(webhooks, toasts) label="Webhooks" testid="webhook-table" />
            </Show>
        }
        .into_any()
    };
    let actions = move || view! { <Button text="Add webhook" icon=Glyph::Add testid="add-webhook" on_click=move |_| adding.set(true) /> };
    view! {
        <Card title="Webhooks" actions testid="webhooks"><Loaded load=webhooks view=table lines=3 /></Card>
        <Show when=move || adding.get()>
            <NewWebhook done=Callback::new(move |()| { adding.set(false); webhooks.retry() }) />
        </Show>
    }
}

fn columns(webhooks: Load<WebhookList>, toasts: Toasts) -> Vec<Column<Webhook>> {
    vec![
        Column::new("Name", |webhook: &Webhook| view! { <b class="strong">{webhook.name.clone()}</b> }.into_any()).sorted_by(|a, b| a.name.cmp(&b.name)),
        Column::new("Address", |webhook: &Webhook| view! { <span class="mono breakable">{webhook.url.clone()}</span> }.into_any()).wide(),
        Column::new("Created", |webhook: &Webhook| view! { <span class="quiet"><Moment at=webhook.created_at_unix_nano /></span> }.into_any()),
        Column::new("", move |webhook: &Webhook| {
            let (id, name) = (webhook.id.clone(), webhook.name.clone());
            let test = move |_| {
                let name = name.clone();
                act(client::test_webhook(id.clone()), move |answer| match answer {
                    Ok(()) => toasts.good(format!("{name} took the test notification.")),
                    Err(error) => toasts.bad(&error),
                });
            };
            let id = webhook.id.clone();
            let question = format!("Delete the webhook {}? Alarms that call it will call one less.", webhook.name);
            let delete = move |_| {
                if window().confirm_with_message(&question).unwrap_or(false) {
                    act(client::delete_webhook(id.clone()), move |answer| match answer {
                        Ok(()) => webhooks.retry(),
                        Err(error) => toasts.bad(&error),
                    });
                }
            };
            view! {
                <span class="row actions-cell">
                    <Button text="Send test" testid="test-webhook" on_click=test />
                    <Button text="Delete" icon=Glyph::Remove icon_only=true kind=ButtonKind::Danger testid="delete-webhook" on_click=delete />
                </span>
            }
            .into_any()
        })
        .numeric()
        .wide(),
    ]
}

/// The form of a new webhook, and then its secret.
#[component]
pub(super) fn NewWebhook(done: Callback<()>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let url = RwSignal::new(String::new());
    let failure = RwSignal::new(None::<api::ApiError>);
    let made = RwSignal::new(None::<Webhook>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let spec = WebhookSpec {
            name: name.get_untracked().trim().to_owned(),
            url: url.get_untracked().trim().to_owned(),
            secret: None,
        };
        act(client::create_webhook(spec), move |answer| match answer {
            Ok(webhook) => made.set(Some(webhook)),
            Err(error) => failure.set(Some(error)),
        });
    };
    let form = move || {
        view! {
            <form class="stack" on:submit=send>
                <TextField label="Name" value=name testid="webhook-name" placeholder="on-call" />
                <TextField label="Address" value=url testid="webhook-url" placeholder="https://example.com/hooks/alidade" hint="http or https; the notification is posted as JSON." />
                {move || failure.get().map(|error| view! { <Notice tone=Tone::Fault>{error.error.message}" "{error.error.hint}</Notice> })}
                <div><Button text="Create webhook" kind=ButtonKind::Primary kind_of="submit" testid="create-webhook" on_click=|_| () /></div>
            </form>
        }
    };
    let secret = move |webhook: Webhook| {
        view! {
            <div class="stack">
                <Notice tone=Tone::Ok>"The webhook "<b>{webhook.name}</b>" is made. Its secret signs each notification. It is shown only now: keep it where the receiver reads it."</Notice>
                <div data-testid="webhook-secret"><Code text=webhook.secret.unwrap_or_default() /></div>
                <div><Button text="Done" kind=ButtonKind::Primary testid="webhook-done" on_click=move |_| done.run(()) /></div>
            </div>
        }
    };
    view! {
        <Panel title="Add webhook" on_close=done testid="webhook-panel">
            {move || match made.get() {
                None => form().into_any(),
                Some(webhook) => secret(webhook).into_any(),
            }}
        </Panel>
    }
}
