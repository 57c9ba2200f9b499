//! The frame around every screen: navigation, top bar, time, theme, palette, shortcuts, toasts.

mod destination;
mod environment;
mod frame;
mod head;
mod health_hint;
mod palette;
mod shortcuts;
mod theme;
mod time_picker;
mod time_shift;
mod toasts;

pub(crate) use frame::{Frame, Mark};
pub(crate) use head::{ScreenHead, use_title};
pub(crate) use theme::provide_theme;
pub(crate) use time_picker::set_time_range;
pub(crate) use time_shift::wider;
pub(crate) use toasts::{Toasts, provide_toasts, use_toasts};
