use super::*;

fn place(x: u32, y: u32, width: u32, height: u32) -> Place {
    Place { x, y, width, height }
}

#[test]
fn neighbours_do_not_overlap() {
    let middle = place(6, 6, 6, 6);
    for apart in [place(0, 6, 6, 6), place(12, 6, 6, 6), place(6, 0, 6, 6), place(6, 12, 6, 6), place(0, 0, 6, 6)] {
        assert!(!middle.overlaps(&apart) && !apart.overlaps(&middle), "{apart:?}");
    }
    for over in [middle, place(11, 11, 1, 1), place(0, 0, 24, 24), place(7, 7, 2, 2)] {
        assert!(middle.overlaps(&over) && over.overlaps(&middle), "{over:?}");
    }
}

#[test]
fn overlapping_pairs_are_found() {
    let places = [place(0, 0, 12, 4), place(12, 0, 12, 4), place(6, 2, 12, 4)];
    assert_eq!(overlaps(&places), [(0, 2), (1, 2)]);
}

#[test]
fn compaction_closes_gaps_and_opens_overlaps() {
    let gap = [place(0, 5, 12, 4), place(12, 0, 12, 2), place(0, 20, 24, 3)];
    assert_eq!(compact(&gap), [place(0, 0, 12, 4), place(12, 0, 12, 2), place(0, 4, 24, 3)]);
    let over = [place(0, 0, 12, 4), place(6, 2, 12, 4), place(20, 0, 12, 1)];
    let compacted = compact(&over);
    assert_eq!(compacted, [place(0, 0, 12, 4), place(6, 4, 12, 4), place(12, 0, 12, 1)]);
    assert_eq!(overlaps(&compacted), []);
}

#[test]
fn compaction_settles() {
    let mut seed = 7_u32;
    let mut next = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    for _ in 0..200 {
        let places: Vec<Place> = (0..next(20)).map(|_| place(next(30), next(40), next(30), next(10))).collect();
        let once = compact(&places);
        assert_eq!(overlaps(&once), [], "{places:?}");
        assert!(once.iter().all(|place| place.right() <= COLUMNS && place.width > 0 && place.height > 0));
        assert_eq!(compact(&once), once, "{places:?}");
    }
}

#[test]
fn others_make_way_for_what_is_put_down() {
    let places = [place(0, 0, 12, 4), place(12, 0, 12, 4), place(0, 4, 24, 4)];
    let moved = put(&places, 2, place(0, 0, 24, 4));
    assert_eq!(moved, [place(0, 4, 12, 4), place(12, 4, 12, 4), place(0, 0, 24, 4)]);
    let swapped = put(&places, 0, place(12, 0, 12, 4));
    assert_eq!(swapped[0], place(12, 0, 12, 4));
    assert_eq!(overlaps(&swapped), []);
    let down = put(&places, 0, place(0, 8, 12, 4));
    assert_eq!(down[0], place(0, 8, 12, 4));
    assert_eq!(put(&places, 9, place(0, 0, 1, 1)), places);
}

#[test]
fn the_phone_reads_from_top_to_bottom() {
    let places = [place(12, 0, 12, 4), place(0, 4, 24, 6), place(0, 0, 12, 3)];
    assert_eq!(phone(&places), [(2, place(0, 0, 24, 3)), (0, place(0, 3, 24, 4)), (1, place(0, 7, 24, 6))]);
}

#[test]
fn a_new_widget_goes_below() {
    assert_eq!(free_place(&[place(0, 0, 12, 4)], 8, 6), place(0, 4, 8, 6));
    assert_eq!(free_place(&[], 99, 0), place(0, 0, 24, 1));
}
