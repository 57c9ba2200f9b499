//! The id of a metric series.
//!
//! It is stored, so the way it is computed never changes: FNV-1a of length-prefixed parts, finished as MurmurHash3
//! does. Attributes are sorted by name, so the order in which a client sends them does not matter.

use std::collections::HashMap;
use std::sync::Arc;

use crate::attributes::write_json;
use crate::codec::Rows;
use crate::error::Error;
use crate::row::{Attributes, MetricPoint, Resource, Scope};

/// Computes ids. Points of one series come again and again with the same stored form of what tells their series: an id is
/// computed once for each.
#[derive(Default)]
pub(crate) struct SeriesIds<'a> {
    known: HashMap<Key<'a>, i64, foldhash::fast::RandomState>,
    /// Each is held, so that no other one gets its address.
    held: Vec<(Arc<Resource<'a>>, Arc<Scope<'a>>)>,
    /// Of the last resource and scope, because neighbours share them.
    origin: Option<(Arc<Resource<'a>>, Arc<Scope<'a>>, u64)>,
    text: String,
}

/// The addresses of resource and scope, the stored forms of the metric and of the attributes.
type Key<'a> = (usize, usize, &'a [u8], &'a [u8]);

impl<'a> SeriesIds<'a> {
    /// The id of the series of a point.
    pub(crate) fn of(&mut self, rows: &Rows<'a>, row: usize) -> Result<i64, Error> {
        let point = rows.point(row)?;
        let key = (address(point.resource), address(point.scope), point.metric, point.attributes);
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        if self.held.last().is_none_or(|(resource, scope)| (address(resource), address(scope)) != (key.0, key.1)) {
            self.held.push((point.resource.clone(), point.scope.clone()));
        }
        let id = self.compute(&rows.metric_point(row)?);
        self.known.insert(key, id);
        Ok(id)
    }

    fn compute(&mut self, point: &MetricPoint<'a>) -> i64 {
        let origin = self.origin(point);
        let mut hash = Hash::default();
        hash.part(&origin.to_le_bytes());
        hash.part(point.name.as_bytes());
        hash.part(point.kind.as_str().as_bytes());
        hash.part(point.unit.as_bytes());
        self.attributes(&mut hash, &point.attributes);
        hash.finish() as i64
    }

    fn origin(&mut self, point: &MetricPoint<'a>) -> u64 {
        if let Some((resource, scope, hash)) = &self.origin
            && Arc::ptr_eq(resource, &point.resource)
            && Arc::ptr_eq(scope, &point.scope)
        {
            return *hash;
        }
        let (resource, scope) = (&point.resource, &point.scope);
        let mut hash = Hash::default();
        hash.part(resource.service_name.as_bytes());
        hash.optional(resource.service_namespace.as_deref());
        hash.optional(resource.environment.as_deref());
        self.attributes(&mut hash, &resource.attributes);
        hash.part(scope.name.as_bytes());
        hash.part(scope.version.as_bytes());
        self.attributes(&mut hash, &scope.attributes);
        let hash = hash.finish();
        self.origin = Some((resource.clone(), scope.clone(), hash));
        hash
    }

    fn attributes(&mut self, hash: &mut Hash, attributes: &Attributes<'_>) {
        let mut sorted: Vec<_> = attributes.iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        hash.part(&(sorted.len() as u64).to_le_bytes());
        for (key, value) in sorted {
            hash.part(key.as_bytes());
            self.text.clear();
            write_json(value, &mut self.text);
            hash.part(self.text.as_bytes());
        }
    }
}

fn address<T>(shared: &Arc<T>) -> usize {
    Arc::as_ptr(shared) as usize
}

struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn part(&mut self, bytes: &[u8]) {
        self.bytes(&(bytes.len() as u64).to_le_bytes());
        self.bytes(bytes);
    }

    fn optional(&mut self, text: Option<&str>) {
        self.bytes(&[u8::from(text.is_some())]);
        self.part(text.unwrap_or_default().as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        let mut hash = self.0;
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        hash ^ (hash >> 33)
    }
}
