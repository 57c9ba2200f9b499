//! What earlier starts set aside.

use std::path::Path;

use super::Report;
use crate::io::Io;
use crate::set_aside::list_of;

pub(super) fn check(io: &dyn Io, data_dir: &Path, report: &mut Report) {
    for file in list_of(io, data_dir).unwrap_or_default() {
        report.read(io.metadata(&data_dir.join(&file.now)).map_or(0, |file| file.bytes));
        let problem = format!("it was set aside; it had been {}: {}", file.original.display(), file.reason);
        report.find(
            file.now,
            problem,
            "it is part of no table any more",
            "look at it or remove it, together with the file beside it that ends in .reason",
        );
    }
}
