//! Before the app: the login, and at the first start the administrator's account.

use api::ApiError;
use api::auth::{LoginAnswer, LoginRequest, SetupRequest};
use leptos::prelude::*;

use crate::client;
use crate::load::act;
use crate::part::{Button, ButtonKind, Notice, TextField, Tone};
use crate::session::Session;
use crate::shell::{Mark, use_title};

const PASSWORD_CHARACTERS_MIN: usize = 10;

/// A form in the middle of the page.
#[component]
fn Door(
    title: &'static str,
    intro: &'static str,
    failure: RwSignal<Option<ApiError>>,
    submit: Callback<()>,
    busy: RwSignal<bool>,
    children: Children,
) -> impl IntoView {
    use_title(move || title.to_owned());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        failure.set(None);
        submit.run(());
    };
    view! {
        <main class="door">
            <form class="card door-card" on:submit=send data-testid="door">
                <div class="door-brand"><Mark /><span>"Alidade"</span></div>
                <h1>{title}</h1>
                <p class="quiet">{intro}</p>
                {children()}
                {move || failure.get().map(|error| view! { <div role="alert"><Notice tone=Tone::Fault>{error.error.message}" "{error.error.hint}</Notice></div> })}
                <Button text=title kind=ButtonKind::Primary kind_of="submit" disabled=busy testid="door-submit" on_click=|_| () />
            </form>
        </main>
    }
}

/// What follows on the server's answer: come in, or say why not.
fn settle(
    session: Session,
    failure: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
) -> impl FnOnce(Result<LoginAnswer, ApiError>) {
    move |answer| {
        busy.set(false);
        match answer {
            // The token came as a cookie too, which a script cannot read: it is not kept here.
            Ok(_) => session.ask_again(),
            Err(error) => failure.set(Some(error)),
        }
    }
}

/// The login.
#[component]
pub(crate) fn LoginScreen() -> impl IntoView {
    let session = expect_context::<Session>();
    let (user, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (failure, busy) = (RwSignal::new(None), RwSignal::new(false));
    let submit = Callback::new(move |()| {
        let request = LoginRequest { user: user.get_untracked(), password: password.get_untracked() };
        act(client::login(request), settle(session, failure, busy));
    });
    view! {
        <Door title="Log in" intro="This installation asks who you are." failure submit busy>
            <TextField label="User" value=user testid="user" autocomplete="username" />
            <TextField label="Password" value=password kind="password" testid="password" autocomplete="current-password" />
        </Door>
    }
}

/// The first account.
#[component]
pub(crate) fn SetupScreen() -> impl IntoView {
    let session = expect_context::<Session>();
    let (code, user, password) =
        (RwSignal::new(String::new()), RwSignal::new("admin".to_owned()), RwSignal::new(String::new()));
    let (failure, busy) = (RwSignal::new(None), RwSignal::new(false));
    let submit = Callback::new(move |()| {
        let request = SetupRequest {
            code: code.get_untracked().trim().to_owned(),
            user: user.get_untracked(),
            password: password.get_untracked(),
        };
        act(client::set_up(request), settle(session, failure, busy));
    });
    let too_short = Signal::derive(move || {
        let length = password.read().chars().count();
        (length > 0 && length < PASSWORD_CHARACTERS_MIN)
            .then(|| format!("At least {PASSWORD_CHARACTERS_MIN} characters; {length} so far."))
    });
    view! {
        <Door title="Set up" intro="There is no account yet. Make the administrator's with the one-time code that alidade printed at its first start." failure submit busy>
            <TextField label="One-time code" value=code testid="setup-code" autocomplete="one-time-code" hint="In the output of alidade serve." />
            <TextField label="User" value=user testid="user" autocomplete="username" />
            <TextField label="Password" value=password kind="password" testid="password" autocomplete="new-password" wrong=too_short hint="At least 10 characters." />
        </Door>
    }
}
