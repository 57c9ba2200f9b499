//! The nodes of the file system and what is done to them, one thing at a time.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::content::Content;
use super::names::{Change, Names};
use super::{cut, label};
use crate::io::Mode;
use crate::io::chance::Seed;

pub(super) type NodeId = u64;
pub(super) const ROOT: NodeId = 0;

#[derive(Debug)]
pub(super) struct Disk {
    nodes: HashMap<NodeId, Node>,
    /// Counts changes; numbers nodes, too.
    ticks: u64,
    held: HashSet<PathBuf>,
    power: Power,
}

#[derive(Debug)]
pub(super) struct Node {
    /// Of its last path.
    pub(super) label: String,
    pub(super) modified: u64,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    File(Content),
    Folder(Names),
}

#[derive(Debug)]
enum Power {
    On,
    /// Until so many operations have been done.
    Until(u64, Seed),
    Off(Option<Box<Disk>>),
}

impl Default for Disk {
    fn default() -> Self {
        let mut disk = Self::empty(1);
        disk.set_folder(ROOT, Names::default());
        disk
    }
}

impl Disk {
    /// Not even a root.
    pub(super) fn empty(ticks: u64) -> Self {
        Self { nodes: HashMap::new(), ticks, held: HashSet::new(), power: Power::On }
    }

    pub(super) fn ticks(&self) -> u64 {
        self.ticks
    }

    pub(super) fn cut_after(&mut self, operations: u64, seed: Seed) {
        self.power = Power::Until(operations, seed);
    }

    pub(super) fn take_cut(&mut self) -> Option<Disk> {
        match &mut self.power {
            Power::Off(left) => left.take().map(|left| *left),
            power => {
                *power = Power::On;
                None
            }
        }
    }

    pub(super) fn check_power(&self) -> io::Result<()> {
        match self.power {
            Power::Off(_) => Err(io::Error::other("the power is off")),
            Power::On | Power::Until(..) => Ok(()),
        }
    }

    /// Before every operation that changes something.
    pub(super) fn count(&mut self, node: NodeId) -> io::Result<()> {
        let is_spare = is_spare(&self.node(node).label);
        self.count_unless(is_spare)
    }

    fn count_unless(&mut self, is_spare: bool) -> io::Result<()> {
        self.ticks += 1;
        match self.power {
            Power::Until(0, seed) if !is_spare => {
                let left = cut::cut(self, seed);
                self.power = Power::Off(Some(Box::new(left)));
            }
            Power::Until(operations, seed) if !is_spare => self.power = Power::Until(operations - 1, seed),
            Power::Until(..) | Power::On | Power::Off(_) => {}
        }
        self.check_power()
    }

    pub(super) fn has(&self, node: NodeId) -> bool {
        self.nodes.contains_key(&node)
    }

    pub(super) fn node(&self, node: NodeId) -> &Node {
        &self.nodes[&node]
    }

    pub(super) fn put(&mut self, id: NodeId, node: Node) {
        self.nodes.insert(id, node);
    }

    pub(super) fn set_folder(&mut self, id: NodeId, names: Names) {
        let label = self.nodes.get(&id).map(|node| node.label.clone()).unwrap_or_default();
        self.put(id, Node { label, modified: self.ticks, kind: Kind::Folder(names) });
    }

    pub(super) fn folders(&self) -> impl Iterator<Item = (NodeId, &str, &Names)> {
        self.nodes.iter().filter_map(|(id, node)| match &node.kind {
            Kind::Folder(names) => Some((*id, node.label.as_str(), names)),
            Kind::File(_) => None,
        })
    }

    pub(super) fn folder(&self, node: NodeId) -> io::Result<&Names> {
        match &self.node(node).kind {
            Kind::Folder(names) => Ok(names),
            Kind::File(_) => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn folder_mut(&mut self, node: NodeId) -> io::Result<&mut Names> {
        match &mut self.nodes.get_mut(&node).expect("nodes stay").kind {
            Kind::Folder(names) => Ok(names),
            Kind::File(_) => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    pub(super) fn content_mut(&mut self, node: NodeId) -> io::Result<&mut Content> {
        match &mut self.nodes.get_mut(&node).expect("nodes stay").kind {
            Kind::File(content) => Ok(content),
            Kind::Folder(_) => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    pub(super) fn touch(&mut self, node: NodeId) {
        self.nodes.get_mut(&node).expect("nodes stay").modified = self.ticks;
    }

    pub(super) fn hold(&mut self, folder: &Path) -> bool {
        self.held.insert(folder.to_owned())
    }

    pub(super) fn let_go(&mut self, folder: &Path) {
        self.held.remove(folder);
    }

    pub(super) fn find(&self, path: &Path) -> io::Result<NodeId> {
        let mut node = ROOT;
        for component in path.components() {
            node = match component {
                Component::RootDir | Component::CurDir => node,
                Component::Normal(name) => *self.folder(node)?.seen().get(name).ok_or(io::ErrorKind::NotFound)?,
                Component::ParentDir | Component::Prefix(_) => return Err(io::ErrorKind::Unsupported.into()),
            };
        }
        Ok(node)
    }

    pub(super) fn open(&mut self, path: &Path, mode: Mode) -> io::Result<NodeId> {
        self.check_power()?;
        let found = match self.find(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            found => Some(found?),
        };
        let found = match (mode, found) {
            (Mode::CreateNew, Some(_)) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Mode::Create | Mode::CreateNew, None) => return self.create(path, Kind::File(Content::default())),
            (_, None) => return Err(io::ErrorKind::NotFound.into()),
            (_, Some(found)) => found,
        };
        if mode != Mode::Read && self.node(found).is_folder() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if mode == Mode::Create {
            self.count(found)?;
            self.content_mut(found)?.set_len(0);
            self.touch(found);
        }
        Ok(found)
    }

    pub(super) fn create_folders(&mut self, path: &Path) -> io::Result<()> {
        self.check_power()?;
        let above: Vec<&Path> = path.ancestors().filter(|above| !above.as_os_str().is_empty()).collect();
        for folder in above.into_iter().rev() {
            match self.find(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.create(folder, Kind::Folder(Names::default()))?;
                }
                found => drop(self.folder(found?)?),
            }
        }
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.count_unless(false)?;
        let node = self.find(from)?;
        let ((old, old_name), (new, new_name)) = (self.place(from)?, self.place(to)?);
        if let Some(target) = self.folder(new)?.seen().get(&new_name)
            && self.node(*target).is_folder()
        {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let number = self.ticks;
        let (lose, gain) = ((old_name, None), (new_name, Some(node)));
        if old == new {
            self.folder_mut(new)?.make(Change { number, sets: vec![lose, gain], after: None });
        } else {
            self.folder_mut(new)?.make(Change { number, sets: vec![gain], after: None });
            self.folder_mut(old)?.make(Change { number, sets: vec![lose], after: Some(new) });
        }
        self.nodes.get_mut(&node).expect("nodes stay").label = label(to);
        Ok(())
    }

    pub(super) fn link(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.count_unless(false)?;
        let node = self.find(from)?;
        if self.node(node).is_folder() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        self.name(to, node)?;
        self.nodes.get_mut(&node).expect("nodes stay").label = label(to);
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.count_unless(is_spare(&label(path)))?;
        let node = self.find(path)?;
        if self.node(node).is_folder() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let (folder, name) = self.place(path)?;
        let change = Change { number: self.ticks, sets: vec![(name, None)], after: None };
        self.folder_mut(folder)?.make(change);
        Ok(())
    }

    pub(super) fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
        self.count_unless(false)?;
        let node = self.find(path)?;
        for (folder, number) in self.folder(node)?.waits_for() {
            self.folder_mut(folder)?.sync(number);
        }
        let last = self.ticks;
        self.folder_mut(node)?.sync(last);
        Ok(())
    }

    fn create(&mut self, path: &Path, kind: Kind) -> io::Result<NodeId> {
        self.count_unless(is_spare(&label(path)))?;
        let node = self.ticks;
        self.put(node, Node { label: label(path), modified: self.ticks, kind });
        self.name(path, node)?;
        Ok(node)
    }

    fn name(&mut self, path: &Path, node: NodeId) -> io::Result<()> {
        let (folder, name) = self.place(path)?;
        if self.folder(folder)?.seen().contains_key(&name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let change = Change { number: self.ticks, sets: vec![(name, Some(node))], after: None };
        self.folder_mut(folder)?.make(change);
        Ok(())
    }

    /// The folder of a path and the name in it.
    fn place(&self, path: &Path) -> io::Result<(NodeId, OsString)> {
        let name = path.file_name().map(OsStr::to_owned).ok_or(io::ErrorKind::InvalidInput)?;
        let folder = self.find(path.parent().unwrap_or(Path::new("")))?;
        self.folder(folder)?;
        Ok((folder, name))
    }
}

impl Node {
    pub(super) fn is_folder(&self) -> bool {
        matches!(self.kind, Kind::Folder(_))
    }

    pub(super) fn bytes(&self) -> u64 {
        match &self.kind {
            Kind::File(content) => content.seen().len() as u64,
            Kind::Folder(_) => 0,
        }
    }
}

/// Whether it is a file that the log prepares, on a thread of its own.
fn is_spare(label: &str) -> bool {
    label.rsplit('/').next().is_some_and(|name| name.starts_with("spare"))
}
