//! Live tails: opened here, and asked for what came in.

use std::sync::Arc;
use std::time::Instant;

use api::log::LogSearch;
use api::trace::TraceSearch;
use storage::TenantId;

use super::{Deadline, Engine};
use crate::error::Error;
use crate::tail::{Filter, Question, Tail, TailNews};

impl Engine {
    /// Log records as they come in from now on, those that meet the conditions.
    pub fn tail_logs(&self, tenant: &TenantId, search: &LogSearch) -> Result<Tail, Error> {
        self.tail(tenant, Question::Logs(Box::new(search.clone())))
    }

    /// Spans as they come in from now on, those that meet the conditions.
    pub fn tail_spans(&self, tenant: &TenantId, search: &TraceSearch) -> Result<Tail, Error> {
        self.tail(tenant, Question::Spans(Box::new(search.clone())))
    }

    fn tail(&self, tenant: &TenantId, question: Question) -> Result<Tail, Error> {
        let signal = question.signal();
        let filter = Filter::new(question, Arc::new(self.session()), &self.store.promoted_set())?;
        Ok(Tail { following: self.store.follow(tenant, signal)?, filter })
    }

    /// The next rows of a tail, once there are some; `None` when the store has closed.
    pub async fn tail_next(&self, tail: &mut Tail) -> Option<Result<TailNews, Error>> {
        loop {
            let news = tail.following.next().await?;
            let time = self.config.query_timeout;
            let mut filter = tail.filter.clone();
            let work = async move {
                let found = filter.of(&news)?;
                Ok((found, filter))
            };
            match self.threads.run(Deadline { at: Instant::now() + time, time }, work).await {
                Ok((found, filter)) => {
                    tail.filter = filter;
                    if !found.is_empty() {
                        return Some(Ok(found));
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
