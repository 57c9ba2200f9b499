//! The list of webhooks: made and changed in a panel, tried, deleted.

use std::sync::Arc;

use api::alarm::{Webhook, WebhookList};
use leptos::prelude::*;

use super::webhook_panel::{Subject, WebhookPanel};
use crate::client;
use crate::load::{Load, act, load};
use crate::part::{Button, ButtonKind, Card, Column, EmptyState, Glyph, Loaded, Moment, Table};
use crate::shell::{Toasts, use_toasts};

/// The list of webhooks.
#[component]
pub(super) fn WebhooksCard() -> impl IntoView {
    let toasts = use_toasts();
    let webhooks = load(client::webhooks);
    let open = RwSignal::new(None::<Subject>);
    let table = move |list: Signal<Arc<WebhookList>>| {
        let rows = Signal::derive(move || list.get().webhooks.iter().cloned().map(Arc::new).collect::<Vec<_>>());
        view! {
            <Show when=move || !list.read().webhooks.is_empty() fallback=|| view! {
                <EmptyState title="No webhooks yet" hint="A webhook is an address that alarms post to when they change their state, signed as Standard Webhooks says." />
            }>
                <Table rows columns=columns(webhooks, toasts, open) label="Webhooks" testid="webhook-table" />
            </Show>
        }
        .into_any()
    };
    let actions = move || view! { <Button text="Add webhook" icon=Glyph::Add testid="add-webhook" on_click=move |_| open.set(Some(Subject::New)) /> };
    view! {
        <Card title="Webhooks" actions testid="webhooks"><Loaded load=webhooks view=table lines=3 /></Card>
        {move || open.get().map(|subject| {
            let done = Callback::new(move |()| { open.set(None); webhooks.retry() });
            view! { <WebhookPanel subject done /> }
        })}
    }
}

fn columns(webhooks: Load<WebhookList>, toasts: Toasts, open: RwSignal<Option<Subject>>) -> Vec<Column<Webhook>> {
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
            let present = webhook.clone();
            let edit = move |_| open.set(Some(Subject::Present(present.clone())));
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
                    <Button text="Edit" icon=Glyph::Edit icon_only=true testid="edit-webhook" on_click=edit />
                    <Button text="Delete" icon=Glyph::Remove icon_only=true kind=ButtonKind::Danger testid="delete-webhook" on_click=delete />
                </span>
            }
            .into_any()
        })
        .numeric()
        .wide(),
    ]
}
