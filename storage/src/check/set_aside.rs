//! What earlier starts set aside.

use std::path::Path;

use object_store::ObjectStoreExt;

use super::Report;
use crate::health::SetAside;
use crate::io::Io;
use crate::set_aside::{list_in, list_of};
use crate::table_store::TableStore;

pub(super) async fn check(io: &dyn Io, data_dir: &Path, tables: &TableStore, report: &mut Report) {
    let here = list_of(io, data_dir).unwrap_or_default();
    for file in &here {
        let bytes = io.metadata(&data_dir.join(&file.now)).map_or(0, |file| file.bytes);
        find(file, bytes, report);
    }
    for file in list_in(tables).await.unwrap_or_default() {
        // The same folder, where the tables are in the data directory.
        if !here.contains(&file) {
            let object = object_store::path::Path::from(file.now.to_string_lossy().as_ref());
            let bytes = tables.objects().head(&object).await.map_or(0, |object| object.size);
            find(&file, bytes, report);
        }
    }
}

fn find(file: &SetAside, bytes: u64, report: &mut Report) {
    report.read(bytes);
    let original = file.original.display();
    let (problem, meaning) = if file.is_repaired {
        (
            format!("it is what {original} was: {}", file.reason),
            "nothing is missing; a disk or memory has changed a bit",
        )
    } else {
        (format!("it was set aside; it had been {original}: {}", file.reason), "what it says is not in use any more")
    };
    report.find(
        &file.now,
        problem,
        meaning,
        "look at it or remove it, together with the file beside it that ends in .reason",
    );
}
