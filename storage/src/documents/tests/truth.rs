//! What documents were given, what must be found of it, and changes by chance.

use std::collections::BTreeMap;

use crate::documents::{Change, Document, Documents, Expected};
use crate::error::{Error, ErrorKind};
use crate::io::chance::Random;
use crate::row::TenantId;

/// Tenant, collection, id.
type Key = (String, String, String);
/// Version and body.
type State = BTreeMap<Key, (u64, String)>;

const TENANTS: [&str; 2] = ["default", "other"];
const COLLECTIONS: [&str; 2] = ["alarms", "dashboards"];
const IDS: u64 = 9;

/// The documents.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    /// All that was acknowledged, and nothing else.
    sure: State,
    /// What may be found instead at the next start: in each a transaction has happened of which that is not known.
    doubtful: Vec<State>,
}

impl Truth {
    /// A transaction by chance. Most of its expectations hold.
    pub(crate) fn transaction(&self, random: &mut Random) -> (TenantId, Vec<Change>) {
        let tenant = TENANTS[random.below(2) as usize];
        let count = 1 + if random.one_in(12) { random.below(25) } else { random.below(3) };
        let mut next = self.sure.clone();
        let mut changes = Vec::new();
        for _ in 0..count {
            let collection = COLLECTIONS[random.below(2) as usize].to_owned();
            let id = format!("d{}", random.below(IDS));
            let version = next.get(&(tenant.to_owned(), collection.clone(), id.clone())).map(|(version, _)| *version);
            let expected = match (random.below(30), version) {
                (0, _) => Expected::Version(random.below(6)),
                (1, _) => Expected::Absent,
                (2..=15, Some(version)) => Expected::Version(version),
                (2..=15, None) => Expected::Absent,
                _ => Expected::Any,
            };
            let change = if random.one_in(4) {
                Change::Delete { collection, id, expected }
            } else {
                Change::Put { collection, id, expected, body: body(random) }
            };
            // Where it does not hold, the transaction is refused, whatever follows.
            let _ = change_one(&mut next, tenant, &change);
            changes.push(change);
        }
        (TenantId::new(tenant).expect("a name"), changes)
    }

    /// Takes the answer to a transaction. An error that is no conflict needs a reason: something that may fail.
    pub(crate) fn learn(&mut self, tenant: &TenantId, changes: &[Change], answer: &Result<(), Error>, may_fail: bool) {
        let mut next = self.sure.clone();
        let is_possible = changes.iter().all(|change| change_one(&mut next, tenant.as_str(), change));
        match answer {
            Ok(()) => {
                assert!(is_possible, "made in spite of an expectation that does not hold: {changes:?}");
                self.sure = next;
                // It stands where one that is in doubt would.
                self.doubtful.clear();
            }
            Err(error) if error.kind() == ErrorKind::Conflict => {
                assert!(!is_possible, "refused without a reason: {error}; {changes:?}");
            }
            Err(error) => {
                assert!(may_fail, "fails without a fault: {error}");
                if is_possible {
                    self.doubtful.push(next);
                }
            }
        }
    }

    /// Of a store that runs: what was acknowledged is there, and nothing else. An error where it cannot be read.
    pub(crate) async fn compare(&self, documents: &dyn Documents) -> Result<(), Error> {
        assert_eq!(read(documents).await?, self.sure, "what was acknowledged, and nothing else");
        Ok(())
    }

    /// What is found after a start is the truth about what was in doubt. An error where it cannot be read.
    pub(crate) async fn settle(&mut self, documents: &dyn Documents) -> Result<(), Error> {
        let found = read(documents).await?;
        let Self { sure, doubtful } = self;
        assert!(
            found == *sure || doubtful.contains(&found),
            "found: {found:#?}\nacknowledged: {sure:#?}\nin doubt: {doubtful:#?}"
        );
        *sure = found;
        doubtful.clear();
        Ok(())
    }
}

/// Makes a change if its expectation holds.
fn change_one(state: &mut State, tenant: &str, change: &Change) -> bool {
    let (Change::Put { collection, id, expected, .. } | Change::Delete { collection, id, expected }) = change;
    let key = (tenant.to_owned(), collection.clone(), id.clone());
    let version = state.get(&key).map(|(version, _)| *version);
    let holds = match expected {
        Expected::Any => true,
        Expected::Absent => version.is_none(),
        Expected::Version(expected) => version == Some(*expected),
    };
    match change {
        _ if !holds => {}
        Change::Put { body, .. } => drop(state.insert(key, (version.unwrap_or(0) + 1, body.clone()))),
        Change::Delete { .. } => drop(state.remove(&key)),
    }
    holds
}

async fn read(documents: &dyn Documents) -> Result<State, Error> {
    let mut found = State::new();
    for tenant in TENANTS {
        let name = TenantId::new(tenant).expect("a name");
        for collection in COLLECTIONS {
            for Document { id, version, body, .. } in documents.list(&name, collection).await? {
                found.insert((tenant.to_owned(), collection.to_owned(), id), (version, body));
            }
        }
    }
    Ok(found)
}

/// Short mostly; some are longer than a page of the database.
fn body(random: &mut Random) -> String {
    let length = match random.below(20) {
        0 => random.below(20_000),
        1..=4 => random.below(2000),
        _ => random.below(60),
    };
    format!("\"{} {}\"", random.next(), "x".repeat(length as usize))
}
