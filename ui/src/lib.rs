//! The browser's half of Alidade: Leptos, rendered on the client, one wasm module.
//!
//! The URL is the truth of a view ([`url`]); a screen reads it, asks the server ([`client`], [`load`]) and draws
//! ([`part`], [`chart`]). What decides is a pure function with native tests ([`format`], the scales of [`chart`], the
//! `rows`, `layout` and `query` modules of the screens); a component only draws.
//!
//! Not here: any knowledge of storage or query languages, and any colour, space or size, which stand in
//! `assets/00-tokens.css`. The `data-testid`s that browser tests hold on to are listed in `TESTIDS.md`.

#![expect(unreachable_pub, reason = "the component macro writes its functions as `pub`")]

mod alarms;
mod app;
mod attribute_list;
mod chart;
mod client;
mod clock;
mod condition;
mod condition_form;
mod dashboards;
mod dock;
mod drag;
mod format;
mod load;
mod logs;
mod map;
mod measure;
mod metrics;
mod nothing;
mod overview;
mod part;
mod range_repair;
mod safe_text;
mod search_box;
mod services;
mod session;
mod settings;
mod shell;
mod storage;
mod text;
mod trace;
mod traces;
mod url;
mod virtual_rows;

pub use app::App;
