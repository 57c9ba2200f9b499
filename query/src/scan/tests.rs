use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use proptest::prelude::*;
use roaring::RoaringBitmap;

use super::access::selection;

proptest! {
    /// Every row that the index names is read, and the selection is as long as the file.
    #[test]
    fn a_selection_holds_every_row(rows in prop::collection::btree_set(0_u32..20_000, 0..200), longer in 0_u64..5_000) {
        let count = u64::from(rows.last().copied().unwrap_or(0)) + 1 + longer;
        let bitmap: RoaringBitmap = rows.iter().copied().collect();
        let selection: RowSelection = selection(&bitmap, count).into_inner();
        let selectors: Vec<RowSelector> = selection.into();
        let (mut at, mut read) = (0_u64, std::collections::BTreeSet::new());
        for selector in &selectors {
            let end = at + selector.row_count as u64;
            if !selector.skip {
                read.extend(at..end);
            }
            at = end;
        }
        prop_assert_eq!(at, count);
        prop_assert!(rows.iter().all(|row| read.contains(&u64::from(*row))));
    }
}
