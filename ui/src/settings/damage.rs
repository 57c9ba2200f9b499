//! The damaged files: those of which something is left out, and those that were put right.

use std::sync::Arc;

use api::health::{Health, SetAsideFile};
use leptos::prelude::*;

/// The body of the card.
pub(super) fn damaged_files(health: Signal<Arc<Health>>) -> AnyView {
    let draw = move || {
        let health = health.get();
        if health.set_aside.is_empty() {
            return view! {
                <p class="card-body quiet" data-testid="no-damage">"None was found. A file is checked whenever it is read; "<code>"alidade check"</code>" reads them all while the server is stopped."</p>
            }
            .into_any();
        }
        let (repaired, damaged): (Vec<_>, Vec<_>) = health.set_aside.iter().cloned().partition(|file| file.repaired);
        let damaged = (!damaged.is_empty()).then(|| {
            view! {
                <section>
                    <h3>"Damaged or missing"</h3>
                    <p class="quiet">"Everything else is served. Each line says what is missing, if anything is."</p>
                    <ul class="damage" data-testid="set-aside">{damaged.into_iter().map(line).collect_view()}</ul>
                </section>
            }
        });
        let repaired = (!repaired.is_empty()).then(|| view! {
            <section>
                <h3>"Put right"</h3>
                <p class="quiet">"Nothing is missing from these. Bits do not change by themselves: check the disk and the memory of the machine."</p>
                <ul class="damage" data-testid="repaired">{repaired.into_iter().map(line).collect_view()}</ul>
            </section>
        });
        view! { <div class="card-body stack">{damaged}{repaired}</div> }.into_any()
    };
    draw.into_any()
}

fn line(file: SetAsideFile) -> impl IntoView {
    let place = if file.repaired {
        view! { <p class="quiet">"What it was is kept as "<code>{file.path}</code></p> }.into_any()
    } else if file.path == file.original {
        ().into_any()
    } else {
        view! { <p class="quiet">"Kept as "<code>{file.path}</code></p> }.into_any()
    };
    view! { <li><code>{file.original}</code><p class="reason">{file.reason}</p>{place}</li> }
}
