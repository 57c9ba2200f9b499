//! Files that cannot be read are moved (or copied) to `set-aside/`, with the reason beside them, and never in the way.
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

/// Ends the name of the file that holds the reason.
const REASON: &str = "reason";

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
        self.enter(path, reason.into(), |io, from, to| io.rename(from, to))
    }

    /// Keeps a copy of a file that is still used. Of the same damage one: each start finds it again.
    pub(crate) fn copy(&self, path: &Path, reason: impl Into<String>) -> Result<(), Error> {
        let reason = reason.into();
        let original = path.strip_prefix(&self.data_dir).unwrap_or(path);
        if self.knows(original, &reason) {
            return Ok(());
        }
        self.enter(path, reason, |io, from, to| write(io, to, &io.read(from)?))
    }

    /// Reports a file that stays where it is because nothing may touch it.
    pub(crate) fn report(&self, path: &Path, reason: impl Into<String>) {
        let original = path.strip_prefix(&self.data_dir).unwrap_or(path).to_owned();
        self.remember(SetAside { now: original.clone(), original, reason: reason.into() });
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
        write(io, &reason_path, format!("{}\n{reason}", original.display()).as_bytes())
            .map_err(|error| failed("write", reason_path.display(), &error))?;
        tracing::warn!(file = %original.display(), %reason, "a file was set aside");
        let now = to.strip_prefix(&self.data_dir).unwrap_or(&to).to_owned();
        self.remember(SetAside { original, now, reason });
        Ok(())
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
            && let Some((original, reason)) = text.split_once('\n')
        {
            let now = path.with_extension("");
            let now = now.strip_prefix(data_dir).unwrap_or(&now).to_owned();
            list.push(SetAside { original: original.into(), now, reason: reason.to_owned() });
        }
    }
    list.sort_by(|a, b| a.now.cmp(&b.now));
    Ok(list)
}

fn failed(what: &str, path: impl Display, error: &dyn std::error::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("cannot {what} {path}: {error}"))
}
