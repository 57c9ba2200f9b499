//! Listings, in the order of their names, which is what a reader of a Delta log counts on.

use std::io;

use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ListResult, ObjectMeta, Result};

use super::{Folder, SyncedFolder, about, is_staged};
use crate::io::Entry;

/// The objects below a prefix, behind an offset.
pub(super) fn all(
    store: &SyncedFolder,
    prefix: Option<&Path>,
    offset: Option<&Path>,
) -> BoxStream<'static, Result<ObjectMeta>> {
    let (store, prefix, offset) = (store.clone(), prefix.cloned().unwrap_or_default(), offset.cloned());
    let listed = async move {
        let from = prefix.clone();
        let found = store.run(&prefix, move |folder| walk(folder, &from, offset.as_ref())).await?;
        Ok::<_, object_store::Error>(stream::iter(found.into_iter().map(Ok)))
    };
    stream::once(listed).try_flatten().boxed()
}

/// What is directly below a prefix.
pub(super) async fn one_level(store: &SyncedFolder, prefix: Option<&Path>) -> Result<ListResult> {
    let prefix = prefix.cloned().unwrap_or_default();
    let from = prefix.clone();
    let list = move |folder: &Folder| {
        let mut result = ListResult { common_prefixes: Vec::new(), objects: Vec::new() };
        for (location, entry) in entries(folder, &from)? {
            if entry.is_folder {
                result.common_prefixes.push(location);
            } else if let Some(object) = look_at(folder, location, &entry)? {
                result.objects.push(object);
            }
        }
        Ok(result)
    };
    store.run(&prefix, list).await
}

/// The files that were being written, below a prefix.
pub(super) fn unfinished(folder: &Folder, prefix: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![prefix.clone()];
    while let Some(next) = folders.pop() {
        for entry in in_folder(folder, &next)? {
            let Some(name) = entry.path.file_name().and_then(|name| name.to_str()) else { continue };
            if entry.is_folder {
                folders.extend(Path::parse(format!("{next}/{name}")));
            } else if is_staged(name) {
                found.push(format!("{next}/{name}"));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn walk(folder: &Folder, prefix: &Path, offset: Option<&Path>) -> io::Result<Vec<ObjectMeta>> {
    let mut found = Vec::new();
    let mut folders = vec![prefix.clone()];
    while let Some(next) = folders.pop() {
        for (location, entry) in entries(folder, &next)? {
            if entry.is_folder {
                folders.push(location);
            } else if offset.is_none_or(|offset| location > *offset)
                && let Some(object) = look_at(folder, location, &entry)?
            {
                found.push(object);
            }
        }
    }
    found.sort_by(|a, b| a.location.cmp(&b.location));
    Ok(found)
}

/// The entries of a folder that may be objects or folders of objects, sorted; none where there is no such folder.
fn entries(folder: &Folder, prefix: &Path) -> io::Result<Vec<(Path, Entry)>> {
    let listed = in_folder(folder, prefix)?;
    let location = |entry: Entry| {
        let name = entry.path.file_name()?.to_str()?;
        let is_object = entry.is_folder || !is_staged(name);
        // A name that no object can have is that of somebody else's file.
        let location = if is_object { Path::parse(format!("{prefix}/{name}")).ok() } else { None };
        location.map(|location| (location, entry))
    };
    let mut entries: Vec<(Path, Entry)> = listed.into_iter().filter_map(location).collect();
    entries.sort();
    Ok(entries)
}

/// What a folder has; nothing where there is no such folder.
fn in_folder(folder: &Folder, prefix: &Path) -> io::Result<Vec<Entry>> {
    match folder.io.list(&folder.root.join(prefix.as_ref())) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        listed => listed,
    }
}

/// `None` where it has gone since it was listed.
fn look_at(folder: &Folder, location: Path, entry: &Entry) -> io::Result<Option<ObjectMeta>> {
    match folder.io.metadata(&entry.path) {
        Ok(metadata) => Ok(Some(about(location, &metadata))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
