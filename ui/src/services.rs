//! The services of a time range. Several parts of a page want them at the same time; one question that is under way is
//! answered to all of them. Nothing is kept once it is answered.

use std::future::Future;

use api::TimeRange;
use api::service::ServiceList;
use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared, WeakShared};
use leptos::prelude::*;

use crate::client::{self, Answer};

/// A range and an environment.
type Question = (TimeRange, Option<String>);

/// Asks for services. Cheap to copy; get it with [`use_services`].
#[derive(Clone, Copy)]
pub(crate) struct Services(StoredValue<UnderWay<Question, Answer<ServiceList>>, LocalStorage>);

/// Makes [`use_services`] work below.
pub(crate) fn provide_services() {
    provide_context(Services(StoredValue::new_local(UnderWay(Vec::new()))));
}

/// The one place where services are asked for.
pub(crate) fn use_services() -> Services {
    expect_context::<Services>()
}

impl Services {
    /// The services of a range, in one environment or in all.
    pub(crate) fn ask(
        self,
        range: TimeRange,
        environment: Option<String>,
    ) -> impl Future<Output = Answer<ServiceList>> + 'static {
        let question = (range, environment);
        let begin = || client::services(question.0.clone(), question.1.clone()).boxed_local();
        self.0.try_update_value(|under_way| under_way.join(question.clone(), begin)).unwrap_or_else(|| begin().shared())
    }
}

/// Questions that have no answer yet and are still wanted.
struct UnderWay<Q, A: Clone>(Vec<(Q, WeakShared<LocalBoxFuture<'static, A>>)>);

impl<Q: PartialEq, A: Clone> UnderWay<Q, A> {
    /// The question as it is under way, or begun now.
    fn join(
        &mut self,
        question: Q,
        begin: impl FnOnce() -> LocalBoxFuture<'static, A>,
    ) -> Shared<LocalBoxFuture<'static, A>> {
        self.0.retain(|(_, asked)| asked.upgrade().is_some_and(|asked| asked.peek().is_none()));
        let present = self.0.iter().find(|(present, _)| *present == question).and_then(|(_, asked)| asked.upgrade());
        present.unwrap_or_else(|| {
            let asked = begin().shared();
            self.0.extend(asked.downgrade().map(|weak| (question, weak)));
            asked
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use futures::channel::oneshot;

    use super::*;

    #[test]
    fn the_same_question_is_asked_once_while_it_is_under_way() {
        let mut under_way = UnderWay(Vec::new());
        let begun = Rc::new(Cell::new(0));
        let mut ask = |question: &'static str| {
            let (answer, wait) = oneshot::channel::<u8>();
            let counter = begun.clone();
            let begin = move || {
                counter.set(counter.get() + 1);
                wait.map(|answer| answer.unwrap_or_default()).boxed_local()
            };
            (under_way.join(question, begin), answer)
        };
        let (first, answer) = ask("a");
        let (second, _) = ask("a");
        let (other, _kept) = ask("b");
        assert_eq!(begun.get(), 2);
        answer.send(7).unwrap();
        assert_eq!((first.now_or_never(), second.now_or_never()), (Some(7), Some(7)));
        assert_eq!(other.clone().now_or_never(), None);
        drop(other);
        let (_again, _kept) = ask("a");
        let (_anew, _kept_too) = ask("b");
        assert_eq!(begun.get(), 4);
    }
}
