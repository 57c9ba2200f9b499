//! The screens "Alarms": the list with its webhooks, one alarm, and the form.

mod delivery;
mod detail;
mod draft;
mod form;
mod history;
mod list;
mod source;
mod source_form;
mod webhook_panel;
mod webhooks;
mod words;

pub(crate) use detail::AlarmScreen;
pub(crate) use form::AlarmFormScreen;
pub(crate) use list::AlarmsScreen;
