//! A remote store in memory that fails as networks do, by a seed: a request may be lost, its reply may be lost, and a put
//! that was given up may be carried out later.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use crate::io::chance::Random;

/// A clone is the same one.
#[derive(Clone, Debug)]
pub(crate) struct Flaky(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    memory: InMemory,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// One in so many requests fails; 0: none.
    one_in: u64,
    random: u64,
    /// Puts that are on their way.
    late: Vec<(Path, PutPayload, PutOptions)>,
    requests: u64,
    is_away: bool,
    are_commits_late: bool,
}

enum Fate {
    Good,
    /// It never arrived.
    Lost,
    /// It was carried out, and nobody was told.
    ReplyLost,
    /// It will be carried out.
    Late,
}

impl Flaky {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner { memory: InMemory::new(), state: Mutex::default() }))
    }

    /// From now on one in so many requests fails; 0: none.
    pub(crate) fn fail(&self, one_in: u64, seed: u64) {
        let mut state = self.state();
        (state.one_in, state.random) = (one_in, seed);
    }

    /// Whether nothing arrives at all.
    pub(crate) fn set_away(&self, is_away: bool) {
        self.state().is_away = is_away;
    }

    /// How many requests there were.
    pub(crate) fn requests(&self) -> u64 {
        self.state().requests
    }

    /// Whether no commit gets an answer, and each arrives later.
    pub(crate) fn delay_commits(&self, are_late: bool) {
        self.state().are_commits_late = are_late;
    }

    /// What is on its way arrives. How many puts were carried out: not those whose name is taken by now.
    pub(crate) async fn deliver(&self) -> usize {
        let late = std::mem::take(&mut self.state().late);
        let mut done = 0;
        for (location, payload, options) in late {
            done += usize::from(self.0.memory.put_opts(&location, payload, options).await.is_ok());
        }
        done
    }

    fn fate(&self) -> Fate {
        let mut state = self.state();
        state.requests += 1;
        if state.is_away {
            return Fate::Lost;
        }
        if state.one_in == 0 {
            return Fate::Good;
        }
        let mut random = Random(state.random);
        let fate = if random.one_in(state.one_in) { random.below(3) } else { 3 };
        state.random = random.next();
        match fate {
            0 => Fate::Lost,
            1 => Fate::ReplyLost,
            2 => Fate::Late,
            _ => Fate::Good,
        }
    }

    /// Only puts are carried out late: of all others a caller that got no answer knows that they may have been.
    async fn answer<T>(&self, request: impl Future<Output = Result<T>>) -> Result<T> {
        match self.fate() {
            Fate::Good => request.await,
            Fate::Lost | Fate::Late => Err(no_answer()),
            Fate::ReplyLost => {
                let _ = request.await;
                Err(no_answer())
            }
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_answer() -> Error {
    Error::Generic { store: "flaky", source: "no answer".into() }
}

impl fmt::Display for Flaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flaky")
    }
}

#[async_trait]
impl ObjectStore for Flaky {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let is_late = options.mode == PutMode::Create && self.state().are_commits_late;
        match if is_late { Fate::Late } else { self.fate() } {
            Fate::Good => self.0.memory.put_opts(location, payload, options).await,
            Fate::Lost => Err(no_answer()),
            Fate::ReplyLost => {
                let _ = self.0.memory.put_opts(location, payload, options).await;
                Err(no_answer())
            }
            Fate::Late => {
                self.state().late.push((location.clone(), payload, options));
                Err(no_answer())
            }
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.answer(self.0.memory.put_multipart_opts(location, options)).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.answer(self.0.memory.get_opts(location, options)).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let store = self.clone();
        let delete = move |location: Result<Path>| {
            let store = store.clone();
            async move {
                let location = location?;
                let one = futures::stream::once(std::future::ready(Ok(location.clone()))).boxed();
                let mut deleted = store.0.memory.delete_stream(one);
                let first = async { deleted.next().await.unwrap_or(Ok(location)) };
                store.answer(first).await
            }
        };
        locations.then(delete).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.fate() {
            Fate::Good => self.0.memory.list(prefix),
            _ => futures::stream::once(std::future::ready(Err(no_answer()))).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.answer(self.0.memory.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.answer(self.0.memory.copy_opts(from, to, options)).await
    }
}
