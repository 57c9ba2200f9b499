//! The threads that questions run on: not those of the caller.
//!
//! A statement can keep a thread busy for a long time between two points at which it can be stopped (a function over a
//! large text, a join of a table with itself). Here it then delays other questions, and nothing that is ingested. The
//! caller waits no longer than its deadline; the work itself ends at its next point, and only then is its turn free.

use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::error::{Error, ErrorKind};

/// A runtime for questions.
pub(super) struct Threads(Option<Runtime>);

impl Threads {
    /// Starts so many threads.
    pub(super) fn start(count: usize) -> Self {
        let runtime =
            Builder::new_multi_thread().worker_threads(count.max(1)).thread_name("query").enable_all().build();
        Self(Some(runtime.expect("a process that cannot start threads cannot serve")))
    }

    /// Runs the work to its end, at most until the deadline. If the returned future is dropped, the work is stopped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        deadline: Deadline,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let Some(runtime) = &self.0 else {
            return Err(Error::new(ErrorKind::Unavailable, "the engine is shutting down"));
        };
        let mut task = StopWhenDropped(runtime.spawn(work));
        match tokio::time::timeout_at(deadline.at.into(), &mut task.0).await {
            Ok(Ok(result)) => result,
            Ok(Err(failed)) if failed.is_cancelled() => {
                Err(Error::new(ErrorKind::Unavailable, "the engine is shutting down"))
            }
            Ok(Err(panicked)) => {
                tracing::error!(%panicked, "a query panicked");
                let message = "the query ended without an answer, which is a mistake of Alidade; the log says more";
                Err(Error::new(ErrorKind::Internal, message))
            }
            Err(_) => Err(deadline.passed()),
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Waiting for queries would block a thread of the caller's runtime.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// When a question's time is up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    /// The moment.
    pub(super) at: Instant,
    /// How long it was, for the message.
    pub(super) time: Duration,
}

impl Deadline {
    fn passed(self) -> Error {
        let seconds = self.time.as_secs_f64();
        let message = format!("the query took longer than {seconds} s; ask for a shorter range or fewer rows");
        Error::new(ErrorKind::Timeout, message)
    }
}

struct StopWhenDropped<T>(JoinHandle<T>);

impl<T> Drop for StopWhenDropped<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn within(time: Duration) -> Deadline {
        Deadline { at: Instant::now() + time, time }
    }

    /// Says that it was dropped.
    struct Witness(Arc<AtomicBool>);

    impl Drop for Witness {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    async fn until(flag: &AtomicBool) {
        while !flag.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test]
    async fn work_that_never_yields_ends_for_the_caller_at_the_deadline() {
        let threads = Threads::start(1);
        let (released, held) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (gate, holding) = (released.clone(), held.clone());
        let busy = threads.run(within(Duration::from_millis(20)), async move {
            holding.store(true, Ordering::SeqCst);
            while !gate.load(Ordering::SeqCst) {
                std::hint::spin_loop();
            }
            Ok(())
        });
        assert_eq!(busy.await.unwrap_err().kind, ErrorKind::Timeout);
        assert!(held.load(Ordering::SeqCst));
        released.store(true, Ordering::SeqCst);
    }

    #[tokio::test]
    async fn work_of_a_caller_that_went_is_stopped() {
        let threads = Threads::start(1);
        let (started, stopped) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (starting, witness) = (started.clone(), Witness(stopped.clone()));
        let mut forever = Box::pin(threads.run(within(Duration::from_secs(60)), async move {
            let _witness = witness;
            starting.store(true, Ordering::SeqCst);
            std::future::pending::<Result<(), Error>>().await
        }));
        tokio::select! {
            _ = &mut forever => panic!("it does not end by itself"),
            () = until(&started) => {}
        }
        drop(forever);
        until(&stopped).await;
    }

    #[tokio::test]
    async fn a_panic_is_an_error_of_that_question_only() {
        let threads = Threads::start(1);
        let failed: Result<(), Error> =
            threads.run(within(Duration::from_secs(60)), async { panic!("on purpose") }).await;
        assert_eq!(failed.unwrap_err().kind, ErrorKind::Internal);
        let next = threads.run(within(Duration::from_secs(60)), async { Ok(5) }).await;
        assert_eq!(next.unwrap(), 5);
    }
}
