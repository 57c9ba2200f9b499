//! What runs here, where it takes data, and who is logged in.

use leptos::prelude::*;

use crate::client;
use crate::load::{act, load};
use crate::part::{Ago, Button, Card, Loaded, Moment, Pair, Pairs, use_zone};
use crate::session::Session;
use crate::shell::use_toasts;

/// The card.
#[component]
pub(super) fn About() -> impl IntoView {
    let zone = use_zone();
    let toasts = use_toasts();
    let session = expect_context::<Session>();
    let health = load(client::health);
    let origin = window().location().origin().unwrap_or_default();
    let user = move || session.info.get().and_then(Result::ok).and_then(|info| info.user);
    let log_out = move |_| {
        act(client::logout(), move |answer| match answer {
            Ok(()) => session.ask_again(),
            Err(error) => toasts.bad(&error),
        });
    };
    let version = move |health: Signal<std::sync::Arc<api::health::Health>>| {
        let draw = move || {
            let health = health.get();
            let at = health.started_at_unix_nano;
            let started = view! { <Moment at />" ("<Ago at />")" };
            view! { <Pairs pairs=vec![Pair::new("Version", health.version.clone()), Pair::new("Started", started)] /> }
        };
        draw.into_any()
    };
    let otlp = format!("{origin}/v1/traces, /v1/logs, /v1/metrics");
    let api = view! { <a href="/api/openapi.json" rel="external" target="_blank">{origin}"/api/openapi.json"</a> };
    let addresses = vec![Pair::new("OTLP over HTTP", otlp).raw(), Pair::new("API", api).raw()];
    view! {
        <Card title="About" testid="about">
            <div class="card-body stack">
                <Loaded load=health view=version lines=2 />
                <Pairs pairs=addresses />
                <label class="check">
                    <input type="checkbox" prop:checked=move || zone.0.get() on:change=move |event| zone.set_utc(event_target_checked(&event)) />
                    "Show times in UTC"
                </label>
                {move || user().map(|user| view! { <div class="row"><span class="grow">"Logged in as "<b>{user}</b></span><Button text="Log out" testid="log-out" on_click=log_out /></div> })}
            </div>
        </Card>
    }
}
