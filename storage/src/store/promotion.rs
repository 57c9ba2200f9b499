//! Which attributes have columns: what the configuration and the operator want, kept and carried out.
//!
//! What it promises: a change is durable when [`Store::promote`] returns, and what is frozen, sealed or compacted from
//! then on follows it; answers do not change by it. What it leaves out: rows that are columns already; a seal adapts
//! them, see [`crate::promoted`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Store;
use crate::config::Config;
use crate::documents::Documents;
use crate::error::{Error, ErrorKind};
use crate::promoted::{self, Chosen, Coverage, Known, Origin, PROMOTED, Promoted, PromotedAttribute, PromotedSet};
use crate::promoted::{Report, Saved, Status};
use crate::row::TenantId;

/// What is wanted and what came of it.
pub(super) struct Promotion {
    state: Mutex<State>,
    /// One change at a time.
    changing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    saved: Saved,
    chosen: Chosen,
    /// Why the document could not be read.
    problem: Option<String>,
}

impl Promotion {
    /// What was saved. A document that cannot be read does not keep the store from opening: what was promoted on demand
    /// is then promoted no more, answers stay right, and the report says so.
    pub(super) async fn load(documents: &dyn Documents) -> Self {
        let loaded = Saved::load(documents).await;
        let problem = loaded.as_ref().err().map(|error| format!("{error}: promote them again"));
        if let Some(problem) = &problem {
            tracing::error!(problem, "nothing is promoted on demand");
        }
        let state = State { saved: loaded.unwrap_or_default(), problem, ..State::default() };
        Self { state: Mutex::new(state), changing: tokio::sync::Mutex::default() }
    }

    /// Chooses what is promoted at a start.
    pub(super) fn choose(&self, config: &Config, known: &Known) -> Arc<PromotedSet> {
        let mut state = self.lock();
        let chosen = promoted::choose(
            &config.promoted_attributes,
            &state.saved.on_demand,
            known,
            config.promoted_attributes_max,
        );
        for (_, problem) in &chosen.problems {
            tracing::warn!(problem, "an attribute is not promoted");
        }
        let set = set_of(&chosen);
        state.chosen = chosen;
        set
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Promotes exactly these attributes on demand, beside the built-in ones and those of the configuration. Returns the
    /// tenant's report.
    ///
    /// [`ErrorKind::Invalid`] where one cannot be promoted; then nothing changes.
    pub async fn promote(&self, tenant: &TenantId, wanted: Vec<PromotedAttribute>) -> Result<Report, Error> {
        let _changing = self.promotion.changing.lock().await;
        let known = self.known_columns().await;
        let max = self.config.promoted_attributes_max;
        let chosen = promoted::choose(&self.config.promoted_attributes, &wanted, &known, max);
        let refused = chosen.problems.iter().filter(|(origin, _)| *origin == Origin::OnDemand);
        let refused: Vec<&str> = refused.map(|(_, problem)| problem.as_str()).collect();
        if !refused.is_empty() {
            return Err(Error::new(ErrorKind::Invalid, refused.join("; ")));
        }
        let mut saved = self.promotion.lock().saved.clone();
        saved.on_demand = wanted;
        saved.note(names(&chosen), self.clock.now_unix_nano());
        saved.save(self.documents.as_ref()).await?;
        let set = set_of(&chosen);
        *self.promotion.lock() = State { saved, chosen, problem: None };
        self.tables.promoted.replace(set);
        Ok(self.promoted(tenant))
    }

    /// What is promoted, by whom, and how much of the tenant's tables has the columns.
    pub fn promoted(&self, tenant: &TenantId) -> Report {
        let state = self.promotion.lock();
        let built_in = PROMOTED.iter().map(|promoted| (promoted, Origin::BuiltIn));
        let active = state.chosen.active.iter().map(|(promoted, origin)| (promoted, *origin));
        let retired = state.chosen.retired.iter().map(|promoted| (promoted, Origin::Retired));
        let attributes = built_in.chain(active).chain(retired).map(|(promoted, origin)| Status {
            promoted: promoted.clone(),
            origin,
            since_unix_nano: state.saved.since.get(promoted.attribute.as_ref()).copied(),
            coverage: self.coverage(tenant, promoted, origin),
        });
        let problems = state.chosen.problems.iter().map(|(_, problem)| problem.clone());
        Report {
            attributes: attributes.collect(),
            problems: state.problem.clone().into_iter().chain(problems).collect(),
            columns: state.chosen.active.len() + state.chosen.retired.len(),
            columns_max: self.config.promoted_attributes_max,
        }
    }

    /// The set that holds at this moment: what a snapshot that is taken now can have columns for.
    pub fn promoted_set(&self) -> Arc<PromotedSet> {
        self.tables.promoted.get()
    }

    /// Notes since when attributes are promoted. Where that cannot be saved it is noted at the next start or change.
    pub(super) async fn note_promoted(&self) {
        let saved = {
            let mut state = self.promotion.lock();
            let State { saved, chosen, .. } = &mut *state;
            saved.note(names(chosen), self.clock.now_unix_nano()).then(|| saved.clone())
        };
        let is_readable = self.promotion.lock().problem.is_none();
        if let Some(saved) = saved.filter(|_| is_readable)
            && let Err(error) = saved.save(self.documents.as_ref()).await
        {
            tracing::warn!(%error, "since when attributes are promoted could not be saved");
        }
    }

    /// What the tables have, and what is about to be written to them.
    async fn known_columns(&self) -> Known {
        let set = self.tables.promoted.get();
        let promoted = set.further().chain(set.retired()).cloned().collect();
        let mut known = Known { promoted, ..Known::default() };
        for open in self.tables.all() {
            if let Some(catalog) = open.catalog.lock().await.as_ref() {
                known = known.and(catalog.known());
            }
        }
        known
    }

    fn coverage(&self, tenant: &TenantId, promoted: &Promoted, origin: Origin) -> Vec<Coverage> {
        let tables = self.tables.all().into_iter().filter(|open| open.table.tenant == *tenant);
        let coverage = |open: Arc<super::OpenTable>| {
            let mut coverage = Coverage::of(open.table.signal);
            for segment in open.table.segments().iter() {
                let has_column = origin == Origin::BuiltIn || segment.columns.iter().any(|c| *c == promoted.column);
                coverage.add(segment.rows, has_column);
            }
            coverage
        };
        tables.map(coverage).collect()
    }
}

fn set_of(chosen: &Chosen) -> Arc<PromotedSet> {
    let further = chosen.active.iter().map(|(promoted, _)| promoted.clone()).collect();
    Arc::new(PromotedSet::new(further, chosen.retired.clone()))
}

fn names(chosen: &Chosen) -> impl Iterator<Item = &str> {
    chosen.active.iter().map(|(promoted, _)| promoted.attribute.as_ref())
}
