//! The thread that writes the log.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::file::{Active, HEADER, Spares, prepare};
use super::record::{OVERHEAD_MAX, Record, write};
use super::{Durable, Entry, LogFile, Request, Shared, Sink, refused};
use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::io::Io;

pub(super) fn spawn(
    io: Arc<dyn Io>,
    config: &Config,
    shared: Arc<Shared>,
    next_sequence: u64,
    requests: mpsc::Receiver<Request>,
    sink: Sink,
) -> Result<std::thread::JoinHandle<()>, Error> {
    let writer = Writer::begin(io, config, shared, next_sequence, requests, sink)?;
    let spawned = std::thread::Builder::new().name("wal".into()).spawn(move || writer.run());
    spawned.map_err(|error| Error::new(ErrorKind::Internal, format!("cannot begin the log: {error}")))
}

pub(super) struct Writer {
    io: Arc<dyn Io>,
    folder: PathBuf,
    shared: Arc<Shared>,
    next_sequence: u64,
    requests: mpsc::Receiver<Request>,
    spares: Spares,
    active: Option<Active>,
    /// The first sequence of the file that was begun last, or could not be.
    tried: Option<u64>,
    buffer: Vec<u8>,
    group_bytes_max: usize,
    sink: Sink,
}

/// A request that is in the buffer.
struct Waiting {
    entry: Entry,
    sequence: u64,
    reply: oneshot::Sender<Result<u64, Error>>,
}

impl Writer {
    /// Begins the first file, before the first request, so that a data directory that cannot be written is an error at the
    /// start. A full disk is none: it may have room later.
    pub(super) fn begin(
        io: Arc<dyn Io>,
        config: &Config,
        shared: Arc<Shared>,
        next_sequence: u64,
        requests: mpsc::Receiver<Request>,
        sink: Sink,
    ) -> Result<Self, Error> {
        let folder = config.data_dir.join("wal");
        let file_bytes = config.wal_file_bytes.max(HEADER + 4096);
        let failed = |error: io::Error| Error::new(ErrorKind::Internal, format!("cannot begin the log: {error}"));
        let spares = prepare(io.clone(), &folder, next_sequence as u32, file_bytes).map_err(failed)?;
        let mut writer = Self {
            io,
            folder,
            shared,
            next_sequence,
            requests,
            spares,
            active: None,
            tried: None,
            buffer: Vec::new(),
            group_bytes_max: config.wal_group_bytes_max,
            sink,
        };
        match writer.rotate(next_sequence) {
            // Reads are served; appends are refused until there is room.
            Err(error) if error.kind() == io::ErrorKind::StorageFull => {
                tracing::error!("the disk is full: the log needs {file_bytes} bytes; appends are refused until then");
            }
            begun => begun.map_err(failed)?,
        }
        Ok(writer)
    }

    fn run(mut self) {
        while self.turn() {}
    }

    /// Waits for a request and answers it and those behind it. `false` once there will be none.
    pub(super) fn turn(&mut self) -> bool {
        let Some(first) = self.requests.blocking_recv() else { return false };
        let group = self.collect(first);
        match self.commit(&group) {
            Ok(()) => self.hand_on(group),
            Err(error) => {
                for waiting in group {
                    let _ = waiting.reply.send(Err(error.clone()));
                }
            }
        }
        true
    }

    /// The first request and those that wait behind it.
    fn collect(&mut self, first: Request) -> Vec<Waiting> {
        self.buffer.clear();
        let mut group = Vec::new();
        let mut next = Some(first);
        while let Some(request) = next {
            let sequence = self.next_sequence;
            self.next_sequence += 1;
            let entry = request.entry;
            let record = Record {
                kind: entry.kind,
                continues: !group.is_empty(),
                sequence,
                table: entry.table.clone(),
                payload: &entry.payload,
            };
            write(&mut self.buffer, &record);
            group.push(Waiting { entry, sequence, reply: request.reply });
            let is_full = self.buffer.len() + OVERHEAD_MAX >= self.group_bytes_max;
            next = if is_full { None } else { self.requests.try_recv().ok() };
        }
        group
    }

    /// Writes and syncs the buffer.
    fn commit(&mut self, group: &[Waiting]) -> Result<(), Error> {
        if let Some(reason) = self.shared.poison.get() {
            return Err(refused(reason));
        }
        let first_sequence = group.first().map_or(self.next_sequence, |waiting| waiting.sequence);
        self.make_room(first_sequence).map_err(|error| {
            // Nothing was written, so nothing is in doubt: a full disk may have room again later. The sequences are
            // given again, so that a gap in them always means that something is missing.
            self.next_sequence = first_sequence;
            Error::unavailable(format!("cannot begin a log file, is the disk full? {error}"), Duration::from_secs(5))
        })?;
        let active = self.active.as_mut().expect("make_room has one active");
        if let Err(error) = active.append(&self.buffer) {
            let reason = format!("writing {} failed: {error}", active.path.display());
            self.shared.poison(reason.clone());
            return Err(refused(&reason));
        }
        self.shared.syncs.fetch_add(1, Ordering::Relaxed);
        self.shared.entries.fetch_add(group.len() as u64, Ordering::Relaxed);
        let mut files = self.shared.lock_files();
        let file = files.back_mut().expect("the active file is listed");
        file.bytes = active.bytes();
        for waiting in group {
            file.highest.insert(waiting.entry.table.clone(), waiting.sequence);
        }
        Ok(())
    }

    fn hand_on(&self, group: Vec<Waiting>) {
        let mut replies = Vec::with_capacity(group.len());
        for Waiting { entry, sequence, reply } in group {
            if let Some(batch) = entry.batch {
                (self.sink)(Durable { table: entry.table, sequence, bytes: entry.charged, batch });
            }
            replies.push((reply, sequence));
        }
        for (reply, sequence) in replies {
            // One who waits no longer has still had its rows stored.
            let _ = reply.send(Ok(sequence));
        }
    }

    fn make_room(&mut self, first_sequence: u64) -> io::Result<()> {
        let bytes = self.buffer.len();
        if self.active.as_ref().is_none_or(|active| active.is_begun() && !active.has_room(bytes)) {
            self.rotate(first_sequence)?;
        }
        self.active.as_mut().expect("rotate has made one").grow(bytes)
    }

    /// Begins the next file, named by the first sequence that it will hold: no other file has that one.
    fn rotate(&mut self, first_sequence: u64) -> io::Result<()> {
        let again = self.tried.replace(first_sequence) == Some(first_sequence);
        let active = self.spares.next()?.activate(self.io.as_ref(), &self.folder, first_sequence, again)?;
        let file = LogFile { path: active.path.clone(), bytes: active.bytes(), highest: HashMap::new() };
        self.shared.lock_files().push_back(file);
        self.active = Some(active);
        Ok(())
    }
}
