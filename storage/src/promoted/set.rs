//! The promoted attributes of one moment.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use arrow::datatypes::SchemaRef;
use foldhash::fast::FixedState;

use super::{PROMOTED, Place, Promoted};
use crate::row::Signal;
use crate::schema;

/// Where a promoted name is looked for, its column, and how new the name is (0 is the stable one).
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) place: Place,
    /// Its position among the active ones.
    pub(crate) column: usize,
    pub(crate) age: usize,
}

/// The attributes that have a column, and the schemas that follow. It does not change; another one takes its place.
#[derive(Debug)]
pub struct PromotedSet {
    active: Vec<Promoted>,
    retired: Vec<Promoted>,
    /// Looked up for every attribute of every row, by names that only an operator chooses: it does not grow.
    targets: HashMap<String, Target, FixedState>,
    schemas: Vec<Schemas>,
}

/// Of one table.
#[derive(Debug)]
struct Schemas {
    signal: Signal,
    written: SchemaRef,
    read: SchemaRef,
}

impl PromotedSet {
    /// [`PROMOTED`] and nothing else.
    pub fn fixed() -> Arc<Self> {
        static FIXED: LazyLock<Arc<PromotedSet>> = LazyLock::new(|| Arc::new(PromotedSet::new(Vec::new(), Vec::new())));
        FIXED.clone()
    }

    /// [`PROMOTED`], further ones, and those that only older files have. No two share a column.
    pub(crate) fn new(further: Vec<Promoted>, retired: Vec<Promoted>) -> Self {
        Self::of(PROMOTED.iter().cloned().chain(further).collect(), retired)
    }

    /// These and no others.
    pub(crate) fn of(active: Vec<Promoted>, retired: Vec<Promoted>) -> Self {
        let mut targets = HashMap::default();
        for (column, promoted) in active.iter().enumerate() {
            for (age, name) in promoted.names().enumerate() {
                targets.insert(name.to_owned(), Target { place: promoted.place, column, age });
            }
        }
        let schemas = Signal::ALL.map(|signal| Schemas {
            signal,
            written: schema::with_promoted(signal, active.iter()),
            read: schema::with_promoted(signal, active.iter().chain(&retired)),
        });
        Self { active, retired, targets, schemas: schemas.into() }
    }

    /// Those whose values go to their columns, in the order of the columns.
    pub fn active(&self) -> &[Promoted] {
        &self.active
    }

    /// Those whose columns only older files have.
    pub fn retired(&self) -> &[Promoted] {
        &self.retired
    }

    /// Those beside [`PROMOTED`] whose values go to their columns.
    pub fn further(&self) -> impl Iterator<Item = &Promoted> {
        self.active.iter().filter(|promoted| !PROMOTED.contains(promoted))
    }

    /// All that have a column in some file or batch.
    pub fn all(&self) -> impl Iterator<Item = &Promoted> {
        self.active.iter().chain(&self.retired)
    }

    /// The one with this name, stable or older.
    pub fn by_attribute(&self, name: &str) -> Option<&Promoted> {
        match self.targets.get(name) {
            Some(target) => Some(&self.active[target.column]),
            None => self.retired.iter().find(|promoted| promoted.attribute == name),
        }
    }

    /// The one with this column.
    pub fn by_column(&self, column: &str) -> Option<&Promoted> {
        self.all().find(|promoted| promoted.column == column)
    }

    /// The schema of what is written to a table, without the partition column `day`.
    pub fn written(&self, signal: Signal) -> &SchemaRef {
        &self.schemas_of(signal).written
    }

    /// The schema of a table as it is read: the columns of the retired ones as well.
    pub fn read(&self, signal: Signal) -> &SchemaRef {
        &self.schemas_of(signal).read
    }

    pub(crate) fn target(&self, name: &str) -> Option<&Target> {
        self.targets.get(name)
    }

    fn schemas_of(&self, signal: Signal) -> &Schemas {
        self.schemas.iter().find(|schemas| schemas.signal == signal).expect("every signal has schemas")
    }
}
