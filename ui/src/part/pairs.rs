//! Keys and values: the keys in one column, the values beside them, wherever such a list stands.

use leptos::prelude::*;

use crate::safe_text::SafeKey;

/// A key and its value.
pub(crate) struct Pair {
    key: String,
    value: AnyView,
    meaning: Option<&'static str>,
    raw: bool,
    testid: Option<&'static str>,
}

impl Pair {
    /// The key may break after its dots and underscores, the value anywhere.
    pub(crate) fn new(key: impl Into<String>, value: impl IntoView + 'static) -> Self {
        Self { key: key.into(), value: value.into_any(), meaning: None, raw: false, testid: None }
    }

    /// The value is an id or came from outside: it is drawn as code is.
    pub(crate) fn raw(mut self) -> Self {
        self.raw = true;
        self
    }

    /// What the key means, on hover.
    pub(crate) fn meaning(mut self, text: &'static str) -> Self {
        self.meaning = Some(text);
        self
    }

    /// The row's `data-testid`.
    pub(crate) fn testid(mut self, testid: &'static str) -> Self {
        self.testid = Some(testid);
        self
    }
}

/// The list.
#[component]
pub(crate) fn Pairs(pairs: Vec<Pair>) -> impl IntoView {
    let row = |pair: Pair| {
        view! {
            <div class="pair" data-testid=pair.testid title=pair.meaning>
                <dt><SafeKey text=pair.key /></dt>
                <dd class:mono=pair.raw>{pair.value}</dd>
            </div>
        }
    };
    view! { <dl class="pairs" data-testid="pairs">{pairs.into_iter().map(row).collect_view()}</dl> }
}
