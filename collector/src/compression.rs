//! Decompression that stops at a limit: a small body that unpacks to gigabytes costs no more than the limit.

use std::io::{self, Read};

use bytes::Bytes;

use crate::admission::Admitted;
use crate::refusal::{Refusal, RefusalKind};

/// How much is unpacked between two looks at the limit.
const CHUNK_BYTES: usize = 64 * 1024;

/// The largest window of a zstd frame, as a power of two: 8 MiB, which every level without `--ultra` or `--long`
/// stays within. The window is memory that a frame of a few bytes can ask for.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Reads a `Content-Encoding` or `grpc-encoding` header; none means identity.
    pub(crate) fn parse(value: Option<&[u8]>) -> Result<Self, Refusal> {
        let value = value.unwrap_or_default().trim_ascii();
        let is = |name: &str| value.eq_ignore_ascii_case(name.as_bytes());
        if value.is_empty() || is("identity") || is("none") {
            Ok(Self::Identity)
        } else if is("gzip") {
            Ok(Self::Gzip)
        } else if is("zstd") {
            Ok(Self::Zstd)
        } else {
            let value = String::from_utf8_lossy(value);
            Err(Refusal::new(
                RefusalKind::Encoding,
                format!("content encoding {value:?} is not supported: send gzip, zstd or identity"),
            ))
        }
    }
}

/// Unpacks `body`, in as many members or frames as it has, up to `max` bytes, which `admitted` holds from then on.
pub(crate) fn decompress(
    encoding: Encoding,
    body: Bytes,
    max: usize,
    admitted: &mut Admitted,
) -> Result<Bytes, Refusal> {
    let packed = body.len();
    let name = encoding.name();
    if !begins_right(encoding, &body) {
        return Err(Refusal::invalid(format!(
            "the body is not {name}, though its encoding says so: compress it, or leave the header away"
        )));
    }
    let invalid = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Refusal::invalid(format!("the {name} of the body ends too early")),
        _ => Refusal::invalid(format!("the body is not valid {name}: {error}")),
    };
    let unpacked = match encoding {
        Encoding::Identity if packed > max => return Err(too_large(max)),
        Encoding::Identity => return Ok(body),
        Encoding::Gzip => {
            let reader = flate2::bufread::MultiGzDecoder::new(&body[..]);
            read_capped(reader, packed, max, admitted)?.map_err(invalid)?
        }
        Encoding::Zstd => {
            let mut reader = zstd::stream::read::Decoder::with_buffer(&body[..]).map_err(invalid)?;
            reader.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(invalid)?;
            read_capped(reader, packed, max, admitted)?.map_err(invalid)?
        }
    };
    Ok(Bytes::from(unpacked))
}

/// Whether a body begins as its encoding does. An empty one does: the decoder says what it misses.
fn begins_right(encoding: Encoding, body: &[u8]) -> bool {
    const GZIP: &[u8] = &[0x1f, 0x8b];
    const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
    /// Of a skippable frame, after its first byte of 0x50 to 0x5f.
    const ZSTD_SKIPPABLE: &[u8] = &[0x2a, 0x4d, 0x18];
    let begins = |magic: &[u8]| body.iter().zip(magic).all(|(byte, magic)| byte == magic);
    match encoding {
        Encoding::Identity => true,
        Encoding::Gzip => begins(GZIP),
        Encoding::Zstd => begins(ZSTD) || body.get(1..4) == Some(ZSTD_SKIPPABLE),
    }
}

/// Reads to the end, refuses above `max`, and never makes the buffer larger than that.
fn read_capped(
    mut reader: impl Read,
    packed: usize,
    max: usize,
    admitted: &mut Admitted,
) -> Result<io::Result<Vec<u8>>, Refusal> {
    // Telemetry packs about 1:5; a guess that is too low costs a copy, one that is too high costs memory.
    let guess = packed.saturating_mul(5).min(max);
    admitted.hold(guess)?;
    let mut unpacked = Vec::with_capacity(guess);
    loop {
        let room = (max - unpacked.len()).saturating_add(1).min(CHUNK_BYTES);
        let needed = unpacked.len() + room;
        if unpacked.capacity() < needed {
            // Doubled, as a vector does it, but not beyond the limit.
            let capacity = unpacked.capacity().saturating_mul(2).min(max.saturating_add(1)).max(needed);
            admitted.hold(capacity - unpacked.capacity())?;
            unpacked.reserve_exact(capacity - unpacked.len());
        }
        match reader.by_ref().take(room as u64).read_to_end(&mut unpacked) {
            Err(error) => return Ok(Err(error)),
            Ok(_) if unpacked.len() > max => return Err(too_large(max)),
            Ok(read) if read < room => return Ok(Ok(unpacked)),
            Ok(_) => {}
        }
    }
}

fn too_large(max: usize) -> Refusal {
    Refusal::too_large("the length of the decompressed body", "decompressed_bytes_max", max)
}

#[cfg(test)]
mod tests;
