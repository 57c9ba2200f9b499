//! Times on the screen, in the reader's zone or UTC.

use api::Nanos;
use leptos::prelude::*;

use crate::{clock, format, storage};

/// Whether times are shown in UTC or in the browser's zone; remembered.
#[derive(Clone, Copy)]
pub(crate) struct Zone(pub(crate) RwSignal<bool>);

/// Makes [`use_zone`] work below.
pub(crate) fn provide_zone() -> Zone {
    let zone = Zone(RwSignal::new(storage::read("zone").as_deref() == Some("utc")));
    provide_context(zone);
    zone
}

/// The zone of this page.
pub(crate) fn use_zone() -> Zone {
    expect_context::<Zone>()
}

impl Zone {
    /// Minutes to add to UTC at this moment; tracked.
    pub(crate) fn offset(self, unix_nano: i64) -> i32 {
        if self.0.get() { 0 } else { clock::zone_offset_minutes(unix_nano) }
    }

    /// The moment at which a clock of this zone shows this; tracked.
    pub(crate) fn moment(self, wall: format::WallTime) -> i64 {
        if self.0.get() { wall.in_utc() } else { clock::moment_of(wall) }
    }

    /// From now on UTC, or not.
    pub(crate) fn set_utc(self, utc: bool) {
        self.0.set(utc);
        storage::write("zone", utc.then_some("utc"));
    }
}

/// A date and time; the full RFC 3339 in UTC on hover.
#[component]
pub(crate) fn Moment(at: Nanos, #[prop(optional)] precise: bool) -> impl IntoView {
    let zone = use_zone();
    let text = move || {
        let offset = zone.offset(at.0);
        if precise { format::date_time_precise(at.0, offset) } else { format::date_time(at.0, offset) }
    };
    let exact = api::time::format_rfc3339(at.0);
    view! { <time datetime=exact.clone() title=exact>{text}</time> }
}

/// How long ago; the date and time on hover.
#[component]
pub(crate) fn Ago(at: Nanos) -> impl IntoView {
    let zone = use_zone();
    let exact = api::time::format_rfc3339(at.0);
    view! {
        <time datetime=exact title=move || format::date_time(at.0, zone.offset(at.0))>
            {format::ago(at.0, clock::now_unix_nano())}
        </time>
    }
}
