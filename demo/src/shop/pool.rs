//! The warm instances of a function: which one takes an invocation, and when a new one has to start.

use std::time::{Duration, SystemTime};

use crate::chance::Chance;

/// An idle instance is taken away after this.
const IDLE_MAX: Duration = Duration::from_secs(6 * 60);
/// The platform's concurrency limit of a function; beyond it the longest-waiting instance is used again.
const INSTANCES_MAX: usize = 50;

/// The instances of one function.
#[derive(Default)]
pub(crate) struct Pool {
    instances: Vec<Instance>,
}

struct Instance {
    id: String,
    busy_until: SystemTime,
}

/// An instance that takes an invocation.
pub(crate) struct Taken {
    pub(crate) id: String,
    pub(crate) cold: bool,
}

impl Pool {
    /// Takes an instance that is free at `at`, or starts one. With `storm` hardly any stays warm.
    pub(crate) fn take(&mut self, at: SystemTime, storm: bool, chance: &mut Chance) -> Taken {
        let expired = |instance: &Instance| at.duration_since(instance.busy_until).is_ok_and(|idle| idle > IDLE_MAX);
        self.instances.retain(|instance| !expired(instance));
        let free = self.instances.iter_mut().find(|instance| instance.busy_until <= at);
        if let Some(instance) = free
            && !(storm && chance.happens(0.85))
        {
            return Taken { id: instance.id.clone(), cold: false };
        }
        if self.instances.len() >= INSTANCES_MAX {
            self.instances.remove(0);
        }
        let id = format!("2026/11/[$LATEST]{}", chance.request_id().replace('-', ""));
        self.instances.push(Instance { id: id.clone(), busy_until: at });
        Taken { id, cold: true }
    }

    /// The invocation on that instance ends at `until`.
    pub(crate) fn give_back(&mut self, id: &str, until: SystemTime) {
        if let Some(instance) = self.instances.iter_mut().find(|instance| instance.id == id) {
            instance.busy_until = until;
        }
    }
}
