use super::*;

const HALF: ViewRange = ViewRange { start: 0.25, end: 0.75 };

#[test]
fn fractions_are_put_in_order_and_into_the_trace() {
    assert_eq!(ViewRange::new(0.75, 0.25), HALF);
    assert_eq!(ViewRange::new(-3.0, 7.0), ViewRange::FULL);
    assert_eq!(ViewRange::new(f64::NAN, 0.5), ViewRange::FULL);
    let narrow = ViewRange::new(1.0, 1.0);
    assert!(narrow.end <= 1.0 && narrow.width() > 0.0);
}

#[test]
fn bars_are_cut_to_the_view() {
    assert_eq!(HALF.place(0.0, 0.1), Place::Before);
    assert_eq!(HALF.place(0.8, 0.9), Place::After);
    assert_eq!(HALF.place(0.0, 1.0), Place::Bar { left: 0.0, width: 100.0 });
    assert_eq!(HALF.place(0.5, 0.625), Place::Bar { left: 50.0, width: 25.0 });
    assert_eq!(ViewRange::FULL.place(0.5, 0.5), Place::Bar { left: 50.0, width: 0.0 });
}

#[test]
fn a_drag_over_the_timeline_zooms_into_it() {
    assert_eq!(HALF.part(0.0, 0.5), ViewRange { start: 0.25, end: 0.5 });
    assert_eq!(HALF.part(0.5, 0.0), HALF.part(0.0, 0.5));
}

#[test]
fn zoom_keeps_what_is_under_the_pointer() {
    let near = ViewRange::FULL.zoom(0.5, 0.3);
    assert!((near.at(0.3) - 0.3).abs() < 1e-12);
    assert!((near.width() - 0.5).abs() < 1e-12);
    assert_eq!(near.zoom(1000.0, 0.3), ViewRange::FULL);
    assert!(ViewRange::FULL.zoom(0.0, 0.5).width() > 0.0);
}

#[test]
fn panning_stops_at_the_ends() {
    assert_eq!(HALF.pan(0.1), ViewRange { start: 0.35, end: 0.85 });
    assert_eq!(HALF.pan(9.0), ViewRange { start: 0.5, end: 1.0 });
    assert_eq!(HALF.pan(-9.0), ViewRange { start: 0.0, end: 0.5 });
}

#[test]
fn the_url_holds_it() {
    assert_eq!(ViewRange::FULL.to_text(), "");
    assert_eq!(HALF.to_text(), "0.25-0.75");
    assert_eq!(ViewRange::parse(&HALF.to_text()), HALF);
    for nonsense in ["", "x", "0.5", "a-b"] {
        assert_eq!(ViewRange::parse(nonsense), ViewRange::FULL, "{nonsense}");
    }
    let fine = ViewRange::new(0.123_456_789, 0.123_457);
    let back = ViewRange::parse(&fine.to_text());
    assert!((back.start - fine.start).abs() < 1e-9 && (back.end - fine.end).abs() < 1e-9);
}

#[test]
fn ticks_are_round_and_inside() {
    let ticks = ViewRange::FULL.ticks(1_000_000_000, 5);
    let places: Vec<f64> = ticks.iter().map(|t| t.percent.round()).collect();
    assert_eq!(places, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
    assert_eq!(ticks[0].label, "0");
    for duration in [1, 7, 999, 123_456_789, 3_600_000_000_000] {
        for range in [ViewRange::FULL, HALF, ViewRange::new(0.5, 0.500_001)] {
            let ticks = range.ticks(duration, 5);
            assert!(ticks.len() <= 11, "{duration} {range:?} {}", ticks.len());
            assert!(ticks.iter().all(|t| (-0.001..=100.001).contains(&t.percent)), "{duration} {range:?}");
        }
    }
}

#[test]
fn the_minimap_is_gripped_by_its_edges_its_middle_or_drawn_anew() {
    assert_eq!(Grip::at(HALF, 0.26, 0.02), Grip::Start);
    assert_eq!(Grip::at(HALF, 0.74, 0.02), Grip::End);
    assert_eq!(Grip::at(HALF, 0.5, 0.02), Grip::Range);
    assert_eq!(Grip::at(HALF, 0.1, 0.02), Grip::New);
    assert_eq!(Grip::at(ViewRange::FULL, 0.0, 0.02), Grip::New);
    assert_eq!(Grip::Start.drag(HALF, 0.25, 0.9), ViewRange::new(0.75, 0.9));
    assert_eq!(Grip::Range.drag(HALF, 0.5, 0.6), HALF.pan(0.6 - 0.5));
    assert_eq!(Grip::New.drag(HALF, 0.1, 0.05), ViewRange::new(0.05, 0.1));
}
