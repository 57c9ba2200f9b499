//! `alidade check`: reads every file of a data directory that no process has open, and says what is wrong.
//!
//! What it promises: nothing is written unless a repair is asked for, and a repair removes or rewrites only what is made
//! from other files (sidecars) or is part of nothing (files of an interrupted seal). What it leaves out: bytes that have
//! no checksum and still decode (a checkpoint of the Delta log, a page of SQLite) can be wrong without being found.

mod documents;
mod log;
mod set_aside;
mod tables;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::io::{Io, Real};
use crate::one_bit::FLIPPED;
use crate::table_store::TableStore;

/// Something that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, relative to the data directory, or to the place of the tables where that is another.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
    /// What that means for the data.
    pub meaning: String,
    /// What can be done about it.
    pub remedy: String,
    /// Whether this run has repaired it.
    pub is_repaired: bool,
}

/// What a check read and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many files were read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is wrong, in the order of reading.
    pub findings: Vec<Finding>,
}

/// Reads every file of the data directory, and of the tables where they are elsewhere. Of the config only what says
/// where that is counts.
///
/// [`ErrorKind::NotFound`] where there is no data directory, [`ErrorKind::Unavailable`] where a process has it open.
pub async fn check(config: &Config, repair: bool, now_unix_nano: i64) -> Result<Report, Error> {
    let data_dir = config.data_dir.as_path();
    let _lock = lock(data_dir)?;
    let io: Arc<dyn Io> = Arc::new(Real);
    let table_store = TableStore::open_to_check(&io, config).await?;
    let mut report = Report::default();
    let in_log = log::check(io.as_ref(), data_dir, &mut report)?;
    tables::check(&table_store, config, &in_log, repair, now_unix_nano, &mut report).await?;
    documents::check(data_dir, &mut report).await;
    set_aside::check(io.as_ref(), data_dir, &table_store, &mut report).await;
    Ok(report)
}

impl Report {
    fn read(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }

    fn find(&mut self, path: impl Into<PathBuf>, problem: impl Into<String>, meaning: &str, remedy: &str) {
        self.findings.push(Finding {
            path: path.into(),
            problem: problem.into(),
            meaning: meaning.to_owned(),
            remedy: remedy.to_owned(),
            is_repaired: false,
        });
    }

    fn find_flipped(&mut self, path: impl Into<PathBuf>) {
        self.find(path, FLIPPED, "nothing is missing", "the next start puts it right and keeps a copy in set-aside/");
    }

    fn repaired(&mut self) {
        if let Some(last) = self.findings.last_mut() {
            last.is_repaired = true;
        }
    }
}

fn lock(data_dir: &Path) -> Result<File, Error> {
    let path = data_dir.join("lock");
    let file = File::open(&path).map_err(|error| {
        let kind = if error.kind() == std::io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Internal };
        Error::new(kind, format!("{} is no data directory of Alidade: {}: {error}", data_dir.display(), path.display()))
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            let message = format!("a process has the data directory {} open; stop it first", data_dir.display());
            Err(Error::new(ErrorKind::Unavailable, message))
        }
        Err(std::fs::TryLockError::Error(error)) => {
            Err(Error::new(ErrorKind::Internal, format!("cannot lock {}: {error}", path.display())))
        }
    }
}

fn relative(data_dir: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(data_dir).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests;
