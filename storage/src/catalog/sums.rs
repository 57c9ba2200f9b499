//! Checksums of the Delta log, which has none of its own: a flipped bit in it would change what a table is, and most still
//! read.
//!
//! A commit has the CRC-32C of itself in its `commitInfo` (which readers keep to themselves), a checkpoint in a file of its
//! name in `_delta_log/_alidade/`. One flipped bit is put right again; what is worse is damage. A file without a checksum
//! (another writer's, or an earlier version's) is taken as it is.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};

use super::repair::version;
use crate::one_bit::{self, bits_between};

/// Where the checksum goes.
const INFO: &str = r#"{"commitInfo":{"#;
/// Stands before it.
const MARK: &str = r#""alidadeCrc32c":""#;
/// In place of it, while it is computed.
const NONE: &str = "00000000";
const FOLDER: &str = "_alidade";

/// The commit with its checksum; as it is where it has none to put it in.
pub(super) fn stamp(commit: &[u8]) -> Vec<u8> {
    let mut out = commit.to_vec();
    let Some(at) = find(commit, INFO).map(|at| at + INFO.len()).filter(|_| find(commit, MARK).is_none()) else {
        return out;
    };
    let comma = if commit.get(at) == Some(&b'}') { "" } else { "," };
    out.splice(at..at, format!("{MARK}{NONE}\"{comma}").bytes());
    let checksum = crc32c::crc32c(&out);
    out[at + MARK.len()..][..NONE.len()].copy_from_slice(format!("{checksum:08x}").as_bytes());
    out
}

/// Whether a commit is what its checksum says, or has none.
pub(super) fn is_intact(commit: &[u8]) -> bool {
    match split(commit) {
        Some((content, place)) => commit[place] == *text_of(&content).as_bytes(),
        None => remarked(commit).is_none(),
    }
}

/// A commit of which a bit of the mark was flipped, as it was.
fn remarked(commit: &[u8]) -> Option<Vec<u8>> {
    let is_near = |window: &[u8]| bits_between(window, MARK.as_bytes()) == 1;
    let at = commit.windows(MARK.len()).position(is_near)?;
    let mut content = commit.to_vec();
    content[at..at + MARK.len()].copy_from_slice(MARK.as_bytes());
    split(&content).filter(|(summed, place)| content[place.clone()] == *text_of(summed).as_bytes())?;
    Some(content)
}

/// A commit of which one bit was flipped, as it was; `None` of an intact one, and where more is damaged.
pub(super) fn restored(commit: &[u8]) -> Option<Vec<u8>> {
    let Some((mut content, place)) = split(commit) else { return remarked(commit) };
    let stored = &commit[place.clone()];
    let differ = bits_between(stored, text_of(&content).as_bytes());
    if differ == 0 {
        return None;
    }
    if differ > 1 {
        let checksum = u32::from_str_radix(std::str::from_utf8(stored).ok()?, 16).ok()?;
        one_bit::restore(&mut content, checksum)?;
    }
    let text = text_of(&content);
    content[place].copy_from_slice(text.as_bytes());
    Some(content)
}

/// The commit as it was summed, and where its checksum is.
fn split(commit: &[u8]) -> Option<(Vec<u8>, Range<usize>)> {
    let at = find(commit, MARK)? + MARK.len();
    let place = at..at + NONE.len();
    commit.get(place.clone())?;
    let mut content = commit.to_vec();
    content[place.clone()].copy_from_slice(NONE.as_bytes());
    Some((content, place))
}

fn text_of(content: &[u8]) -> String {
    format!("{:08x}", crc32c::crc32c(content))
}

fn find(bytes: &[u8], text: &str) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text.as_bytes())
}

/// Where the checksum of a checkpoint is.
fn path_of_sum(checkpoint: &Path) -> Option<Path> {
    let name = checkpoint.filename()?;
    let log = Path::from(checkpoint.as_ref().strip_suffix(name)?);
    Some(log.join(FOLDER).join(format!("{name}.crc32c")))
}

/// Writes down the checksum of a checkpoint that was just made, and forgets those of checkpoints that are gone.
pub(super) async fn keep_sum(objects: &dyn ObjectStore, checkpoint: &Path) -> Result<()> {
    let Some(path) = path_of_sum(checkpoint) else { return Ok(()) };
    let bytes = objects.get(checkpoint).await?.bytes().await?;
    objects.put(&path, format!("{:08x}\n", crc32c::crc32c(&bytes)).into_bytes().into()).await?;
    let name = |path: &Path| path.filename().map(str::to_owned);
    let folder = Path::from(path.as_ref().trim_end_matches(path.filename().unwrap_or_default()));
    let log = Path::from(checkpoint.as_ref().trim_end_matches(checkpoint.filename().unwrap_or_default()));
    let log = objects.list_with_delimiter(Some(&log)).await?;
    let there: Vec<String> = log.objects.iter().filter_map(|file| name(&file.location)).collect();
    for sum in objects.list_with_delimiter(Some(&folder)).await?.objects {
        let of = name(&sum.location).and_then(|name| name.strip_suffix(".crc32c").map(str::to_owned));
        if of.is_some_and(|of| !there.contains(&of)) {
            objects.delete(&sum.location).await?;
        }
    }
    Ok(())
}

/// What a checksum says of a checkpoint.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Checkpoint {
    /// It is what was written.
    Intact,
    /// It has no checksum.
    Unknown,
    /// It was this, before a bit was flipped.
    Restored(Vec<u8>),
    Damaged,
}

/// Compares a checkpoint with its checksum.
pub(super) async fn verdict(objects: &dyn ObjectStore, checkpoint: &Path, bytes: &Bytes) -> Checkpoint {
    let Some(path) = path_of_sum(checkpoint) else { return Checkpoint::Unknown };
    let sum = async { objects.get(&path).await?.bytes().await };
    let Ok(sum) = sum.await else { return Checkpoint::Unknown };
    let own = text_of(bytes);
    let stored = sum.get(..NONE.len()).unwrap_or_default();
    let differ = bits_between(stored, own.as_bytes());
    // One bit of the checksum's own text.
    if stored.len() == own.len() && differ <= 1 {
        return Checkpoint::Intact;
    }
    let stored = std::str::from_utf8(stored).ok().and_then(|text| u32::from_str_radix(text, 16).ok());
    let Some(checksum) = stored else { return Checkpoint::Unknown };
    let mut content = bytes.to_vec();
    match one_bit::restore(&mut content, checksum) {
        Some(_) => Checkpoint::Restored(content),
        None => Checkpoint::Damaged,
    }
}

/// The store of the tables as the Delta log is written to it: commits get their checksum.
#[derive(Debug)]
pub(super) struct Stamping(pub(super) Arc<dyn ObjectStore>);

impl fmt::Display for Stamping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Stamping {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let payload = match version(location) {
            Some(_) => stamp(&Bytes::from(payload)).into(),
            None => payload,
        };
        self.0.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.0.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.0.rename_opts(from, to, options).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str =
        "{\"add\":{\"path\":\"a.parquet\"}}\n{\"commitInfo\":{\"operation\":\"WRITE\"}}\n{\"txn\":{\"version\":11}}\n";

    #[test]
    fn a_commit_keeps_its_lines_and_any_flipped_bit_is_put_right() {
        let stamped = stamp(COMMIT.as_bytes());
        assert!(is_intact(&stamped) && restored(&stamped).is_none());
        assert_eq!(stamp(&stamped), stamped, "it has one already");
        let lines: Vec<serde_json::Value> =
            std::str::from_utf8(&stamped).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[1]["commitInfo"]["operation"], "WRITE");
        for bit in 0..stamped.len() * 8 {
            let mut damaged = stamped.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_intact(&damaged), "bit {bit}");
            assert_eq!(restored(&damaged).as_ref(), Some(&stamped), "bit {bit}");
        }
        let mut damaged = stamped.clone();
        (damaged[3], damaged[70]) = (b'x', b'y');
        assert!(!is_intact(&damaged) && restored(&damaged).is_none());
    }

    #[test]
    fn commits_of_others_are_taken_as_they_are() {
        let bare = b"{\"txn\":{\"version\":11}}\n";
        assert_eq!(stamp(bare), bare);
        assert!(is_intact(bare) && is_intact(COMMIT.as_bytes()) && restored(COMMIT.as_bytes()).is_none());
        let empty = stamp(b"{\"commitInfo\":{}}\n");
        assert!(is_intact(&empty) && serde_json::from_slice::<serde_json::Value>(&empty).is_ok());
    }
}
