//! The live tail: server-sent events of the log records that meet a search, until it is told to stop.
//!
//! A connection begins with `opened`, and a browser that lost one connects again by itself: each time what came before it
//! has to be asked of the search.

use api::ApiError;
use api::log::LogSearch;
use api::tail::LogTail;
use futures::channel::oneshot;
use futures::future::{Either, select};
use futures::stream::{StreamExt, select_all};
use gloo_net::eventsource::futures::EventSource;

use crate::client;

/// What the tail says.
pub(super) enum News {
    /// What is acknowledged from now on comes.
    Opened,
    /// Records in the order in which they came.
    Came(LogTail),
    /// It is over, for this reason.
    Failed(String),
}

/// Gives the news one after the other. Ends when `stopped` does, or after a failure.
pub(super) async fn follow(search: &LogSearch, mut stopped: oneshot::Receiver<()>, mut take: impl AsyncFnMut(News)) {
    let mut source = match EventSource::new(&client::logs_tail(search)) {
        Ok(source) => source,
        Err(error) => return take(News::Failed(error.to_string())).await,
    };
    let kinds = ["opened", "message", "failure"].map(|kind| source.subscribe(kind));
    let mut events = select_all(kinds.into_iter().flatten());
    loop {
        let news = match select(events.next(), &mut stopped).await {
            Either::Left((Some(Ok((kind, event))), _)) => read(&kind, &event.data().as_string().unwrap_or_default()),
            Either::Left((Some(Err(_)), _)) => News::Failed("the server does not answer.".to_owned()),
            Either::Left((None, _)) | Either::Right(_) => return,
        };
        let is_over = matches!(news, News::Failed(_));
        take(news).await;
        if is_over {
            return;
        }
    }
}

fn read(kind: &str, data: &str) -> News {
    let unreadable = |_| News::Failed("the server's answer cannot be read.".to_owned());
    match kind {
        "opened" => News::Opened,
        "failure" => {
            serde_json::from_str(data).map_or_else(unreadable, |ApiError { error }| News::Failed(error.message))
        }
        _ => serde_json::from_str(data).map_or_else(unreadable, News::Came),
    }
}
