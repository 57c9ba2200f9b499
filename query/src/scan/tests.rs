use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use proptest::prelude::*;

use super::access::selection;

proptest! {
    /// Just the rows of the ranges are read, and the selection is as long as the file.
    #[test]
    fn a_selection_holds_the_ranges(lengths in prop::collection::vec((1_u64..300, 1_u64..300), 0..50), longer in 0_u64..500) {
        let (mut ranges, mut count) = (Vec::new(), 0);
        for (gap, length) in lengths {
            ranges.push(count + gap - 1..count + gap - 1 + length);
            count += gap - 1 + length;
        }
        count += longer;
        let selection: RowSelection = selection(&ranges, count).into_inner();
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
        let wanted: std::collections::BTreeSet<u64> = ranges.into_iter().flatten().collect();
        prop_assert_eq!(read, wanted);
    }
}
