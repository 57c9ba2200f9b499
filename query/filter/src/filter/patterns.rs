//! Whether a root cause is as JSON describes it.

use crate::expression::{CausePattern, EntityPattern, ExceptionPattern, ServicePattern};
use crate::trace::{CauseEntity, CauseException, CauseService, RootCause};

/// What is given is so, what is left out is not asked.
pub(super) fn fits(pattern: &CausePattern, cause: &RootCause) -> bool {
    let CausePattern { client_impacting, services } = pattern;
    is(client_impacting, &cause.client_impacting) && all(services, &cause.services, service_fits)
}

fn service_fits(pattern: &ServicePattern, service: &CauseService) -> bool {
    let ServicePattern { name, names, node_type, account_id, inferred, entity_path } = pattern;
    is(name, &service.name)
        && names.as_ref().is_none_or(|names| *names == [service.name.as_str()])
        && node_type.as_ref().is_none_or(|wanted| service.types().any(|found| found == wanted))
        && account_id.as_ref().is_none_or(|wanted| service.account_id.as_ref() == Some(wanted))
        && is(inferred, &service.inferred)
        && all(entity_path, &service.entity_path, entity_fits)
}

fn entity_fits(pattern: &EntityPattern, entity: &CauseEntity) -> bool {
    let EntityPattern { name, remote, coverage, exceptions } = pattern;
    name.as_ref().is_none_or(|wanted| *wanted == entity.name || *wanted == entity.operation)
        && is(remote, &entity.remote)
        && coverage.is_none_or(|wanted| entity.coverage == Some(wanted))
        && all(exceptions, &entity.exceptions, exception_fits)
}

fn exception_fits(pattern: &ExceptionPattern, exception: &CauseException) -> bool {
    is(&pattern.name, &exception.name) && is(&pattern.message, &exception.message)
}

fn is<T: PartialEq>(wanted: &Option<T>, found: &T) -> bool {
    wanted.as_ref().is_none_or(|wanted| wanted == found)
}

fn all<P, T>(wanted: &Option<Vec<P>>, found: &[T], fits: fn(&P, &T) -> bool) -> bool {
    wanted.as_ref().is_none_or(|wanted| {
        wanted.len() == found.len() && wanted.iter().zip(found).all(|(pattern, found)| fits(pattern, found))
    })
}
