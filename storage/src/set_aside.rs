//! Damaged files are moved (or copied) to `set-aside/`, with the reason beside them, and never in the way.
//!
//! There are two such folders where the tables are not in the data directory: one of what stays there (write-ahead log,
//! documents), and one of the tables' files, beside the tables.

mod objects;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::error::{Error, ErrorKind};
use crate::health::SetAside;
use crate::io::{Io, Mode};

pub(crate) use objects::list_in;

/// Ends the name of the file that holds the reason: a line with where the file was, the reason, and [`REPAIRED`] as the last
/// line where the file was put right.
const REASON: &str = "reason";
const REPAIRED: &str = "\nrepaired";

/// The folder `set-aside/` of a data directory.
pub(crate) struct SetAsideFolder {
    io: Arc<dyn Io>,
    data_dir: PathBuf,
    list: Mutex<Vec<SetAside>>,
}

impl SetAsideFolder {
    /// The folder, with what earlier runs put there.
    pub(crate) fn open(io: Arc<dyn Io>, data_dir: &Path) -> Result<Self, Error> {
        let folder = data_dir.join("set-aside");
        io.create_folders(&folder).map_err(|error| failed("create", folder.display(), &error))?;
        let list = list_of(io.as_ref(), data_dir).map_err(|error| failed("list", folder.display(), &error))?;
        Ok(Self { io, data_dir: data_dir.to_owned(), list: Mutex::new(list) })
    }

    /// Everything that was set aside, by this run and earlier ones.
    pub(crate) fn list(&self) -> Vec<SetAside> {
        self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Moves a file or folder out of the way.
    pub(crate) fn take(&self, path: &Path, reason: impl Into<String>) -> Result<(), Error> {
        self.enter(path, reason.into(), false, |io, from, to| io.rename(from, to))
    }

    /// Keeps a copy of a file that is still used, without what is damaged. Of the same damage one: each start finds it again.
    pub(crate) fn copy(&self, path: &Path, reason: impl Into<String>) -> Result<(), Error> {
        self.copy_once(path, reason.into(), false)
    }

    /// Keeps a copy of a file that is about to be put right as a whole.
    pub(crate) fn copy_repaired(&self, path: &Path, reason: impl Into<String>) -> Result<(), Error> {
        self.copy_once(path, reason.into(), true)
    }

    fn copy_once(&self, path: &Path, reason: String, is_repaired: bool) -> Result<(), Error> {
        let original = path.strip_prefix(&self.data_dir).unwrap_or(path);
        if self.knows(original, &reason) {
            return Ok(());
        }
        self.enter(path, reason, is_repaired, |io, from, to| write(io, to, &io.read(from)?))
    }

    /// Reports a file that stays where it is because nothing may touch it.
    pub(crate) fn report(&self, path: &Path, reason: impl Into<String>) {
        let original = path.strip_prefix(&self.data_dir).unwrap_or(path).to_owned();
        self.remember(SetAside { now: original.clone(), original, reason: reason.into(), is_repaired: false });
    }

    /// Takes a report back: the file is well again.
    pub(crate) fn withdraw(&self, path: &Path) {
        let original = path.strip_prefix(&self.data_dir).unwrap_or(path);
        let mut list = self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        list.retain(|known| known.original != original || known.now != original);
    }

    fn knows(&self, original: &Path, reason: &str) -> bool {
        self.list().iter().any(|known| known.original == original && known.reason == reason)
    }

    fn enter(
        &self,
        path: &Path,
        reason: String,
        is_repaired: bool,
        act: impl FnOnce(&dyn Io, &Path, &Path) -> std::io::Result<()>,
    ) -> Result<(), Error> {
        let original = path.strip_prefix(&self.data_dir).unwrap_or(path).to_owned();
        let name = original.to_string_lossy().replace(['/', '\\'], "_");
        let folder = self.data_dir.join("set-aside");
        let io = self.io.as_ref();
        let mut number = 1u32;
        let to = loop {
            let to = folder.join(format!("{name}.{number}"));
            if !io.exists(&to).map_err(|error| failed("look for", to.display(), &error))? {
                break to;
            }
            number += 1;
        };
        act(io, path, &to).map_err(|error| failed("set aside", path.display(), &error))?;
        let reason_path = PathBuf::from(format!("{}.{REASON}", to.display()));
        let now = to.strip_prefix(&self.data_dir).unwrap_or(&to).to_owned();
        let entry = SetAside { original, now, reason, is_repaired };
        write(io, &reason_path, to_text(&entry).as_bytes())
            .map_err(|error| failed("write", reason_path.display(), &error))?;
        self.enter_known(entry);
        Ok(())
    }

    fn enter_known(&self, entry: SetAside) {
        let (file, reason, is_repaired) = (entry.original.display(), &entry.reason, entry.is_repaired);
        tracing::warn!(%file, reason, is_repaired, "a file is damaged; it, or a copy of it, is in set-aside/");
        self.remember(entry);
    }

    fn remember(&self, entry: SetAside) {
        let mut list = self.list.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !list.iter().any(|known| known.original == entry.original && known.reason == entry.reason) {
            list.push(entry);
        }
    }
}

/// Synced, its name too: a power cut must not take what is kept for a person to look at.
fn write(io: &dyn Io, path: &Path, content: &[u8]) -> std::io::Result<()> {
    let file = io.open(path, Mode::Create)?;
    file.write_at(content, 0)?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), |folder| io.sync_folder(folder))
}

/// What runs so far have set aside in this data directory, by their reason files.
pub(crate) fn list_of(io: &dyn Io, data_dir: &Path) -> std::io::Result<Vec<SetAside>> {
    let mut list = Vec::new();
    for entry in io.list(&data_dir.join("set-aside"))? {
        let path = entry.path;
        if path.extension().is_some_and(|extension| extension == REASON)
            && let Ok(content) = io.read(&path)
            && let Ok(text) = String::from_utf8(content)
        {
            let now = path.with_extension("");
            list.extend(of_text(&text, now.strip_prefix(data_dir).unwrap_or(&now)));
        }
    }
    list.sort_by(|a, b| a.now.cmp(&b.now));
    Ok(list)
}

/// The content of a reason file.
fn to_text(entry: &SetAside) -> String {
    let end = if entry.is_repaired { REPAIRED } else { "" };
    format!("{}\n{}{end}", entry.original.display(), entry.reason)
}

/// What the reason file of a file that is there `now` says.
fn of_text(text: &str, now: &Path) -> Option<SetAside> {
    let (original, reason) = text.split_once('\n')?;
    let repaired = reason.strip_suffix(REPAIRED);
    Some(SetAside {
        original: original.into(),
        now: now.to_owned(),
        reason: repaired.unwrap_or(reason).to_owned(),
        is_repaired: repaired.is_some(),
    })
}

fn failed(what: &str, path: impl Display, error: &dyn std::error::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("cannot {what} {path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_file_says_what_was_put_right() {
        for is_repaired in [false, true] {
            let reason = "a bit\nrepaired it was not".to_owned();
            let entry = SetAside { original: "wal/1".into(), now: "set-aside/wal_1.1".into(), reason, is_repaired };
            assert_eq!(of_text(&to_text(&entry), &entry.now), Some(entry));
        }
        assert_eq!(of_text("wal/1", Path::new("set-aside/wal_1.1")), None, "cut off");
    }
}
