//! Files of tables: they are set aside where the tables are, below `set-aside/`, in the same form. In a table store inside
//! the data directory that is the same folder.

use object_store::ObjectStoreExt;
use object_store::path::Path;

use super::{REASON, SetAsideFolder, failed, of_text, to_text};
use crate::error::Error;
use crate::health::SetAside;
use crate::table_store::TableStore;

const FOLDER: &str = "set-aside";

impl SetAsideFolder {
    /// Takes up what earlier runs have set aside in a table store that is not in the data directory.
    pub(crate) async fn add_from(&self, tables: &TableStore) -> Result<(), Error> {
        for entry in list_in(tables).await.map_err(|error| failed("list", FOLDER, &error))? {
            self.remember(entry);
        }
        Ok(())
    }

    /// Moves an object out of the way.
    pub(crate) async fn take_object(&self, tables: &TableStore, path: &Path, reason: &str) -> Result<(), Error> {
        let to = free_name(tables, path).await?;
        tables.objects().rename(path, &to).await.map_err(|error| failed("set aside", path, &error))?;
        self.enter_object(tables, path, &to, reason, false).await
    }

    /// Moves objects of a folder out of the way, in this order, as one.
    pub(crate) async fn take_folder(
        &self,
        tables: &TableStore,
        folder: &Path,
        objects: &[Path],
        reason: &str,
    ) -> Result<(), Error> {
        let to = free_name(tables, folder).await?;
        self.enter_object(tables, folder, &to, reason, false).await?;
        for path in objects {
            let target = to.clone().join(path.filename().unwrap_or_default());
            tables.objects().rename(path, &target).await.map_err(|error| failed("set aside", path, &error))?;
        }
        Ok(())
    }

    /// Keeps a copy of an object that is still used, without what is damaged. Of the same damage one: each start finds it
    /// again.
    pub(crate) async fn copy_object(&self, tables: &TableStore, path: &Path, reason: &str) -> Result<(), Error> {
        self.copy_object_once(tables, path, reason, false).await
    }

    /// Keeps a copy of an object that is about to be put right as a whole.
    pub(crate) async fn copy_repaired_object(
        &self,
        tables: &TableStore,
        path: &Path,
        reason: &str,
    ) -> Result<(), Error> {
        self.copy_object_once(tables, path, reason, true).await
    }

    async fn copy_object_once(
        &self,
        tables: &TableStore,
        path: &Path,
        reason: &str,
        is_repaired: bool,
    ) -> Result<(), Error> {
        if self.knows(std::path::Path::new(path.as_ref()), reason) {
            return Ok(());
        }
        let to = free_name(tables, path).await?;
        tables.objects().copy(path, &to).await.map_err(|error| failed("set aside", path, &error))?;
        self.enter_object(tables, path, &to, reason, is_repaired).await
    }

    /// Reports an object that stays where it is because nothing may touch it.
    pub(crate) fn report_object(&self, path: &Path, reason: impl Into<String>) {
        self.report(std::path::Path::new(path.as_ref()), reason);
    }

    /// Takes a report back: the object is well again.
    pub(crate) fn withdraw_object(&self, path: &Path) {
        self.withdraw(std::path::Path::new(path.as_ref()));
    }

    async fn enter_object(
        &self,
        tables: &TableStore,
        path: &Path,
        to: &Path,
        reason: &str,
        is_repaired: bool,
    ) -> Result<(), Error> {
        let (original, now) = (path.as_ref().into(), to.as_ref().into());
        let entry = SetAside { original, now, reason: reason.to_owned(), is_repaired };
        let reason_path = Path::from(format!("{to}.{REASON}"));
        let put = tables.objects().put(&reason_path, to_text(&entry).into()).await;
        put.map_err(|error| failed("write", &reason_path, &error))?;
        self.enter_known(entry);
        Ok(())
    }
}

/// What runs so far have set aside in this table store, by their reason files.
pub(crate) async fn list_in(tables: &TableStore) -> object_store::Result<Vec<SetAside>> {
    let mut list = Vec::new();
    for object in tables.level(&Path::from(FOLDER)).await?.objects {
        let Some(now) = object.location.as_ref().strip_suffix(&format!(".{REASON}")) else { continue };
        let text = String::from_utf8(tables.read(&object.location).await?.to_vec());
        list.extend(text.ok().and_then(|text| of_text(&text, std::path::Path::new(now))));
    }
    Ok(list)
}

/// `set-aside/<path with _ for />.<number>`, where nothing is yet.
async fn free_name(tables: &TableStore, path: &Path) -> Result<Path, Error> {
    let folder = Path::from(FOLDER);
    let level = tables.level(&folder).await.map_err(|error| failed("list", &folder, &error))?;
    let name = path.as_ref().replace('/', "_");
    let is_taken = |candidate: &Path| {
        let reason = format!("{candidate}.{REASON}");
        level.common_prefixes.contains(candidate)
            || level.objects.iter().any(|object| object.location == *candidate || object.location.as_ref() == reason)
    };
    let mut candidates = (1u32..).map(|number| folder.clone().join(format!("{name}.{number}")));
    Ok(candidates.find(|candidate| !is_taken(candidate)).unwrap_or(folder))
}
