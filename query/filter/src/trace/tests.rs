//! Small traces written out by hand, for the tests of this crate.

mod random;
mod structure;

use std::collections::BTreeMap;

use super::*;
pub(crate) use random::samples;

const NANOS_PER_MILLI: i64 = 1_000_000;

/// A span with its attributes.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    id: u8,
    parent: Option<u8>,
    kind: Kind,
    service: String,
    name: String,
    class: Class,
    start_ms: i64,
    duration_ms: i64,
    attributes: BTreeMap<String, AttributeValue<'static>>,
    exceptions: Vec<Exception<'static>>,
    remote: Option<Remote<'static>>,
    links: Vec<u8>,
}

impl Attributes for BTreeMap<String, AttributeValue<'static>> {
    fn get(&self, key: &str) -> Option<AttributeValue<'_>> {
        BTreeMap::get(self, key).cloned()
    }
}

/// A span of a service; a root, if nothing else is said.
pub(crate) fn span(id: u8, kind: Kind, service: &str, name: &str) -> Sample {
    Sample {
        id,
        parent: None,
        kind,
        service: service.to_owned(),
        name: name.to_owned(),
        class: Class::Ok,
        start_ms: 0,
        duration_ms: 100,
        attributes: BTreeMap::new(),
        exceptions: Vec::new(),
        remote: None,
        links: Vec::new(),
    }
}

pub(crate) fn server(id: u8, service: &str, name: &str) -> Sample {
    span(id, Kind::Server, service, name)
}

pub(crate) fn client(id: u8, service: &str, name: &str) -> Sample {
    span(id, Kind::Client, service, name)
}

pub(crate) fn internal(id: u8, service: &str, name: &str) -> Sample {
    span(id, Kind::Internal, service, name)
}

impl Sample {
    pub(crate) fn below(mut self, parent: u8) -> Self {
        self.parent = Some(parent);
        self
    }

    /// Begin and duration, milliseconds.
    pub(crate) fn at(mut self, start_ms: i64, duration_ms: i64) -> Self {
        (self.start_ms, self.duration_ms) = (start_ms, duration_ms);
        self
    }

    pub(crate) fn class(mut self, class: Class) -> Self {
        self.class = class;
        self
    }

    pub(crate) fn text(mut self, key: &str, value: &str) -> Self {
        self.attributes.insert(key.to_owned(), AttributeValue::Text(Cow::Owned(value.to_owned())));
        self
    }

    pub(crate) fn number(mut self, key: &str, value: f64) -> Self {
        self.attributes.insert(key.to_owned(), AttributeValue::Number(value));
        self
    }

    pub(crate) fn flag(mut self, key: &str, value: bool) -> Self {
        self.attributes.insert(key.to_owned(), AttributeValue::Bool(value));
        self
    }

    pub(crate) fn threw(mut self, name: &str, message: &str) -> Self {
        let exception = Exception { name: Cow::Owned(name.to_owned()), message: Cow::Owned(message.to_owned()) };
        self.exceptions.push(exception);
        self
    }

    pub(crate) fn calls(mut self, kind: RemoteKind, system: &str, name: &str) -> Self {
        let (name, system) = (Cow::Owned(name.to_owned()), Cow::Owned(system.to_owned()));
        self.remote = Some(Remote { name, system, kind, named_as_service: false });
        self
    }

    pub(crate) fn named_as_service(mut self) -> Self {
        self.remote = self.remote.map(|remote| Remote { named_as_service: true, ..remote });
        self
    }

    pub(crate) fn links_to(mut self, id: u8) -> Self {
        self.links.push(id);
        self
    }
}

/// The trace of these spans.
pub(crate) fn trace(samples: &[Sample]) -> Trace<'_> {
    let id = |id: u8| [0, 0, 0, 0, 0, 0, 0, id];
    let spans = samples.iter().map(|sample| Span {
        id: id(sample.id),
        parent: sample.parent.map(id),
        kind: sample.kind,
        name: &sample.name,
        service: &sample.service,
        class: sample.class,
        start_ns: sample.start_ms * NANOS_PER_MILLI,
        duration_ns: sample.duration_ms * NANOS_PER_MILLI,
        attributes: &sample.attributes,
        exceptions: sample.exceptions.clone(),
        remote: sample.remote.clone(),
        links: sample.links.iter().copied().map(id).collect(),
    });
    Trace::new(spans.collect()).expect("a trace has spans")
}
