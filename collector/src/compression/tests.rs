use std::io::Write;

use super::*;
use crate::admission::Admission;
use crate::limits::Limits;

fn admitted() -> Admitted {
    Admission::new(&Limits::default()).admit().unwrap()
}

fn unpack(encoding: Encoding, body: Vec<u8>, max: usize) -> Result<Bytes, Refusal> {
    decompress(encoding, body.into(), max, &mut admitted())
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    zstd::encode_all(data, 3).unwrap()
}

#[test]
fn headers_are_read_without_regard_to_case() {
    for (header, want) in [
        (None, Encoding::Identity),
        (Some(&b""[..]), Encoding::Identity),
        (Some(b"identity"), Encoding::Identity),
        (Some(b"GZip"), Encoding::Gzip),
        (Some(b" zstd "), Encoding::Zstd),
    ] {
        assert_eq!(Encoding::parse(header), Ok(want), "{header:?}");
    }
    let refusal = Encoding::parse(Some(b"br")).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Encoding);
    assert!(refusal.message.contains("gzip, zstd or identity"));
}

#[test]
fn several_members_and_frames_are_joined() {
    let members = [gzip(b"one "), gzip(b"two")].concat();
    assert_eq!(unpack(Encoding::Gzip, members, 100).unwrap(), "one two");
    let frames = [zstd(b"one "), zstd(b"two")].concat();
    assert_eq!(unpack(Encoding::Zstd, frames, 100).unwrap(), "one two");
}

#[test]
fn the_limit_is_inclusive() {
    let data = vec![7; 1000];
    for encoding in [Encoding::Identity, Encoding::Gzip, Encoding::Zstd] {
        let body = match encoding {
            Encoding::Identity => data.clone(),
            Encoding::Gzip => gzip(&data),
            Encoding::Zstd => zstd(&data),
        };
        assert_eq!(unpack(encoding, body.clone(), 1000).unwrap().len(), 1000);
        let refusal = unpack(encoding, body, 999).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::TooLarge, "{encoding:?}");
        assert!(refusal.message.contains("ingest.decompressed_bytes_max"));
    }
}

#[test]
fn a_bomb_stops_at_the_limit() {
    const MAX: usize = 1 << 20;
    let zeros = vec![0; 256 << 20];
    for (encoding, bomb) in [(Encoding::Gzip, gzip(&zeros)), (Encoding::Zstd, zstd(&zeros))] {
        assert!(bomb.len() < MAX, "{encoding:?}: {} bytes", bomb.len());
        let mut admitted = admitted();
        let refusal = decompress(encoding, bomb.into(), MAX, &mut admitted).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::TooLarge, "{encoding:?}");
        // Every byte of the buffer is held before it is allocated.
        assert!(admitted.held() <= MAX + 1, "{encoding:?}: {} bytes", admitted.held());
    }
}

#[test]
fn the_buffer_is_never_larger_than_what_is_held() {
    const MAX: usize = 3 << 20;
    for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 1 << 20, MAX] {
        let data = vec![0; length];
        let mut admitted = admitted();
        let unpacked = read_capped(&data[..], 10, MAX, &mut admitted).unwrap().unwrap();
        assert_eq!(unpacked.len(), length);
        assert!(unpacked.capacity() <= admitted.held(), "{} > {}", unpacked.capacity(), admitted.held());
        assert!(admitted.held() <= MAX + 1);
    }
}

#[test]
fn a_bomb_cannot_take_more_than_the_budget() {
    let admission = Admission::new(&Limits { inflight_bytes_max: 1 << 20, ..Limits::default() });
    let bomb = gzip(&vec![0; 8 << 20]);
    let refusal = decompress(Encoding::Gzip, bomb.into(), 64 << 20, &mut admission.admit().unwrap()).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::TooLarge);
    assert!(refusal.message.contains("ingest.inflight_bytes_max"));
}

#[test]
fn a_frame_that_asks_for_a_huge_window_is_refused() {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(b"small").unwrap();
    let refusal = unpack(Encoding::Zstd, encoder.finish().unwrap(), 100).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Invalid);
}

#[test]
fn garbage_is_invalid() {
    for encoding in [Encoding::Gzip, Encoding::Zstd] {
        for body in [&b"not packed at all"[..], b"{}", b"\x1f"] {
            let refusal = unpack(encoding, body.to_vec(), 100).unwrap_err();
            assert_eq!(refusal.kind, RefusalKind::Invalid, "{encoding:?}");
        }
        let refusal = unpack(encoding, b"{}".to_vec(), 100).unwrap_err();
        assert!(refusal.message.contains("though its encoding says so"), "{refusal:?}");
    }
    let mut cut = gzip(b"something that is cut short");
    cut.truncate(20);
    assert!(unpack(Encoding::Gzip, cut, 100).unwrap_err().message.contains("ends too early"));
}
