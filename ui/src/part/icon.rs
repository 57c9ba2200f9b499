//! Line icons on a 16 px grid, drawn in the colour of the text.

use leptos::prelude::*;

/// Which drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glyph {
    Overview,
    Map,
    Traces,
    Logs,
    Metrics,
    Dashboards,
    Alarms,
    Settings,
    Search,
    Clock,
    Earlier,
    Later,
    Refresh,
    Live,
    Sun,
    Moon,
    System,
    Close,
    Copy,
    Done,
    Down,
    Up,
    More,
    Warning,
    Empty,
    Add,
    Minus,
    Remove,
    Edit,
    Service,
    Function,
    Database,
    Queue,
    Topic,
    Cloud,
    Globe,
    User,
    Fit,
    Bell,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "M2 12a6 6 0 0 1 12 0M8 12l3-4M1.500 12h13",
            Self::Map => {
                "M3.500 5.500a2 2 0 1 0 0-.01M12.500 3.500a1.500 1.500 0 1 0 0-.01M12.500 13a1.500 1.500 0 1 0 0-.01M5.300 5l5.700-1.500M5 6.800l6.200 5"
            }
            Self::Traces => "M2 3.500h8M4.500 8h7M8 12.500h6",
            Self::Logs => "M2.500 3.500h11M2.500 6.500h8M2.500 9.500h11M2.500 12.500h6",
            Self::Metrics => "M2 13V3M2 13h12M4.500 10l3-3.500 2.500 2 4-5",
            Self::Dashboards => "M2.500 2.500h5v6h-5zM9.500 2.500h4v3.500h-4zM9.500 8h4v5.500h-4zM2.500 10.500h5v3h-5z",
            Self::Alarms | Self::Bell => "M4 11V7.500a4 4 0 0 1 8 0V11l1.500 1.500h-11zM6.500 14.500h3",
            Self::Settings => {
                "M2 4.500h7M12.500 4.500H14M2 11.500h1.500M7 11.500h7M10.700 4.500m-1.700 0a1.700 1.700 0 1 0 3.400 0 1.700 1.700 0 1 0-3.400 0M5.200 11.500m-1.700 0a1.700 1.700 0 1 0 3.400 0 1.700 1.700 0 1 0-3.400 0"
            }
            Self::Search => "M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9M10.500 10.500 14 14",
            Self::Clock => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 4.500V8l2.500 1.500",
            Self::Earlier => "M10 3 5 8l5 5",
            Self::Later => "M6 3l5 5-5 5",
            Self::Refresh => "M13 8a5 5 0 1 1-1.500-3.600M13.500 2v3h-3",
            Self::Live => "M5 3.500v9l7-4.500z",
            Self::Sun => {
                "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.500V3M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1"
            }
            Self::Moon => "M13.500 9.500A6 6 0 1 1 6.500 2.500a5 5 0 0 0 7 7z",
            Self::System => "M2 3h12v8H2zM6 13.500h4",
            Self::Close => "M3.500 3.500l9 9M12.500 3.500l-9 9",
            Self::Copy => "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
            Self::Done => "M3 8.500l3.500 3.500L13 4.500",
            Self::Down => "M4 6l4 4 4-4",
            Self::Up => "M4 10l4-4 4 4",
            Self::More => "M3.500 8h.01M8 8h.01M12.500 8h.01",
            Self::Warning => "M8 2 14.500 13.500h-13zM8 6.500v3.500M8 12v.01",
            Self::Empty => "M2 9.500 4 3h8l2 6.500V13H2zM2 9.500h3.500l1 1.500h3l1-1.500H14",
            Self::Add => "M8 3v10M3 8h10",
            Self::Minus => "M3 8h10",
            Self::Remove => "M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.5 9h6l.5-9",
            Self::Edit => "M3 13l.5-3L10.500 3l2.500 2.500-7 7z",
            Self::Service => "M8 1.800 13.500 5v6L8 14.200 2.500 11V5zM2.700 5.100 8 8.100l5.300-3M8 8.100v6",
            Self::Function => {
                "M3 13.500c2 0 2.500-1 3-3.500l1-4.500C7.500 3.500 8.500 2.500 10.500 2.500M4.500 7h5M10 8.500l4 5M14 8.500l-4 5"
            }
            Self::Database => "M3 4c0-2 10-2 10 0s-10 2-10 0M3 4v8c0 2 10 2 10 0V4M3 8c0 2 10 2 10 0",
            Self::Queue => "M2 4.500h3v7H2zM6.500 4.500h3v7h-3zM11 4.500h3v7h-3z",
            Self::Topic => {
                "M4 8a1 1 0 1 0 0-.01M5.500 7l6-3.500M5.700 8h6.300M5.500 9l6 3.500M12 3a1 1 0 1 0 .01 0M12.500 8h.01M12 13a1 1 0 1 0 .01 0"
            }
            Self::Cloud => "M4.500 12.500a3 3 0 0 1-.3-6 4 4 0 0 1 7.600 1 2.500 2.500 0 0 1-.3 5z",
            Self::Globe => {
                "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M2 8h12M8 2c-3.500 4-3.500 8 0 12M8 2c3.500 4 3.500 8 0 12"
            }
            Self::User => "M8 2.500a2.700 2.700 0 1 0 0 5.400 2.700 2.700 0 0 0 0-5.400M2.500 14c.5-6 10.500-6 11 0",
            Self::Fit => "M2.500 6V2.500H6M10 2.500h3.500V6M13.500 10v3.500H10M6 13.500H2.500V10",
        }
    }
}

/// A decoration: what it means is said by the text or label beside it.
#[component]
pub(crate) fn Icon(glyph: Glyph, #[prop(default = 16)] size: u32) -> impl IntoView {
    view! {
        <svg class="icon" width=size height=size viewBox="0 0 16 16" fill="none" stroke="currentColor"
            stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            <path d=glyph.path() />
        </svg>
    }
}
