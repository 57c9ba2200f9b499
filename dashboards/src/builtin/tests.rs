use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;
use crate::model::{Line, Query, WidgetKind};
use crate::{layout, read, substitute};

#[test]
fn every_builtin_is_valid_and_round_trips() {
    for id in BUILTIN_IDS {
        let document: Value = serde_json::from_str(text_of(id).expect("it is embedded")).unwrap();
        let dashboard = read(&document).unwrap_or_else(|mistakes| panic!("{id}: {mistakes:?}"));
        assert_eq!(builtin(id), Some(dashboard.clone()), "{id}");
        let written = serde_json::to_value(&dashboard).unwrap();
        assert_eq!(read(&written).unwrap(), dashboard, "{id}");
    }
    assert_eq!(builtin("nobody"), None);
}

#[test]
fn every_file_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/builtin");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().trim_end_matches(".json").to_owned())
        .collect();
    assert_eq!(files, BUILTIN_IDS.into_iter().map(str::to_owned).collect());
}

#[test]
fn no_builtin_has_holes() {
    for id in BUILTIN_IDS {
        let places: Vec<_> = builtin(id).unwrap().widgets.iter().map(|widget| widget.place).collect();
        assert_eq!(layout::compact(&places), places, "{id}");
        let cells: u32 = places.iter().map(|place| place.width * place.height).sum();
        assert_eq!(cells, layout::COLUMNS * layout::rows(&places), "{id} leaves cells empty");
    }
}

fn lines(kind: &WidgetKind) -> Vec<&Line> {
    match kind {
        WidgetKind::Timeseries { lines, .. } => lines.iter().collect(),
        WidgetKind::Value { line, .. } | WidgetKind::Top { line, .. } => vec![line],
        WidgetKind::Table { columns, .. } => columns.iter().map(|column| &column.line).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn one_service_can_be_chosen_on_the_whole_overview() {
    let board = builtin("serverless-overview").unwrap();
    let chosen = BTreeMap::from([("service".to_owned(), "checkout".to_owned())]);
    let (one, all) = (substitute(&board, &chosen), substitute(&board, &BTreeMap::new()));
    let service = |line: &Line| match &line.query {
        Query::Metric(query) => query.service.clone(),
        Query::Service(query) => query.service.clone(),
    };
    let mut metrics = BTreeSet::new();
    for (one, all) in one.widgets.iter().zip(&all.widgets) {
        for line in lines(&one.kind) {
            assert_eq!(service(line).as_deref(), Some("checkout"), "{}", one.id);
            if let Query::Metric(query) = &line.query {
                metrics.insert(query.metric.clone());
            }
        }
        assert!(lines(&all.kind).into_iter().all(|line| service(line).is_none()), "{}", all.id);
    }
    let expected = ["faas.coldstarts", "faas.errors", "faas.invocations", "faas.invoke_duration", "faas.mem_usage"];
    assert_eq!(metrics, expected.into_iter().map(str::to_owned).collect());
}
