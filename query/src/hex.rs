//! Ids and their hex digits.

/// Lower-case hex digits.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of hex digits in either case; `None` where they are not.
pub(crate) fn decode(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    digits.as_bytes().chunks_exact(2).map(|pair| Some((nibble(pair[0])? << 4) | nibble(pair[1])?)).collect()
}

/// Hex digits of exactly `N` bytes.
pub(crate) fn decode_exact<const N: usize>(digits: &str) -> Option<[u8; N]> {
    decode(digits)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_as_written() {
        assert_eq!(encode(&[0, 0xaf, 0x7f]), "00af7f");
        assert_eq!(decode("00AF7f"), Some(vec![0, 0xaf, 0x7f]));
        assert_eq!(decode("00a"), None);
        assert_eq!(decode("0x"), None);
        assert_eq!(decode_exact::<2>("00af7f"), None);
    }
}
