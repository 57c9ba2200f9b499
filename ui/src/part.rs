//! The reusable pieces of every screen. Each is a component beside its section of `assets/20-parts.css`.

mod badge;
mod button;
mod chip;
mod code;
mod combobox;
mod field;
mod icon;
mod loaded;
mod pairs;
mod panel;
mod refusal;
mod select;
mod state;
mod statistics;
mod table;
mod time;
mod virtual_list;

pub(crate) use badge::{AlarmBadge, Badge, ClassBadge, SeverityBadge, Tone, class_name};
pub(crate) use button::{Button, ButtonKind, LinkButton};
pub(crate) use chip::Chip;
pub(crate) use code::{Code, CopyButton};
pub(crate) use combobox::{Choice, Combobox};
pub(crate) use field::{Labelled, TextField, Wrong, described_by, focus, invalid};
pub(crate) use icon::{Glyph, Icon};
pub(crate) use loaded::Loaded;
pub(crate) use pairs::{Pair, Pairs};
pub(crate) use panel::Panel;
pub(crate) use refusal::Refusal;
pub(crate) use select::Select;
pub(crate) use state::{Card, EmptyState, ErrorState, Notice, Skeleton};
pub(crate) use statistics::{Cuts, StatisticsLine, page_cut};
pub(crate) use table::{Column, Table};
pub(crate) use time::{Ago, Moment, provide_zone, use_zone};
pub(crate) use virtual_list::VirtualList;
