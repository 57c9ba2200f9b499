//! One data directory writes the tables of a place: the sequences of its write-ahead log say what the tables have, and
//! those of another log mean something else. The first one leaves its name there.

use object_store::path::Path;
use object_store::{PutMode, PutOptions};

use crate::error::{Error, ErrorKind};
use crate::io::{Io, Mode};
use crate::table_store::TableStore;

/// The file in the data directory that has its name, and the object beside the tables.
const NAME: &str = "alidade-owner";

/// Makes sure that the tables are this data directory's; those that are nobody's yet become so, unless told not to write.
pub(super) async fn claim(
    io: &dyn Io,
    data_dir: &std::path::Path,
    tables: &TableStore,
    url: &str,
    is_check: bool,
) -> Result<(), Error> {
    let own = name_of(io, data_dir, is_check)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("cannot name the data directory: {error}")))?;
    let object = Path::from(NAME);
    let failed = |error: object_store::Error| {
        Error::new(ErrorKind::Unavailable, format!("cannot tell whose the tables at {url} are: {error}"))
    };
    if !is_check {
        let create = PutOptions::from(PutMode::Create);
        match tables.objects().put_opts(&object, own.clone().into(), create).await {
            Ok(_) => return Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let owner = match tables.read(&object).await {
        Ok(owner) => owner,
        Err(object_store::Error::NotFound { .. }) => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    if owner == own.as_bytes() {
        return Ok(());
    }
    let message = format!(
        "the tables at {url} are those of another data directory ({}), and this one ({}) is {own}: with two writers rows would \
         be lost; use another prefix, or, where the other data directory is gone for good, remove the object {NAME} there",
        String::from_utf8_lossy(&owner),
        data_dir.display(),
    );
    Err(Error::new(ErrorKind::Invalid, message))
}

/// The name of a data directory, which is given once.
fn name_of(io: &dyn Io, data_dir: &std::path::Path, is_check: bool) -> std::io::Result<String> {
    let path = data_dir.join(NAME);
    match io.read(&path) {
        Ok(name) if !name.is_empty() => return Ok(String::from_utf8_lossy(&name).into_owned()),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let name = uuid::Uuid::new_v4().simple().to_string();
    if !is_check {
        let file = io.open(&path, Mode::Create)?;
        file.write_at(name.as_bytes(), 0)?;
        file.sync_all()?;
        io.sync_folder(data_dir)?;
    }
    Ok(name)
}
