//! What an operator wants to be promoted, checked against what there is. Pure.
//!
//! A column has one attribute, place and type for good, because files with it stay. So what is wanted must agree with the
//! columns that the tables have had, and a column's name counts in whatever case it is written, as Delta has it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::report::Origin;
use super::{ColumnType, PROMOTED, Place, Promoted, by_attribute};
use crate::row::Signal;
use crate::schema;

/// The longest name: it stands in the schema of every file.
const NAME_BYTES_MAX: usize = 128;

/// An attribute that is to have a column of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotedAttribute {
    /// Its name, for example `app.plan`.
    pub name: String,
    /// The type of the column; a value of another type stays in the map.
    pub column_type: ColumnType,
    /// Where it is looked for.
    pub place: Place,
}

impl PromotedAttribute {
    /// A text among the attributes of the record.
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), column_type: ColumnType::String, place: Place::Record }
    }

    /// The column: the name in lower case, `_` for all but letters and digits.
    fn promoted(&self) -> Promoted {
        let part = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let mut column: String = self.name.chars().map(part).collect();
        if column.starts_with(|first: char| first.is_ascii_digit()) {
            column.insert(0, '_');
        }
        Promoted {
            attribute: Cow::Owned(self.name.clone()),
            column: Cow::Owned(column),
            place: self.place,
            column_type: self.column_type,
            older: &[],
        }
    }
}

/// The columns beside the fixed ones that tables have had.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Those of promoted attributes.
    pub(crate) promoted: Vec<Promoted>,
    /// Columns that another program has added, in lower case.
    pub(crate) others: BTreeSet<String>,
}

impl Known {
    /// Adds what another table has had. Of two that disagree about a column the first stays.
    pub(crate) fn and(mut self, other: Self) -> Self {
        for promoted in other.promoted {
            if !self.promoted.iter().any(|known| known.column == promoted.column) {
                self.promoted.push(promoted);
            }
        }
        self.others.extend(other.others);
        self
    }
}

/// What comes of it.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    pub(crate) active: Vec<(Promoted, Origin)>,
    /// Columns that tables have had and nobody wants any more.
    pub(crate) retired: Vec<Promoted>,
    /// Why some are not promoted, each with what to change.
    pub(crate) problems: Vec<(Origin, String)>,
}

/// Chooses what is promoted. What the configuration names goes first; naming an attribute twice in the same way is no
/// mistake.
pub(crate) fn choose(
    configured: &[PromotedAttribute],
    on_demand: &[PromotedAttribute],
    known: &Known,
    max: usize,
) -> Chosen {
    let mut chosen = Chosen::default();
    let configured = configured.iter().map(|wanted| (wanted, Origin::Configured));
    for (wanted, origin) in configured.chain(on_demand.iter().map(|wanted| (wanted, Origin::OnDemand))) {
        let promoted = wanted.promoted();
        if chosen.active.iter().any(|(other, _)| *other == promoted) {
            continue;
        }
        let problem = problem(&promoted, &chosen, known).or_else(|| too_many(&promoted, &chosen, known, max));
        match problem {
            Some(problem) => chosen.problems.push((origin, problem)),
            None => chosen.active.push((promoted, origin)),
        }
    }
    let is_active = |promoted: &Promoted| chosen.active.iter().any(|(active, _)| active.column == promoted.column);
    chosen.retired = known.promoted.iter().filter(|promoted| !is_active(promoted)).cloned().collect();
    chosen
}

/// What is wrong with a list of attributes to promote, whatever the tables have had: each mistake with what to change.
pub fn mistakes(wanted: &[PromotedAttribute], max: usize) -> Vec<String> {
    let chosen = choose(wanted, &[], &Known::default(), max);
    chosen.problems.into_iter().map(|(_, problem)| problem).collect()
}

/// Why this one cannot be promoted, and what to change.
fn problem(promoted: &Promoted, chosen: &Chosen, known: &Known) -> Option<String> {
    let (name, column) = (&promoted.attribute, &promoted.column);
    if name.trim().is_empty() {
        return Some("an attribute without a name cannot be promoted: write its name".to_owned());
    }
    if name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
        return Some(format!(
            "{name:?} must have at most {NAME_BYTES_MAX} bytes and no control characters to be promoted"
        ));
    }
    if let Some(fixed) = by_attribute(name) {
        return Some(format!("{name} has the column {} always: leave it out", fixed.column));
    }
    if let Some(own) = own_column(name, column) {
        return Some(format!(
            "{name} cannot be promoted, because {own} is a column of the tables already: leave it out"
        ));
    }
    let active = chosen.active.iter().map(|(active, _)| active);
    for other in PROMOTED.iter().chain(active).chain(&known.promoted).filter(|other| other.column == *column) {
        if other.attribute != *name {
            return Some(format!(
                "{name} would have the column {column}, which is the one of {}: promote only one of them",
                other.attribute
            ));
        }
        if (other.column_type, other.place) != (promoted.column_type, promoted.place) {
            return Some(format!(
                "{name} has been promoted as {} of the {}, and a column keeps its type and its place: promote it in the \
                 same way",
                other.column_type.name(),
                other.place.name()
            ));
        }
    }
    known.others.contains(column.as_ref()).then(|| {
        format!("{name} would have the column {column}, which another program has added to a table: leave it out")
    })
}

fn too_many(promoted: &Promoted, chosen: &Chosen, known: &Known, max: usize) -> Option<String> {
    let columns = chosen.active.iter().map(|(active, _)| active).chain(&known.promoted);
    let mut columns: BTreeSet<&str> = columns.map(|promoted| promoted.column.as_ref()).collect();
    columns.insert(&promoted.column);
    (columns.len() > max).then(|| {
        format!(
            "{} cannot be promoted: there may be {max} columns of promoted attributes \
             (storage.promoted_attributes_max), and one that is promoted no more counts too, because its column stays: \
             raise the limit or leave it out",
            promoted.attribute
        )
    })
}

/// The column of the data model that stands in the way.
fn own_column(name: &str, column: &str) -> Option<String> {
    // It is taken out of the attributes where rows come in.
    if matches!(name, "deployment.environment" | "deployment.environment.name") {
        return Some("environment".to_owned());
    }
    let is_own = |signal: Signal| {
        let schema = schema::with_promoted(signal, std::iter::empty());
        schema.fields().iter().any(|field| field.name().eq_ignore_ascii_case(column))
    };
    (column == schema::DAY || Signal::ALL.into_iter().any(is_own)).then(|| column.to_owned())
}
