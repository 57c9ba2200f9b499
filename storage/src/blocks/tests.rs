use proptest::prelude::*;

use super::*;

fn data(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

proptest! {
    #[test]
    fn any_flipped_bit_that_is_read_is_found(length in 1usize..200_000, at: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = data(length);
        let checksums = BlockChecksums::of(&bytes);
        let at = at.index(length);
        prop_assert_eq!(BlockChecksums::parse(&checksums.to_text()), Some(checksums.clone()));
        let range = checksums.widen(&(at as u64..at as u64 + 1));
        prop_assert!(range.start <= at as u64 && range.end > at as u64 && range.end <= length as u64);
        let read = |bytes: &[u8]| checksums.verify(range.start, &bytes[range.start as usize..range.end as usize]);
        prop_assert!(read(&bytes).is_ok());
        bytes[at] ^= 1 << bit;
        prop_assert!(read(&bytes).is_err());
    }
}

#[test]
fn what_lies_behind_the_data_is_left_alone() {
    let checksums = BlockChecksums::of(&data(40_000));
    assert_eq!(checksums.widen(&(40_000..40_010)), 40_000..40_010);
    assert_eq!(checksums.widen(&(39_990..40_010)), 32_768..40_010);
    assert_eq!(checksums.verify(40_000, &[1; 10]), Ok(()));
    let mut with_tail = data(40_000);
    with_tail.extend([7; 10]);
    assert_eq!(checksums.verify(32_768, &with_tail[32_768..]), Ok(()));
    assert_eq!(BlockChecksums::parse("40000:0011"), None);
    assert_eq!(BlockChecksums::parse("x"), None);
}
