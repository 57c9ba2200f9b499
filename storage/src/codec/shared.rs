//! Resources and scopes: written once a batch, and read once for all batches that are read together.

use std::collections::HashMap;
use std::sync::Arc;

use super::reader::{Reader, malformed};
use super::writer::Writer;
use crate::error::Error;
use crate::row::{Resource, Scope};

/// Resources and scopes of a batch while it is written. Rows share them by `Arc`, so the address tells them apart.
#[derive(Default)]
pub(super) struct Shared<'a> {
    resources: Vec<Arc<Resource<'a>>>,
    resource_positions: HashMap<usize, usize>,
    scopes: Vec<Arc<Scope<'a>>>,
    scope_positions: HashMap<usize, usize>,
}

impl<'a> Shared<'a> {
    pub(super) fn resource(&mut self, resource: &Arc<Resource<'a>>) -> usize {
        if let Some(last) = self.resources.last()
            && Arc::ptr_eq(last, resource)
        {
            return self.resources.len() - 1;
        }
        *self.resource_positions.entry(Arc::as_ptr(resource) as usize).or_insert_with(|| {
            self.resources.push(resource.clone());
            self.resources.len() - 1
        })
    }

    pub(super) fn scope(&mut self, scope: &Arc<Scope<'a>>) -> usize {
        if let Some(last) = self.scopes.last()
            && Arc::ptr_eq(last, scope)
        {
            return self.scopes.len() - 1;
        }
        *self.scope_positions.entry(Arc::as_ptr(scope) as usize).or_insert_with(|| {
            self.scopes.push(scope.clone());
            self.scopes.len() - 1
        })
    }

    pub(super) fn write(&self, out: &mut Writer) -> Result<(), Error> {
        out.count(self.resources.len());
        for resource in &self.resources {
            out.text(&resource.service_name);
            out.optional(resource.service_namespace.as_ref(), |out, text| out.text(text));
            out.optional(resource.environment.as_ref(), |out, text| out.text(text));
            out.attributes(&resource.attributes)?;
        }
        out.count(self.scopes.len());
        for scope in &self.scopes {
            out.text(&scope.name);
            out.text(&scope.version);
            out.attributes(&scope.attributes)?;
        }
        Ok(())
    }
}

/// What was read before, by its stored form: exporters send the same resource with every request, and whoever reads many
/// requests then has it once and can tell it by its address.
#[derive(Default)]
pub(crate) struct Interned<'a> {
    resources: HashMap<&'a [u8], Arc<Resource<'a>>, foldhash::fast::RandomState>,
    scopes: HashMap<&'a [u8], Arc<Scope<'a>>, foldhash::fast::RandomState>,
}

/// Resources and scopes of a batch while it is read.
pub(super) struct SharedRead<'a> {
    resources: Vec<Arc<Resource<'a>>>,
    scopes: Vec<Arc<Scope<'a>>>,
}

impl<'a> SharedRead<'a> {
    pub(super) fn read(reader: &mut Reader<'a>, interned: &mut Interned<'a>) -> Result<Self, Error> {
        let resources = (0..reader.count()?).map(|_| interned.resource(reader)).collect::<Result<_, _>>()?;
        let scopes = (0..reader.count()?).map(|_| interned.scope(reader)).collect::<Result<_, _>>()?;
        Ok(Self { resources, scopes })
    }

    pub(super) fn resource(&self, position: usize) -> Result<&Arc<Resource<'a>>, Error> {
        self.resources.get(position).ok_or_else(|| malformed("a resource"))
    }

    pub(super) fn scope(&self, position: usize) -> Result<&Arc<Scope<'a>>, Error> {
        self.scopes.get(position).ok_or_else(|| malformed("a scope"))
    }
}

impl<'a> Interned<'a> {
    fn resource(&mut self, reader: &mut Reader<'a>) -> Result<Arc<Resource<'a>>, Error> {
        let mut again = reader.clone();
        let stored = reader.skipped(|reader| {
            reader.bytes()?;
            reader.optional(Reader::bytes)?;
            reader.optional(Reader::bytes)?;
            reader.skip_attributes()
        })?;
        if let Some(known) = self.resources.get(stored) {
            return Ok(known.clone());
        }
        let resource = Arc::new(Resource {
            service_name: again.text()?,
            service_namespace: again.optional(Reader::text)?,
            environment: again.optional(Reader::text)?,
            attributes: again.attributes()?,
        });
        self.resources.insert(stored, resource.clone());
        Ok(resource)
    }

    fn scope(&mut self, reader: &mut Reader<'a>) -> Result<Arc<Scope<'a>>, Error> {
        let mut again = reader.clone();
        let stored = reader.skipped(|reader| {
            reader.bytes()?;
            reader.bytes()?;
            reader.skip_attributes()
        })?;
        if let Some(known) = self.scopes.get(stored) {
            return Ok(known.clone());
        }
        let scope = Arc::new(Scope { name: again.text()?, version: again.text()?, attributes: again.attributes()? });
        self.scopes.insert(stored, scope.clone());
        Ok(scope)
    }
}
