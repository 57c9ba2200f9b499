use super::*;

#[test]
fn a_key_is_made_in_time_and_kept_until_its_last_token_ended() {
    let check = |keys: &[(i64, i64)], make_new: bool, drop: &[usize]| {
        assert_eq!(rotation(keys, 1_000, 100), Rotation { make_new, drop: drop.to_vec() }, "{keys:?}");
    };
    check(&[], true, &[]);
    check(&[(950, 960)], false, &[]);
    check(&[(900, 1_000)], true, &[]);
    check(&[(900, 999)], true, &[0]);
    check(&[(1, 5_000), (800, 900), (950, 960)], false, &[1]);
}
