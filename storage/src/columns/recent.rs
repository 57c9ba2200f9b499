//! What was made of things that rows share, by the address of the thing.

use std::sync::Arc;

/// Power of two, and more than the resources of most seals.
const SLOTS: usize = 256;

/// Remembers the recent ones: a thing that comes again may be forgotten, and is made again then.
pub(super) struct Recent<T, V> {
    slots: Vec<Option<(Arc<T>, V)>>,
}

impl<T, V: Copy> Recent<T, V> {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new() }
    }

    /// What was made of this thing, or is made now.
    pub(super) fn get_or_make(&mut self, thing: &Arc<T>, make: impl FnOnce() -> V) -> V {
        self.slots.resize_with(SLOTS, || None);
        // Fibonacci hashing: allocations lie at multiples of some power of two.
        let hash = (Arc::as_ptr(thing) as usize as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = &mut self.slots[(hash >> (64 - SLOTS.trailing_zeros())) as usize];
        match slot {
            // The slot holds the thing, so no other one can have its address.
            Some((known, value)) if Arc::ptr_eq(known, thing) => *value,
            _ => {
                let value = make();
                *slot = Some((thing.clone(), value));
                value
            }
        }
    }
}
