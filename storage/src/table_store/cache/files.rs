//! The files of the cache, and which of them go first.
//!
//! ```text
//! magic "ALIDCCH1" · path length u16 · path · size of the object u64 · crc32c u32 of all but itself · content
//! ```

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use object_store::path::Path;
use twox_hash::XxHash64;

use crate::io::{Io, Mode};

const MAGIC: &[u8; 8] = b"ALIDCCH1";
/// Where the cache is full it is emptied to this part, so that not every write has to look for the oldest.
const KEPT_PERCENT: u64 = 90;

/// Names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    path: u64,
    block: u64,
}

/// What was kept of an object.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) content: Bytes,
    /// Of the whole object.
    pub(super) size: u64,
}

#[derive(Debug)]
pub(super) struct Files {
    io: Arc<dyn Io>,
    folder: PathBuf,
    bytes_max: u64,
    entries: Mutex<Entries>,
    has_room: AtomicBool,
    hits: AtomicU64,
    misses: AtomicU64,
    names: AtomicU64,
}

#[derive(Debug, Default)]
struct Entries {
    known: HashMap<Key, Entry>,
    bytes: u64,
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    bytes: u64,
    used: u64,
}

impl Key {
    pub(super) fn block(path: &Path, block: u64) -> Self {
        Self { path: XxHash64::oneshot(0, path.as_ref().as_bytes()), block }
    }

    fn name(self) -> String {
        format!("{:016x}-{:08x}", self.path, self.block)
    }

    fn parse(name: &str) -> Option<Self> {
        let (path, block) = name.split_once('-').filter(|(path, block)| path.len() == 16 && block.len() == 8)?;
        Some(Self { path: u64::from_str_radix(path, 16).ok()?, block: u64::from_str_radix(block, 16).ok()? })
    }
}

impl Files {
    /// The cache in this folder, with what earlier runs kept. Where it cannot be used nothing is kept: that is no reason not
    /// to start.
    pub(super) fn open(io: Arc<dyn Io>, folder: PathBuf, bytes_max: u64) -> Self {
        let files = Self { bytes_max, has_room: AtomicBool::new(true), ..Self::off(io, folder) };
        if let Err(error) = files.look() {
            files.has_room.store(false, Ordering::Relaxed);
            tracing::warn!(folder = %files.folder.display(), %error, "the cache of remote tables cannot be used");
        }
        files.evict();
        files
    }

    /// A cache that takes nothing in and leaves the folder as it is.
    pub(super) fn off(io: Arc<dyn Io>, folder: PathBuf) -> Self {
        Self {
            io,
            folder,
            bytes_max: 0,
            entries: Mutex::default(),
            has_room: AtomicBool::new(false),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            names: AtomicU64::new(0),
        }
    }

    fn look(&self) -> std::io::Result<()> {
        self.io.create_folders(&self.folder)?;
        let mut found = Vec::new();
        for entry in self.io.list(&self.folder)? {
            let Some(name) = entry.path.file_name().and_then(|name| name.to_str()) else { continue };
            match Key::parse(name) {
                Some(key) => {
                    let metadata = self.io.metadata(&entry.path)?;
                    found.push((metadata.modified, key, metadata.bytes));
                }
                // It was being written.
                None if name.contains('#') => self.io.remove(&entry.path)?,
                None => {}
            }
        }
        found.sort();
        let mut entries = self.lock();
        for (_, key, bytes) in found {
            entries.enter(key, bytes);
        }
        Ok(())
    }

    pub(super) fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    pub(super) fn counts(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    pub(super) fn has(&self, key: Key) -> bool {
        self.lock().known.contains_key(&key)
    }

    /// Whether there is something of this object.
    pub(super) fn has_some(&self, path: &Path) -> bool {
        let of_path = Key::block(path, 0).path;
        self.lock().known.keys().any(|key| key.path == of_path)
    }

    /// What is kept under this key, if that is of this object and undamaged.
    pub(super) fn get(&self, key: Key, path: &Path) -> Option<Kept> {
        let kept = self.find(key, path);
        let counter = if kept.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        kept
    }

    fn find(&self, key: Key, path: &Path) -> Option<Kept> {
        self.lock().touch(key)?;
        let file = self.folder.join(key.name());
        match self.io.read(&file) {
            Ok(bytes) => {
                let kept = parse(Bytes::from(bytes), path);
                if kept.is_none() {
                    tracing::warn!(file = %file.display(), "a file of the cache is damaged; it is read again from the store");
                    self.remove(key);
                }
                kept
            }
            // Somebody emptied the folder, perhaps.
            Err(_) => {
                self.remove(key);
                None
            }
        }
    }

    /// Keeps this. What goes wrong costs another read.
    pub(super) fn put(&self, key: Key, path: &Path, size: u64, content: &[u8]) {
        let head = head(path, size);
        let bytes = (head.len() + 4 + content.len()) as u64;
        if !self.has_room.load(Ordering::Relaxed) || bytes > self.bytes_max / 4 {
            return;
        }
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&head), content);
        let whole = [&head, checksum.to_le_bytes().as_slice(), content].concat();
        if let Err(error) = self.write(key, &whole) {
            tracing::debug!(%path, %error, "what was read could not be kept in the cache");
            return;
        }
        self.lock().enter(key, bytes);
        self.evict();
    }

    /// Not synced: a checksum tells what a power cut left.
    fn write(&self, key: Key, whole: &[u8]) -> std::io::Result<()> {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let (file, written) = (self.folder.join(key.name()), self.folder.join(format!("{}#{number}", key.name())));
        let open = || self.io.open(&written, Mode::Create);
        let opened = open().or_else(|_| {
            self.io.create_folders(&self.folder)?;
            open()
        })?;
        opened.write_at(whole, 0).and_then(|()| self.io.rename(&written, &file)).inspect_err(|_| {
            // It is removed at the next start, if it cannot be now.
            let _ = self.io.remove(&written);
        })
    }

    /// Drops what is kept of this object.
    pub(super) fn forget(&self, path: &Path) {
        let is_of_path = |key: &&Key| key.path == Key::block(path, 0).path;
        let keys: Vec<Key> = self.lock().known.keys().filter(is_of_path).copied().collect();
        keys.into_iter().for_each(|key| self.remove(key));
    }

    /// Empties itself where the disk has less room than the reserve, and takes in nothing while it has less than twice that.
    pub(super) fn keep_room(&self, free_bytes: u64, reserve_bytes: u64) {
        self.has_room.store(free_bytes > reserve_bytes.saturating_mul(2), Ordering::Relaxed);
        if free_bytes < reserve_bytes {
            let keys: Vec<Key> = self.lock().known.keys().copied().collect();
            keys.into_iter().for_each(|key| self.remove(key));
        }
    }

    fn evict(&self) {
        let mut oldest: Vec<(u64, Key, u64)> = {
            let entries = self.lock();
            if entries.bytes <= self.bytes_max {
                return;
            }
            entries.known.iter().map(|(key, entry)| (entry.used, *key, entry.bytes)).collect()
        };
        oldest.sort_unstable();
        let kept = self.bytes_max / 100 * KEPT_PERCENT;
        for (_, key, _) in oldest {
            if self.lock().bytes <= kept {
                break;
            }
            self.remove(key);
        }
    }

    fn remove(&self, key: Key) {
        if self.lock().leave(key)
            && let Err(error) = self.io.remove(&self.folder.join(key.name()))
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(file = key.name(), %error, "a file of the cache could not be removed");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn enter(&mut self, key: Key, bytes: u64) {
        self.leave(key);
        self.clock += 1;
        self.bytes += bytes;
        self.known.insert(key, Entry { bytes, used: self.clock });
    }

    fn leave(&mut self, key: Key) -> bool {
        let left = self.known.remove(&key);
        self.bytes -= left.as_ref().map_or(0, |entry| entry.bytes);
        left.is_some()
    }

    fn touch(&mut self, key: Key) -> Option<()> {
        self.clock += 1;
        self.known.get_mut(&key)?.used = self.clock;
        Some(())
    }
}

fn head(path: &Path, size: u64) -> Vec<u8> {
    let path = path.as_ref().as_bytes();
    let length = u16::try_from(path.len()).unwrap_or(u16::MAX);
    [MAGIC.as_slice(), &length.to_le_bytes(), path, &size.to_le_bytes()].concat()
}

/// `None` where it is not what was written for this object.
fn parse(whole: Bytes, path: &Path) -> Option<Kept> {
    let length = head(path, 0).len();
    let (found, rest) = whole.split_at_checked(length)?;
    let size = u64::from_le_bytes(*found.last_chunk()?);
    let (checksum, content) = rest.split_first_chunk::<4>()?;
    let is_good = found == head(path, size)
        && crc32c::crc32c_append(crc32c::crc32c(found), content) == u32::from_le_bytes(*checksum);
    is_good.then(|| Kept { size, content: whole.slice(length + 4..) })
}
