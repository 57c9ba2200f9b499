//! Side bar, top bar, the screen, and on small screens the bottom bar.

use api::alarm::AlarmState;
use leptos::prelude::*;

use super::destination::{DESTINATIONS, Destination, is_within};
use super::environment::EnvironmentPicker;
use super::health_hint::HealthHint;
use super::palette::{Help, Palette};
use super::shortcuts;
use super::theme::ThemeSwitch;
use super::time_picker::TimePicker;
use super::toasts::ToastStack;
use crate::client;
use crate::load::{Busy, load};
use crate::part::{Glyph, Icon};
use crate::session::Session;
use crate::url::use_place;

/// The frame of a page.
#[component]
pub(crate) fn Frame(children: Children) -> impl IntoView {
    let palette = RwSignal::new(false);
    let help = RwSignal::new(false);
    shortcuts::listen(palette, help);
    let alarms = load(client::alarms);
    let in_alarm = Memo::new(move |_| {
        let list = alarms.value.get();
        list.map_or(0, |list| list.alarms.iter().filter(|alarm| alarm.status.state == AlarmState::Alarm).count())
    });
    view! {
        <a class="skip" href="#content">"To the content"</a>
        <div class="frame">
            <SideBar in_alarm />
            <div class="main">
                <TopBar palette />
                <main class="content" id="content" tabindex="-1">{children()}</main>
            </div>
        </div>
        <BottomBar />
        <Show when=move || palette.get()><Palette close=Callback::new(move |()| palette.set(false)) /></Show>
        <Show when=move || help.get()><Help close=Callback::new(move |()| help.set(false)) /></Show>
        <ToastStack />
    }
}

/// The sighting rule on its circle.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! {
        <svg width="22" height="22" viewBox="0 0 22 22" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" aria-hidden="true">
            <path d="M3 16a8 8 0 0 1 16 0M2 16h18" />
            <path d="M5.200 8.700l.9.700M11 6.500v1.200M16.800 8.700l-.9.700" />
            <path d="M4 18.500 19 4.500" stroke-width="1.800" />
        </svg>
    }
}

#[component]
fn NavLink(to: Destination, #[prop(optional)] count: Option<Memo<usize>>) -> impl IntoView {
    let place = use_place();
    let current = move || is_within(&place.path(), to.path).then_some("page");
    let badge = move || count.map(|count| count.get()).filter(|count| *count > 0);
    view! {
        <a href=move || place.href(to.path, &[]) aria-current=current title=to.name data-testid=format!("nav{}", to.path.replace('/', "-"))>
            <Icon glyph=to.icon />
            <span>{to.name}</span>
            {move || badge().map(|count| view! { <b class="count" title="In alarm">{count}</b> })}
        </a>
    }
}

#[component]
fn SideBar(in_alarm: Memo<usize>) -> impl IntoView {
    let place = use_place();
    let session = expect_context::<Session>();
    let version = move || session.info.get().and_then(Result::ok).map(|info| format!("Alidade {}", info.version));
    let user = move || session.info.get().and_then(Result::ok).and_then(|info| info.user);
    let links = DESTINATIONS.map(|to| {
        if to.path == "/alarms" {
            view! { <NavLink to count=in_alarm /> }
        } else {
            view! { <NavLink to /> }
        }
    });
    view! {
        <nav class="side" aria-label="Screens">
            <a class="brand" href=move || place.href("/", &[])><Mark /><span>"Alidade"</span></a>
            <div class="nav">{links.collect_view()}</div>
            <div class="side-foot">
                {move || user().map(|user| view! { <span class="cut">{user}</span> })}
                <span>{version}</span>
            </div>
        </nav>
    }
}

#[component]
fn TopBar(palette: RwSignal<bool>) -> impl IntoView {
    let place = use_place();
    let Busy(busy) = expect_context::<Busy>();
    let name = move || {
        let path = place.path();
        DESTINATIONS.iter().find(|to| is_within(&path, to.path)).map_or("Alidade", |to| to.name)
    };
    view! {
        <header class="top">
            <span class="top-name cut grow">{name}</span>
            <button type="button" class="find wide-only" data-testid="find" aria-label="Search and commands" on:click=move |_| palette.set(true)>
                <Icon glyph=Glyph::Search size=14 /><span>"Go to…"</span><kbd>"Ctrl K"</kbd>
            </button>
            <span class="grow wide-only"></span>
            <HealthHint />
            <span class="wide-only"><EnvironmentPicker /></span>
            <TimePicker />
            <ThemeSwitch />
            <Show when=move || busy.get() != 0><span class="busy" data-testid="busy"></span></Show>
        </header>
    }
}

#[component]
fn BottomBar() -> impl IntoView {
    let place = use_place();
    let more = RwSignal::new(false);
    // A new page closes the sheet.
    Effect::new(move |_| {
        place.path();
        more.set(false);
    });
    let elsewhere = move || DESTINATIONS.iter().any(|to| !to.first && is_within(&place.path(), to.path));
    let links = |first: bool| {
        DESTINATIONS.into_iter().filter(move |to| to.first == first).map(|to| view! { <NavLink to /> }).collect_view()
    };
    view! {
        <Show when=move || more.get()><div class="more-sheet" data-testid="more-sheet">{links(false)}</div></Show>
        <nav class="bottom" aria-label="Screens">
            {links(true)}
            <button type="button" data-testid="more" aria-expanded=move || more.get().to_string()
                aria-current=move || elsewhere().then_some("page") on:click=move |_| more.update(|more| *more = !*more)>
                <Icon glyph=Glyph::More /><span>"More"</span>
            </button>
        </nav>
    }
}
