//! Commands that join, look up, or work on the rows of a result.

use super::Walk;
use crate::error::SyntaxError;
use crate::span::Span;
use crate::syntax::{Autoregress, Command, Field, Join, Name, Output};

const APPENDED_ROWS_MAX: u64 = 100_000;
const LAGS_MAX: u64 = 4;

impl Walk<'_> {
    /// Commands that join, look up, or work on the rows of a result.
    pub(super) fn shape(&mut self, command: &Command, span: Span) {
        match command {
            Command::Unmask(command) => self.fields(&command.fields),
            Command::Unnest(command) => {
                self.fields(std::slice::from_ref(&command.list));
                self.make(&command.into.text);
            }
            Command::Expand(command) => self.fields(std::slice::from_ref(&command.field)),
            Command::Lookup(command) => {
                for (column, field) in &command.keys {
                    let field = field.clone().unwrap_or_else(|| Field::new(&column.text, column.span));
                    self.fields(&[field]);
                }
                self.output(&command.output);
            }
            Command::CidrLookup(command) => {
                self.fields(std::slice::from_ref(&command.field));
                self.output(&command.output);
            }
            Command::Join(command) => self.join(command, span),
            Command::Appendcols(command) => {
                if command.max.is_some_and(|max| max == 0 || max > APPENDED_ROWS_MAX) {
                    self.mistake(span, format!("`appendcols max=` is 1 to {APPENDED_ROWS_MAX}"));
                }
                let columns = self.subquery(&command.query, span).columns;
                columns.iter().for_each(|column| self.make(column));
            }
            Command::Autoregress(command) => self.autoregress(command, span),
            Command::Accum(command) => {
                self.fields(std::slice::from_ref(&command.field));
                if let Some(alias) = &command.alias {
                    self.make(&alias.text);
                }
            }
            Command::Addtotals(command) => {
                self.fields(&command.fields);
                if command.row {
                    self.make(command.field_name.as_ref().map_or("Total", |name| &name.text));
                }
            }
            Command::Filldown(command) => {
                let plain = command.fields.iter().filter(|name| !name.text.contains('*'));
                let fields: Vec<Field> = plain.map(|name| Field::new(&name.text, name.span)).collect();
                self.fields(&fields);
            }
            Command::Fillmissing(command) => {
                command.values.iter().for_each(|(_, field)| self.fields(std::slice::from_ref(field)));
            }
            Command::Outlier(command) => {
                self.fields(&command.fields);
                if command.mark {
                    command.fields.iter().for_each(|field| self.make(&format!("{}_outlier", field.flat_name())));
                }
            }
            Command::Sessionize(command) => {
                self.fields(&command.fields);
                if self.scope.has("@timestamp") {
                    self.fields(&[Field::new("@timestamp", span)]);
                } else {
                    self.mistake(span, "`sessionize` needs @timestamp, which the `stats` before does not keep");
                }
                self.make(command.alias.as_ref().map_or("session_id", |alias| &alias.text));
            }
            _ => {}
        }
    }

    fn autoregress(&mut self, command: &Autoregress, span: Span) {
        self.fields(std::slice::from_ref(&command.field));
        if command.first == 0 || command.first > command.last || command.last > LAGS_MAX {
            self.mistake(span, format!("`autoregress p=` is 1 to {LAGS_MAX}, or a range of these such as `1-4`"));
            return;
        }
        let name = command.alias.as_ref().map_or_else(|| command.field.flat_name(), |alias| alias.text.clone());
        (command.first..=command.last).for_each(|lag| self.make(&format!("{name}_p{lag}")));
    }

    fn join(&mut self, command: &Join, span: Span) {
        let sides = [command.left.text.as_str(), command.right.text.as_str()];
        if sides[0] == sides[1] {
            self.mistake(command.right.span, "both sides of `join` have the same name");
        }
        for (first, second) in &command.on {
            for field in [first, second] {
                if !sides.contains(&field.name.as_str()) || field.path.is_empty() {
                    let message =
                        format!("`{field}` must begin with the name of a side, `{}.` or `{}.`", sides[0], sides[1]);
                    self.mistakes.push(SyntaxError::at(field.span, message).near(&field.name, sides));
                }
            }
            if first.name == second.name && sides.contains(&first.name.as_str()) {
                self.mistake(first.span.to(second.span), "a field of one side must equal a field of the other");
            }
        }
        self.subquery(&command.query, span);
        self.scope.reopen();
    }

    fn output(&mut self, output: &Output) {
        let names: Vec<&Name> = output.columns.iter().map(|(column, alias)| alias.as_ref().unwrap_or(column)).collect();
        names.into_iter().for_each(|name| self.make(&name.text));
    }
}
