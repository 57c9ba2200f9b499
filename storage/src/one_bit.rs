//! Finds the one bit of some bytes that is not what it was, from their CRC-32C. Pure.
//!
//! A checksum of 32 bits says of any number of bytes that fits in memory which single bit was flipped. Damage of more than
//! one bit is taken for a flipped bit once in four thousand million for each bit there is: whoever relies on the answer has
//! another look at what came out.

/// What a check says of a file that the next start puts right.
pub(crate) const FLIPPED: &str = "a bit of it was flipped";

/// What a byte does to the checksum of bytes that end with it (polynomial 0x1EDC6F41, reflected).
static EFFECTS: [u32; 256] = effects();

const fn effects() -> [u32; 256] {
    let mut effects = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut effect = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            effect = if effect & 1 == 1 { effect >> 1 ^ 0x82f6_3b78 } else { effect >> 1 };
            bit += 1;
        }
        effects[byte] = effect;
        byte += 1;
    }
    effects
}

/// In how many bits two texts of one length differ.
pub(crate) fn bits_between(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// Flips one bit so that the bytes have this CRC-32C; where it is. `None` where no bit does that, or none has to be.
pub(crate) fn restore(bytes: &mut [u8], checksum: u32) -> Option<usize> {
    let wanted = crc32c::crc32c(bytes) ^ checksum;
    if wanted == 0 {
        return None;
    }
    // Of the last byte; with each byte before it, what follows is one longer.
    let mut effects: [u32; 8] = std::array::from_fn(|bit| EFFECTS[1 << bit]);
    for at in (0..bytes.len()).rev() {
        if let Some(bit) = effects.iter().position(|effect| *effect == wanted) {
            bytes[at] ^= 1 << bit;
            return Some(at);
        }
        effects = effects.map(|effect| effect >> 8 ^ EFFECTS[(effect & 0xff) as usize]);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_flipped_bit_is_found() {
        let whole: Vec<u8> = (0..300_u32).map(|n| ((n * 7919) >> 3) as u8).collect();
        let checksum = crc32c::crc32c(&whole);
        for bit in 0..whole.len() * 8 {
            let mut damaged = whole.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(restore(&mut damaged, checksum), Some(bit / 8));
            assert_eq!(damaged, whole);
        }
    }

    #[test]
    fn other_damage_stays_as_it_is() {
        let whole = vec![7_u8; 1000];
        let checksum = crc32c::crc32c(&whole);
        assert_eq!(restore(&mut whole.clone(), checksum), None, "nothing is wrong");
        for bit in 1..100 {
            let mut damaged = whole.clone();
            damaged[3] ^= 1;
            damaged[500 + bit] ^= 1 << (bit % 8);
            let before = damaged.clone();
            assert_eq!(restore(&mut damaged, checksum), None);
            assert_eq!(damaged, before);
        }
        assert_eq!(restore(&mut [], 5), None);
    }
}
