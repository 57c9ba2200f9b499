//! The environment for all screens: shown once there is more than one.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::load::load;
use crate::part::Select;
use crate::services::use_services;
use crate::url::use_place;

/// The list of environments that services were seen in.
#[component]
pub(super) fn EnvironmentPicker() -> impl IntoView {
    let place = use_place();
    let asker = use_services();
    let services = load(move || asker.ask(place.range(), None));
    let options = Memo::new(move |_| {
        let mut names = BTreeSet::new();
        if let Some(list) = services.value.get() {
            names.extend(
                list.services
                    .iter()
                    .flat_map(|service| service.environments.iter().filter(|name| !name.is_empty()).cloned()),
            );
        }
        let mut options = vec![(String::new(), "All environments".to_owned())];
        options.extend(names.into_iter().map(|name| (name.clone(), name)));
        options
    });
    let worth_it = move || options.read().len() > 2 || place.env().is_some();
    view! {
        <Show when=worth_it>
            <Select label="Environment" auto=true testid="environment" value=Signal::derive(move || place.env().unwrap_or_default())
                options on_change=move |name| place.set(&[("env", Some(name))]) />
        </Show>
    }
}
