//! The stored form of a log record.

use super::reader::Reader;
use super::shared::{Shared, SharedRead};
use super::writer::Writer;
use crate::error::Error;
use crate::row::LogRecord;

pub(super) fn write<'a>(out: &mut Writer, shared: &mut Shared<'a>, record: &LogRecord<'a>) -> Result<(), Error> {
    out.count(shared.resource(&record.resource));
    out.count(shared.scope(&record.scope));
    out.signed(record.time_unix_nano);
    out.signed(record.observed_time_unix_nano);
    out.byte(record.severity_number);
    out.text(&record.severity_text);
    out.value(&record.body)?;
    out.text(&record.event_name);
    out.optional(record.trace_id, |out, id| out.raw(&id));
    out.optional(record.span_id, |out, id| out.raw(&id));
    out.unsigned(record.flags.into());
    out.attributes(&record.attributes)?;
    out.unsigned(record.dropped_attributes_count.into());
    Ok(())
}

pub(super) fn read<'a>(reader: &mut Reader<'a>, shared: &SharedRead<'a>) -> Result<LogRecord<'a>, Error> {
    Ok(LogRecord {
        resource: shared.resource(reader.narrow()?)?.clone(),
        scope: shared.scope(reader.narrow()?)?.clone(),
        time_unix_nano: reader.signed()?,
        observed_time_unix_nano: reader.signed()?,
        severity_number: reader.byte()?,
        severity_text: reader.text()?,
        body: reader.value()?,
        event_name: reader.text()?,
        trace_id: reader.optional(Reader::array)?,
        span_id: reader.optional(Reader::array)?,
        flags: reader.narrow()?,
        attributes: reader.attributes()?,
        dropped_attributes_count: reader.narrow()?,
    })
}

/// Service and time.
pub(super) fn read_key<'b>(reader: &mut Reader<'_>, shared: &'b SharedRead<'_>) -> Result<(&'b str, i64), Error> {
    let resource = shared.resource(reader.narrow()?)?;
    reader.unsigned()?;
    Ok((&resource.service_name, reader.signed()?))
}
