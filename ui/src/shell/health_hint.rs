//! A quiet link to Settings in the top bar, while there is something to do for whoever runs the server.

use leptos::prelude::*;

use crate::client;
use crate::load::load;
use crate::part::{Glyph, Icon};
use crate::url::use_place;

/// Nothing while all is well, or while the server does not say.
#[component]
pub(super) fn HealthHint() -> impl IntoView {
    let place = use_place();
    let health = load(client::health);
    let problems = Memo::new(move |_| {
        let health = health.value.get()?;
        (!health.healthy).then(|| health.problems.join("\n"))
    });
    let link = move |problems: String| {
        view! {
            <a class="health-hint" href=move || place.href("/settings", &[]) title=problems aria-label="Alidade needs attention: see Settings" data-testid="health-hint">
                <Icon glyph=Glyph::Warning size=14 /><span class="wide-only">"Needs attention"</span>
            </a>
        }
    };
    move || problems.get().map(link)
}
