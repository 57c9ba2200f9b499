//! Asks the server, again whenever what the question read has changed, and keeps the last answer meanwhile.
//!
//! A new question aborts the one before; so does the end of the view. A failure keeps the answer that is on the screen
//! beside it. A 401 wakes the session, which shows the login.

use std::future::Future;
use std::sync::Arc;

use api::{ApiError, ErrorKind};
use futures::future::{AbortHandle, abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::client::Answer;
use crate::session::Session;
use crate::url::Place;

/// How many questions are under way, for the top bar.
#[derive(Clone, Copy)]
pub(crate) struct Busy(pub(crate) RwSignal<u32>);

/// An answer that comes, and comes again.
pub(crate) struct Load<T: Send + Sync + 'static> {
    /// The last answer.
    pub(crate) value: RwSignal<Option<Arc<T>>>,
    /// Why the last question failed, if it did.
    pub(crate) failure: RwSignal<Option<ApiError>>,
    /// Whether a question is under way.
    pub(crate) loading: RwSignal<bool>,
    again: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Load<T> {}

impl<T: Send + Sync + 'static> Load<T> {
    /// Asks again.
    pub(crate) fn retry(self) {
        self.again.update(|count| *count += 1);
    }
}

/// Asks now, when a signal that `ask` reads outside its future changes, and with each refresh of the page.
pub(crate) fn load<T, F, Fut>(ask: F) -> Load<T>
where
    T: Send + Sync + 'static,
    F: Fn() -> Fut + 'static,
    Fut: Future<Output = Answer<T>> + 'static,
{
    load_if(move || Some(ask()))
}

/// As [`load`]; asks nothing and forgets the answer while `ask` gives `None`.
pub(crate) fn load_if<T, F, Fut>(ask: F) -> Load<T>
where
    T: Send + Sync + 'static,
    F: Fn() -> Option<Fut> + 'static,
    Fut: Future<Output = Answer<T>> + 'static,
{
    let load = Load {
        value: RwSignal::new(None),
        failure: RwSignal::new(None),
        loading: RwSignal::new(true),
        again: RwSignal::new(0),
    };
    let place = use_context::<Place>();
    let busy = use_context::<Busy>();
    let session = use_context::<Session>();
    let running: StoredValue<Option<AbortHandle>> = StoredValue::new(None);
    let stop = move || {
        if let Some(Some(handle)) = running.try_update_value(Option::take) {
            handle.abort();
        }
    };
    Effect::new(move |_| {
        load.again.track();
        if let Some(place) = place {
            place.refreshes();
        }
        let question = ask();
        stop();
        let Some(question) = question else {
            load.value.set(None);
            load.failure.set(None);
            load.loading.set(false);
            return;
        };
        let (answering, handle) = abortable(question);
        running.set_value(Some(handle));
        load.loading.set(true);
        spawn_local(async move {
            let under_way = UnderWay::new(busy);
            let answer = answering.await;
            drop(under_way);
            if let Ok(answer) = answer {
                settle(load, answer, session);
            }
        });
    });
    on_cleanup(stop);
    load
}

fn settle<T: Send + Sync>(load: Load<T>, answer: Answer<T>, session: Option<Session>) {
    // The view may have gone between the answer and now.
    if load.loading.try_set(false).is_some() {
        return;
    }
    match answer {
        Ok(value) => {
            load.value.set(Some(Arc::new(value)));
            load.failure.set(None);
        }
        Err(failure) => {
            if let (ErrorKind::Unauthenticated, Some(session)) = (failure.error.kind, session) {
                session.ask_again();
            }
            load.failure.set(Some(failure));
        }
    }
}

/// Counts one question while it lives.
struct UnderWay(Option<Busy>);

impl UnderWay {
    fn new(busy: Option<Busy>) -> Self {
        if let Some(Busy(count)) = busy {
            count.update(|count| *count += 1);
        }
        Self(busy)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(Busy(count)) = self.0 {
            count.update(|count| *count = count.saturating_sub(1));
        }
    }
}

/// Does something once (a change, a deletion) and hands its outcome on. Not aborted when the view goes.
pub(crate) fn act<T: 'static>(
    action: impl Future<Output = Answer<T>> + 'static,
    then: impl FnOnce(Answer<T>) + 'static,
) {
    spawn_local(async move { then(action.await) });
}
