//! What sets the spans that the filter finds apart from the rest: a drawer with the attributes that differ most.
//!
//! Pure: [`question`], [`is_range`].

use api::compare::{CompareAnswer, CompareRequest, ComparedAttribute, ComparedValue};
use api::trace::Class;
use api::{AttributeFilter, FilterOperator, TimeRange};
use leptos::prelude::*;

use super::bar::change;
use super::filter::Filter;
use super::state::ListState;
use crate::client;
use crate::format;
use crate::load::load;
use crate::part::{ErrorState, Panel, Skeleton, StatisticsLine, class_name};
use crate::url::use_place;

/// Values of an attribute that are listed.
const VALUES_SHOWN: usize = 5;

/// The spans of the filter, and those of the same service in the same time.
fn question(filter: &Filter, range: &TimeRange, environment: &Option<String>) -> CompareRequest {
    let selection = Filter { callee: None, expression: String::new(), ..filter.clone() };
    let baseline = Filter { service: filter.service.clone(), ..Filter::default() };
    let search = |filter: Filter| filter.search(range.clone(), environment.clone());
    CompareRequest { selection: search(selection), baseline: search(baseline), limit: None }
}

/// Whether a value stands for a range of numbers.
fn is_range(value: &str) -> bool {
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    value.split_once(" to ").is_some_and(|(from, to)| is_number(from) && is_number(to))
}

/// The drawer.
#[component]
pub(super) fn ComparePanel(state: ListState, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let place = use_place();
    let answer = load(move || {
        let request = state.filter.with(|(filter, _)| question(filter, &place.range(), &place.env()));
        client::traces_compare(request)
    });
    let retry = Callback::new(move |()| answer.retry());
    let content = move || {
        if let Some(error) = answer.failure.get() {
            return view! { <ErrorState error on_retry=retry /> }.into_any();
        }
        match answer.value.get() {
            None => view! { <Skeleton lines=14 /> }.into_any(),
            Some(answer) => view! { <Comparison state answer=answer.as_ref().clone() /> }.into_any(),
        }
    };
    view! { <Panel title="What sets them apart" on_close testid="compare">{content}</Panel> }
}

#[component]
fn Comparison(state: ListState, answer: CompareAnswer) -> impl IntoView {
    let CompareAnswer { selection, baseline, attributes, statistics, truncated } = answer;
    let spans = [selection.spans, baseline.spans];
    let words = match spans {
        [0, _] => "The filter finds no span in this time.".to_owned(),
        [found, 0] => format!("{} spans, and there is no other to compare them with.", format::count(found)),
        [found, rest] => format!(
            "{} spans that the filter finds, against {} others of the same service and time. Choose a value to narrow the filter.",
            format::count(found),
            format::count(rest)
        ),
    };
    let is_alike = attributes.is_empty() && spans.iter().all(|spans| *spans > 0);
    let rows = attributes.into_iter().map(|attribute| view! { <Attribute state attribute spans /> }).collect_view();
    let (statistics, truncated) = (Signal::stored(statistics), Signal::stored(truncated));
    view! {
        <p class="quiet" data-testid="compare-words">{words}</p>
        {is_alike.then(|| view! { <p>"No attribute differs by more than a hundredth."</p> })}
        <ul class="compare">{rows}</ul>
        <StatisticsLine statistics truncated />
    }
}

#[component]
fn Attribute(state: ListState, attribute: ComparedAttribute, spans: [u64; 2]) -> impl IntoView {
    let ComparedAttribute { key, difference, values, others, missing } = attribute;
    let title = format!("{:.0} of 100 spans would need another value for the two to be alike", difference * 100.0);
    let value = |value: ComparedValue| {
        let key = key.clone();
        view! { <Value state key value spans /> }
    };
    let rest = [("other values", others), ("without it", missing)].map(|(words, count)| {
        (count.selection + count.baseline > 0)
            .then(|| view! { <li class="compare-value rest"><Shares words=words.to_owned() count spans /></li> })
    });
    view! {
        <li class="compare-attribute" data-testid="compare-attribute" data-key=key.clone()>
            <h3 title=title><code class="cut">{key.clone()}</code><span class="quiet">{format!("{:.0} %", difference * 100.0)}</span></h3>
            <ul>{values.into_iter().take(VALUES_SHOWN).map(value).collect_view()}{rest.into_iter().flatten().collect_view()}</ul>
        </li>
    }
}

#[component]
fn Value(state: ListState, key: String, value: ComparedValue, spans: [u64; 2]) -> impl IntoView {
    let place = use_place();
    let words = value.value.clone();
    let shares = view! { <Shares words=words.clone() count=value spans /> };
    if is_range(&words) {
        return view! { <li class="compare-value">{shares}</li> }.into_any();
    }
    let narrow = move |_| change(state, place, |filter| add(filter, &key, &words));
    view! { <li class="compare-value"><button type="button" on:click=narrow>{shares}</button></li> }.into_any()
}

/// One more condition.
fn add(filter: &mut Filter, key: &str, value: &str) {
    match key {
        "class" => {
            let classes = [Class::Ok, Class::Error, Class::Throttle, Class::Fault].into_iter();
            filter.classes = classes.filter(|class| class_name(*class) == value).collect();
        }
        "name" => filter.operation = Some(value.to_owned()),
        _ => filter.conditions.push(AttributeFilter {
            key: key.to_owned(),
            operator: FilterOperator::Eq,
            value: value.into(),
        }),
    }
}

/// How large a part of each set has a value.
#[component]
fn Shares(words: String, count: ComparedValue, spans: [u64; 2]) -> impl IntoView {
    let bar = |part: u64, whole: u64| format!("{:.1}%", part as f64 / whole.max(1) as f64 * 100.0);
    view! {
        <span class="compare-words cut" title=words.clone()><bdi>{words.clone()}</bdi></span>
        <span class="compare-bars" aria-hidden="true">
            <i style:width=bar(count.selection, spans[0])></i>
            <i class="others" style:width=bar(count.baseline, spans[1])></i>
        </span>
        <span class="compare-share">{format::share(count.selection, spans[0])}</span>
        <span class="compare-share quiet">{format::share(count.baseline, spans[1])}</span>
    }
}

#[cfg(test)]
mod tests;
