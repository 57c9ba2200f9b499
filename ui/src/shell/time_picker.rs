//! One time picker for all screens: presets, own ends, live, earlier and later. All of it stands in the URL.

use std::time::Duration;

use api::TimeRange;
use leptos::prelude::*;

use super::time_shift::{PRESETS, Shift, absolute, shifted};
use crate::part::{Button, ButtonKind, Glyph, Icon, use_zone};
use crate::url::{Place, use_place};
use crate::{clock, format};

const LIVE_SECONDS: u32 = 10;

/// Sets the range of the page to two moments, epoch nanoseconds: what a chart does when it is dragged over.
pub(crate) fn set_time_range(place: Place, from: i64, to: i64) {
    place.set_range(absolute(from, to));
}

pub(super) fn shift(place: Place, shift: Shift) {
    if let Some(range) = shifted(&place.range(), shift, clock::now_unix_nano()) {
        place.set_range(range);
    }
}

/// Makes the page live, or not.
pub(super) fn toggle_live(place: Place) {
    let live = place.live_seconds().is_none();
    if live && place.range().to != "now" {
        place.set(&[("from", None), ("to", None), ("live", Some(LIVE_SECONDS.to_string()))]);
    } else {
        place.set(&[("live", live.then(|| LIVE_SECONDS.to_string()))]);
    }
}

/// Refreshes the page as often as the URL says.
fn keep_live(place: Place) {
    let live = place.param("live");
    Effect::new(move |_| {
        live.track();
        let Some(seconds) = untrack(|| place.live_seconds()) else { return };
        let timer = set_interval_with_handle(move || place.refresh(), Duration::from_secs(u64::from(seconds)));
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
}

/// The control in the top bar.
#[component]
pub(super) fn TimePicker() -> impl IntoView {
    let place = use_place();
    let zone = use_zone();
    keep_live(place);
    let open = RwSignal::new(false);
    let label = move || format::range_label(&place.range(), |nanos| zone.offset(nanos));
    let live = Signal::derive(move || place.live_seconds().is_some());
    let dates = move || !place.range().to.starts_with("now");
    view! {
        <div class="pop" class:time-dates=dates>
            <div class="group">
                <Button text="Earlier" icon=Glyph::Earlier icon_only=true testid="time-earlier" on_click=move |_| shift(place, Shift::Earlier) />
                <button type="button" class="button" data-testid="time" aria-haspopup="dialog"
                    aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>
                    <Icon glyph=Glyph::Clock /><span class="cut">{label}</span>
                </button>
                <span class="wide-only group">
                    <Button text="Later" icon=Glyph::Later icon_only=true testid="time-later" on_click=move |_| shift(place, Shift::Later) />
                </span>
                <Button text="Live: refresh every 10 seconds" icon=Glyph::Live icon_only=true pressed=live testid="time-live" on_click=move |_| toggle_live(place) />
            </div>
            <Show when=move || open.get()>
                <TimeMenu close=Callback::new(move |()| open.set(false)) />
            </Show>
        </div>
        <Button text="Refresh" icon=Glyph::Refresh icon_only=true kind=ButtonKind::Plain testid="refresh" on_click=move |_| place.refresh() />
    }
}

#[component]
fn TimeMenu(close: Callback<()>) -> impl IntoView {
    let place = use_place();
    super::shortcuts::close_on_escape(close);
    let present = place.range();
    let preset = move |(back, words): (&'static str, &'static str)| {
        let from = format!("now-{back}");
        let pressed = (present.to == "now" && present.from == from).to_string();
        let choose = move |_| {
            place.set_range(TimeRange { from: from.clone(), to: "now".to_owned() });
            close.run(());
        };
        view! { <button type="button" aria-pressed=pressed data-testid=format!("time-{back}") on:click=choose>{words}</button> }
    };
    view! {
        <div class="panel-clear" on:click=move |_| close.run(())></div>
        <div class="pop-body time-body" role="dialog" aria-label="Time range" data-testid="time-menu">
            <div class="time-presets">{PRESETS.map(preset).collect_view()}</div>
            <OwnRange close />
        </div>
    }
}

#[component]
fn OwnRange(close: Callback<()>) -> impl IntoView {
    let place = use_place();
    let zone = use_zone();
    let now = clock::now_unix_nano();
    let (from, to) = place.range().resolve(now).unwrap_or((now - 3_600_000_000_000, now));
    let from = RwSignal::new(format::local_input(from, zone.offset(from)));
    let to = RwSignal::new(format::local_input(to, zone.offset(to)));
    let problem = RwSignal::new(None::<&'static str>);
    let read = move |text: &str| format::parse_local_input(text).map(|wall| untrack(|| zone.moment(wall)));
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match (read(&from.get_untracked()), read(&to.get_untracked())) {
            (Some(from), Some(to)) if from < to => {
                place.set_range(absolute(from, to));
                close.run(());
            }
            (Some(_), Some(_)) => problem.set(Some("The beginning must lie before the end.")),
            _ => problem.set(Some("Write both as 2026-01-31T12:00:00.")),
        }
    };
    let field = move |name: &'static str, value: RwSignal<String>, testid: &'static str| {
        view! {
            <div class="field">
                <label for=testid>{name}</label>
                <input class="input" id=testid data-testid=testid type="datetime-local" step="1" prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event)) />
            </div>
        }
    };
    view! {
        <form class="time-own" on:submit=apply>
            {field("From", from, "time-from")}
            {field("To", to, "time-to")}
            {move || problem.get().map(|text| view! { <p class="tone-fault" role="alert">{text}</p> })}
            <Button text="Show this range" kind=ButtonKind::Primary kind_of="submit" testid="time-apply" on_click=|_| () />
            <label class="check">
                <input type="checkbox" prop:checked=move || zone.0.get() on:change=move |event| zone.set_utc(event_target_checked(&event)) />
                "Times in UTC"
            </label>
            <Button text="Twice as long" on_click=move |_| { shift(place, Shift::Wider); close.run(()) } />
        </form>
    }
}
