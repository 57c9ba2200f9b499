//! The screens "Dashboards" and one dashboard. The document is the crate `dashboards`'; this draws it.
//!
//! What the reader chose for a variable stands in the URL as `var.NAME`.

mod board;
mod cut;
mod editor;
mod list;
mod series;
mod variables;
mod widget;

pub(crate) use board::DashboardScreen;
pub(crate) use list::DashboardsScreen;
