//! `lookup` and `cidrlookup`: columns of a table, by an equal key or by the network that holds an address.
//!
//! Of several rows of the table with the key the first counts. Of several networks the one with the most bits counts. Keys
//! are compared exactly, in their case. `OUTPUT` overwrites fields, where there is a row; `OUTPUTNEW` fills empty ones.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::{Rows, key_of};
use crate::function::ip::Subnet;
use crate::syntax::{CidrLookup, Field, Lookup, Output};
use crate::value::Value;

/// Adds columns by an equal key. The name of a column that the table does not have is the error.
pub fn apply(rows: &mut Rows, command: &Lookup, table: &Rows) -> Result<(), String> {
    let key_at: Vec<usize> =
        command.keys.iter().map(|(name, _)| column(table, &name.text)).collect::<Result<_, _>>()?;
    let mut by_key: HashMap<Vec<Arc<str>>, &Vec<Value>> = HashMap::new();
    for row in &table.rows {
        if let Some(key) = key_of(&key_at.iter().map(|at| row[*at].clone()).collect::<Vec<_>>()) {
            by_key.entry(key).or_insert(row);
        }
    }
    let fields: Vec<Field> = command
        .keys
        .iter()
        .map(|(name, field)| field.clone().unwrap_or_else(|| Field::new(&name.text, name.span)))
        .collect();
    let found: Vec<Option<&Vec<Value>>> = rows
        .views()
        .map(|row| key_of(&fields.iter().map(|field| row.value(field)).collect::<Vec<_>>()))
        .map(|key| key.and_then(|key| by_key.get(&key).copied()))
        .collect();
    fill(rows, &command.output, table, &found)
}

/// Adds columns of the network that holds an address. The name of a column that the table does not have is the error.
pub fn apply_cidr(rows: &mut Rows, command: &CidrLookup, table: &Rows) -> Result<(), String> {
    let network_at = match &command.cidr_column {
        Some(name) => column(table, &name.text)?,
        None => 0,
    };
    let networks: Vec<(Subnet, &Vec<Value>)> =
        table.rows.iter().filter_map(|row| Some((Subnet::parse(&row.get(network_at)?.as_text()?)?, row))).collect();
    let find = |value: Value| {
        let address: IpAddr = value.as_text()?.trim().parse().ok()?;
        let holding = networks.iter().filter(|(network, _)| network.contains(address));
        // Of equals `max_by_key` takes the last; from behind that is the first.
        holding.rev().max_by_key(|(network, _)| network.bits()).map(|(_, row)| *row)
    };
    let found: Vec<Option<&Vec<Value>>> = rows.values_of(&command.field).into_iter().map(find).collect();
    fill(rows, &command.output, table, &found)
}

fn fill(rows: &mut Rows, output: &Output, table: &Rows, found: &[Option<&Vec<Value>>]) -> Result<(), String> {
    for (name, alias) in &output.columns {
        let from = column(table, &name.text)?;
        let to = rows.position_or_new(alias.as_ref().map_or(&name.text, |alias| &alias.text));
        for (row, found) in rows.rows.iter_mut().zip(found) {
            if let Some(found) = found
                && (!output.only_empty || row[to].as_text().is_none_or(|text| text.is_empty()))
            {
                row[to] = found[from].clone();
            }
        }
    }
    Ok(())
}

fn column(table: &Rows, name: &str) -> Result<usize, String> {
    table.position(name).ok_or_else(|| name.to_owned())
}
