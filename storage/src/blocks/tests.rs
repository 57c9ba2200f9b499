use proptest::prelude::*;

use super::*;

fn data(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

/// In pieces of this size.
fn of(data: &[u8], piece: usize) -> BlockChecksums {
    let mut adder = Adder::default();
    data.chunks(piece).for_each(|piece| adder.add(piece));
    adder.end_data()
}

proptest! {
    #[test]
    fn any_flipped_bit_that_is_read_is_found(length in 1usize..200_000, piece in 1usize..100_000, at: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = data(length);
        let checksums = of(&bytes, piece);
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
    let checksums = of(&data(40_000), 40_000);
    assert_eq!(checksums.widen(&(40_000..40_010)), 40_000..40_010);
    assert_eq!(checksums.widen(&(39_990..40_010)), 32_768..40_010);
    assert_eq!(checksums.verify(40_000, &[1; 10]), Ok(()));
    let mut with_tail = data(40_000);
    with_tail.extend([7; 10]);
    assert_eq!(checksums.verify(32_768, &with_tail[32_768..]), Ok(()));
    assert_eq!(BlockChecksums::parse("40000:0011"), None);
    assert_eq!(BlockChecksums::parse("x"), None);
}

#[test]
fn the_checksums_of_the_whole_and_of_the_tail_do_not_depend_on_the_pieces() {
    let (bytes, tail) = (data(70_000), data(900));
    for piece in [1, 7, 32_768, 70_000] {
        let mut adder = Adder::default();
        bytes.chunks(piece).for_each(|piece| adder.add(piece));
        adder.end_data();
        tail.chunks(piece).for_each(|piece| adder.add(piece));
        let whole: Vec<u8> = bytes.iter().chain(&tail).copied().collect();
        let expected = Checksums { file: crc32c::crc32c(&whole), data_bytes: 70_000, tail: crc32c::crc32c(&tail) };
        assert_eq!((adder.finish(), adder.bytes()), (expected, 70_900));
    }
}

proptest! {
    #[test]
    fn every_range_gets_its_bytes(
        starts in prop::collection::vec((0u64..900, 1u64..100), 1..20),
        widening in 1u64..64,
    ) {
        let file: Bytes = (0..1000u32).map(|at| at as u8).collect::<Vec<u8>>().into();
        let ranges: Vec<Range<u64>> = starts.into_iter().map(|(start, length)| start..start + length).collect();
        let widen = |range: &Range<u64>| {
            range.start / widening * widening..(range.end.div_ceil(widening) * widening).min(1000)
        };
        let wide = disjoint(ranges.iter().map(widen).collect());
        prop_assert!(wide.windows(2).all(|pair| pair[0].end <= pair[1].start));
        let read: Vec<Bytes> =
            wide.iter().map(|range| file.slice(range.start as usize..range.end as usize)).collect();
        for range in &ranges {
            prop_assert_eq!(cut(range, &wide, &read), file.slice(range.start as usize..range.end as usize));
        }
    }
}
