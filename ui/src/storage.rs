//! What the browser remembers for the reader: theme and time zone. Refused storage is not an error, only forgetful.

fn store() -> Option<web_sys::Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}

/// The remembered value of a key.
pub(crate) fn read(key: &str) -> Option<String> {
    store()?.get_item(&format!("alidade.{key}")).ok().flatten()
}

/// Remembers a value, or forgets it.
pub(crate) fn write(key: &str, value: Option<&str>) {
    let Some(store) = store() else { return };
    let key = format!("alidade.{key}");
    // A full or refused store costs the preference and nothing else.
    let _ = match value {
        Some(value) => store.set_item(&key, value),
        None => store.remove_item(&key),
    };
}
