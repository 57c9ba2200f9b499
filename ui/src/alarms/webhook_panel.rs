//! The panel in which a webhook is made, with its secret shown once, or its name and address are changed.

use api::ApiError;
use api::alarm::{Webhook, WebhookSpec};
use leptos::prelude::*;

use crate::client;
use crate::load::act;
use crate::part::{Button, ButtonKind, Code, Notice, Panel, Refusal, TextField, Tone, Wrong, focus};
use crate::shell::use_toasts;

/// What this form calls the fields of the API.
const LABELS: &[(&str, &str)] = &[("name", "Name"), ("url", "Address")];

/// What is wrong with a name. Pure.
fn name_mistake(name: &str) -> Option<&'static str> {
    name.trim().is_empty().then_some("Give the webhook a name.")
}

/// What is wrong with an address; the server looks closer. Pure.
fn url_mistake(url: &str) -> Option<&'static str> {
    let url = url.trim();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| !rest.starts_with(['/', '?', '#']) && !rest.is_empty());
    let right = has_host && !url.contains(char::is_whitespace);
    (!right).then_some("Write an address such as https://example.com/hook, beginning with http:// or https://.")
}

/// Which webhook the panel is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Subject {
    /// One that is to be made.
    New,
    /// One that is there.
    Present(Webhook),
}

/// The panel; `done` is called when it is to be closed.
#[component]
pub(super) fn WebhookPanel(subject: Subject, done: Callback<()>) -> impl IntoView {
    let made = RwSignal::new(None::<Webhook>);
    let title = match &subject {
        Subject::New => "Add webhook",
        Subject::Present(_) => "Edit webhook",
    };
    view! {
        <Panel title=Signal::stored(title.to_owned()) on_close=done testid="webhook-panel">
            {move || match made.get() {
                None => view! { <Form subject=subject.clone() made done /> }.into_any(),
                Some(webhook) => view! { <Secret webhook done /> }.into_any(),
            }}
        </Panel>
    }
}

/// Name and address. A new webhook is handed to `made`, for its secret.
#[component]
fn Form(subject: Subject, made: RwSignal<Option<Webhook>>, done: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let (present, button, testid) = match subject {
        Subject::New => (None, "Create webhook", "create-webhook"),
        Subject::Present(webhook) => (Some(webhook), "Save webhook", "save-webhook"),
    };
    let name = RwSignal::new(present.as_ref().map(|webhook| webhook.name.clone()).unwrap_or_default());
    let url = RwSignal::new(present.as_ref().map(|webhook| webhook.url.clone()).unwrap_or_default());
    let id = present.map(|webhook| webhook.id);
    let keeps_secret = id.is_some();
    let tried = RwSignal::new(false);
    let wrong = move |value: RwSignal<String>, mistake: fn(&str) -> Option<&'static str>| -> Wrong {
        Signal::derive(move || value.with(|value| mistake(value)).filter(|_| tried.get()).map(str::to_owned))
    };
    let failure = RwSignal::new(None::<ApiError>);
    let sending = RwSignal::new(false);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        failure.set(None);
        if name.with_untracked(|name| name_mistake(name).is_some()) {
            return focus("webhook-name");
        }
        if url.with_untracked(|url| url_mistake(url).is_some()) {
            return focus("webhook-url");
        }
        let spec = WebhookSpec {
            name: name.get_untracked().trim().to_owned(),
            url: url.get_untracked().trim().to_owned(),
            secret: None,
        };
        sending.set(true);
        let id = id.clone();
        let is_new = id.is_none();
        let saved = async move {
            match id {
                Some(id) => client::change_webhook(id, spec).await,
                None => client::create_webhook(spec).await,
            }
        };
        act(saved, move |answer| {
            // The panel may have been closed meanwhile.
            if sending.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(webhook) if is_new => made.set(Some(webhook)),
                Ok(webhook) => {
                    toasts.good(format!("The webhook {} is saved.", webhook.name));
                    done.run(());
                }
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    view! {
        <form class="stack" on:submit=send>
            <TextField label="Name" value=name wrong=wrong(name, name_mistake) testid="webhook-name" placeholder="on-call" />
            <TextField label="Address" value=url wrong=wrong(url, url_mistake) testid="webhook-url" placeholder="https://example.com/hooks/alidade" hint="http or https; the notification is posted as JSON." />
            {keeps_secret.then(|| view! { <p class="quiet">"The secret stays as it is. For another one make a new webhook."</p> })}
            <Refusal error=failure labels=LABELS testid="webhook-refusal" />
            <div><Button text=button kind=ButtonKind::Primary kind_of="submit" disabled=sending testid=testid on_click=|_| () /></div>
        </form>
    }
}

/// The secret of a webhook that was just made.
#[component]
fn Secret(webhook: Webhook, done: Callback<()>) -> impl IntoView {
    view! {
        <div class="stack">
            <Notice tone=Tone::Ok>"The webhook "<b>{webhook.name}</b>" is made. Its secret signs each notification. It is shown only now: keep it where the receiver reads it."</Notice>
            <div data-testid="webhook-secret"><Code text=webhook.secret.unwrap_or_default() /></div>
            <div><Button text="Done" kind=ButtonKind::Primary testid="webhook-done" on_click=move |_| done.run(()) /></div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_has_a_name_and_an_address() {
        assert_eq!(name_mistake(" on-call "), None);
        assert!(name_mistake("  ").is_some());
        for right in ["https://example.com/hook", "http://10.0.0.1:8080", " https://a "] {
            assert_eq!(url_mistake(right), None, "{right}");
        }
        for wrong in ["", "example.com", "ftp://a", "https://", "https:///hook", "https://a b"] {
            assert!(url_mistake(wrong).is_some(), "{wrong}");
        }
    }
}
