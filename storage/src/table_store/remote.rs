//! An object store that is reached over the network: what such a store leaves open when it fails is settled here.
//!
//! What it promises: a put that must create (a commit) is tried until it is known whether it has happened, however long the
//! network is away, and a lost reply is never taken for somebody else's commit; while the store cannot be reached reads
//! fail at once and say why, instead of each waiting for its own time-out; what is large goes up in parts, and the parts of
//! an upload that failed are given up. What it leaves out: what to do without the store.

mod reach;

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};
use tokio::sync::watch;

use reach::Reach;

/// What is larger goes up in parts of this size.
const PART_BYTES: usize = 8 << 20;
/// How many parts of one upload are on their way at a time.
const PARTS_AT_ONCE: usize = 4;
/// The longest pause before what must be known is tried again.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// How it goes about failures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// The first pause before a commit whose outcome is unknown is tried again; it doubles with each.
    pub(crate) pause_first: Duration,
    /// So long after a failure reads are refused at once; then one is tried again.
    pub(crate) refused_for: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { pause_first: Duration::from_millis(200), refused_for: Duration::from_secs(3) }
    }
}

/// The store. Paths are relative to its root.
#[derive(Debug)]
pub(crate) struct Remote {
    /// As the configuration has it.
    url: String,
    reads: Arc<dyn ObjectStore>,
    writes: Arc<dyn ObjectStore>,
    timing: Timing,
    reach: Reach,
    /// Commits of which it is not known whether they have happened.
    open_commits: Mutex<HashSet<Path>>,
    is_looking: AtomicBool,
    /// Whether nobody can wait for an answer any more.
    is_closing: watch::Sender<bool>,
}

/// Whose object it is that is in the way of a put.
enum Found {
    Ours,
    Another,
    None,
}

impl Remote {
    /// `reads` gives up soon, `writes` late; both are the same store.
    pub(crate) fn new(url: &str, reads: Arc<dyn ObjectStore>, writes: Arc<dyn ObjectStore>, timing: Timing) -> Self {
        let (open_commits, is_closing) = (Mutex::default(), watch::Sender::new(false));
        let reach = Reach::new(timing.refused_for);
        let (url, is_looking) = (url.to_owned(), AtomicBool::new(false));
        Self { url, reads, writes, timing, reach, open_commits, is_looking, is_closing }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Why it cannot be reached, if that was so when it was last tried.
    pub(crate) fn unreachable(&self) -> Option<String> {
        self.reach.reason()
    }

    /// Asks whether it is back, unless somebody does already.
    pub(crate) async fn look_again(&self) {
        if self.is_looking.swap(true, Ordering::AcqRel) {
            return;
        }
        // What is learnt is noted; that there is no such object is an answer as well.
        let _ = self.head(&Path::from("alidade-owner")).await;
        self.is_looking.store(false, Ordering::Release);
    }

    /// Whether reads are refused for a moment because it cannot be reached.
    pub(crate) fn refuses_reads(&self) -> bool {
        self.reach.refuses()
    }

    /// From now on a commit whose outcome is unknown is given up after the attempt that is under way.
    pub(crate) fn stop_waiting(&self) {
        self.is_closing.send_replace(true);
    }

    /// Pauses before the `attempt`th repetition. Whether somebody still waits for its outcome.
    pub(crate) async fn pause(&self, attempt: u32) -> bool {
        let pause = self.timing.pause_first.saturating_mul(1 << attempt.min(10)).min(PAUSE_MAX);
        let mut closing = self.is_closing.subscribe();
        tokio::time::timeout(pause, closing.wait_for(|closing| *closing)).await.is_err()
    }

    /// Whether a commit below this prefix was given up and may happen still.
    pub(crate) fn has_open_commit(&self, prefix: &Path) -> bool {
        self.open().iter().any(|commit| commit.prefix_matches(prefix))
    }

    /// It is known now what became of the commits below this prefix.
    pub(crate) fn settle(&self, prefix: &Path) {
        self.open().retain(|commit| !commit.prefix_matches(prefix));
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashSet<Path>> {
        self.open_commits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Creates an object, or says that there is another one; tries until that is known.
    ///
    /// A request that failed may be carried out later. Because each attempt is the same, and only one object of this name
    /// can come to be, that does no harm as long as nobody takes a failure for an answer.
    async fn create(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.open().insert(location.clone());
        let mut attempt = 0;
        loop {
            let put = self.writes.put_opts(location, payload.clone(), options.clone()).await;
            let uncertain = match put {
                Ok(done) => {
                    self.reach.noted(Ok(())).ok();
                    self.open().remove(location);
                    return Ok(done);
                }
                Err(taken @ Error::AlreadyExists { .. }) => match self.whose(location, &payload).await {
                    Ok(Found::Ours) => {
                        tracing::info!(%location, "a commit whose reply was lost has happened");
                        self.open().remove(location);
                        return Ok(PutResult { e_tag: None, version: None });
                    }
                    Ok(Found::Another) => {
                        self.open().remove(location);
                        return Err(taken);
                    }
                    // Two requests at the same time may both be refused.
                    Ok(Found::None) => taken,
                    Err(error) => error,
                },
                Err(
                    error @ (Error::NotImplemented { .. } | Error::NotSupported { .. } | Error::InvalidPath { .. }),
                ) => {
                    self.open().remove(location);
                    return Err(error);
                }
                Err(error) => error,
            };
            tracing::warn!(%location, error = %uncertain, "it is not known whether a commit has happened; it is tried again");
            let uncertain = self.reach.noted(Err::<(), _>(uncertain)).err();
            if !self.pause(attempt).await
                && let Some(uncertain) = uncertain
            {
                return Err(uncertain);
            }
            attempt += 1;
        }
    }

    async fn whose(&self, location: &Path, payload: &PutPayload) -> Result<Found> {
        let there = match self.writes.get(location).await {
            Ok(there) => there.bytes().await?,
            Err(Error::NotFound { .. }) => return Ok(Found::None),
            Err(error) => return Err(error),
        };
        // A commit names files that no other has.
        let is_ours = Bytes::from(payload.clone()) == there;
        Ok(if is_ours { Found::Ours } else { Found::Another })
    }

    async fn put_in_parts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let PutOptions { tags, attributes, extensions, .. } = options;
        let options = PutMultipartOptions { tags, attributes, extensions };
        let mut upload = self.writes.put_multipart_opts(location, options).await?;
        let whole = Bytes::from(payload);
        let parts =
            (0..whole.len()).step_by(PART_BYTES).map(|from| whole.slice(from..whole.len().min(from + PART_BYTES)));
        let parts: Vec<_> = parts.map(|part| upload.put_part(part.into())).collect();
        let sent: Result<()> = futures::stream::iter(parts).buffer_unordered(PARTS_AT_ONCE).try_collect().await;
        let done = match sent {
            Ok(()) => upload.complete().await,
            Err(error) => Err(error),
        };
        if done.is_err()
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(%location, %error, "the parts of an upload that failed could not be removed");
        }
        done
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

#[async_trait]
impl ObjectStore for Remote {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        match options.mode {
            PutMode::Create => self.create(location, payload, options).await,
            PutMode::Overwrite if payload.content_length() > 2 * PART_BYTES => {
                self.reach.noted(self.put_in_parts(location, payload, options).await)
            }
            _ => self.reach.noted(self.writes.put_opts(location, payload, options).await),
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.reach.noted(self.writes.put_multipart_opts(location, options).await)
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.reach.check(&self.url)?;
        self.reach.noted(self.reads.get_opts(location, options).await)
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.reach.check(&self.url)?;
        self.reach.noted(self.reads.get_ranges(location, ranges).await)
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let reach = self.reach.clone();
        self.writes.delete_stream(locations).map(move |deleted| reach.noted(deleted)).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let reach = self.reach.clone();
        self.reads.list(prefix).map(move |listed| reach.noted(listed)).boxed()
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        let reach = self.reach.clone();
        self.reads.list_with_offset(prefix, offset).map(move |listed| reach.noted(listed)).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.reach.noted(self.reads.list_with_delimiter(prefix).await)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.reach.noted(self.writes.copy_opts(from, to, options).await)
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.reach.noted(self.writes.rename_opts(from, to, options).await)
    }
}

#[cfg(test)]
mod tests;
