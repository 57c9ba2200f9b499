use super::Dice;

#[test]
fn a_stream_depends_on_seed_and_index() {
    let draw = |seed, index| Dice::new(seed, index).bits();
    assert_eq!(draw(1, 7), draw(1, 7));
    assert_ne!(draw(1, 7), draw(1, 8));
    assert_ne!(draw(1, 7), draw(2, 7));
}

#[test]
fn the_first_numbers_are_those_of_every_release() {
    let mut dice = Dice::new(1, 0);
    assert_eq!([(); 3].map(|()| dice.below(1_000_000)), [961_178, 242_042, 835_578]);
}

#[test]
fn numbers_stay_below_and_reach_every_place() {
    let mut dice = Dice::new(3, 0);
    let mut seen = [0; 7];
    for _ in 0..7_000 {
        seen[dice.below(7)] += 1;
        assert!((0.0..1.0).contains(&dice.unit()));
    }
    assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
}
