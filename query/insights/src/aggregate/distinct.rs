//! How many distinct values: exact up to [`EXACT_MAX`], then estimated by HyperLogLog with 2^14 registers (standard error
//! 0.8 %). Values are hashed by a fixed function, so that the same rows give the same answer everywhere.

use super::bytes::{Bytes, write_all};
use std::collections::HashSet;

/// Distinct values up to which the count is exact.
pub const EXACT_MAX: usize = 16_384;

const REGISTER_BITS: u32 = 14;
const REGISTERS: usize = 1 << REGISTER_BITS;

/// The distinct values so far.
#[derive(Debug, Clone, Default)]
pub struct Distinct {
    exact: HashSet<u64>,
    registers: Option<Vec<u8>>,
}

impl Distinct {
    /// Takes a value, as text.
    pub fn add(&mut self, text: &str) {
        self.add_hash(hash(text.as_bytes()));
    }

    /// Takes the values of another.
    pub fn merge(&mut self, other: &Self) {
        if let Some(more) = &other.registers {
            let registers = self.registers.get_or_insert_with(|| registers_of(&self.exact));
            self.exact.clear();
            for (register, rank) in registers.iter_mut().zip(more) {
                *register = (*register).max(*rank);
            }
        }
        for hash in &other.exact {
            self.add_hash(*hash);
        }
    }

    /// How many there are.
    pub fn count(&self) -> f64 {
        match &self.registers {
            None => self.exact.len() as f64,
            Some(registers) => estimate(registers),
        }
    }

    /// Whether the count is exact.
    pub fn is_exact(&self) -> bool {
        self.registers.is_none()
    }

    pub(super) fn bytes(&self) -> usize {
        self.exact.capacity() * 9 + self.registers.as_ref().map_or(0, Vec::len)
    }

    fn add_hash(&mut self, hash: u64) {
        match &mut self.registers {
            Some(registers) => observe(registers, hash),
            None => {
                self.exact.insert(hash);
                if self.exact.len() > EXACT_MAX {
                    self.registers = Some(registers_of(&self.exact));
                    self.exact = HashSet::new();
                }
            }
        }
    }
}

fn registers_of(hashes: &HashSet<u64>) -> Vec<u8> {
    let mut registers = vec![0; REGISTERS];
    hashes.iter().for_each(|hash| observe(&mut registers, *hash));
    registers
}

fn observe(registers: &mut [u8], hash: u64) {
    let index = (hash >> (64 - REGISTER_BITS)) as usize;
    let rank = ((hash << REGISTER_BITS) | 1 << (REGISTER_BITS - 1)).leading_zeros() as u8 + 1;
    registers[index] = registers[index].max(rank);
}

fn estimate(registers: &[u8]) -> f64 {
    let count = registers.len() as f64;
    let bias = 0.7213 / (1.0 + 1.079 / count);
    let sum: f64 = registers.iter().map(|rank| 2f64.powi(-i32::from(*rank))).sum();
    let raw = bias * count * count / sum;
    let empty = registers.iter().filter(|rank| **rank == 0).count();
    let estimate = if raw <= 2.5 * count && empty > 0 { count * (count / empty as f64).ln() } else { raw };
    estimate.round()
}

/// FNV-1a, its bits mixed at the end (as in SplitMix64).
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

impl Bytes for Distinct {
    fn write(&self, bytes: &mut Vec<u8>) {
        write_all(self.exact.iter(), self.exact.len(), bytes);
        self.registers.write(bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let exact: Vec<u64> = Vec::read(bytes)?;
        let registers: Option<Vec<u8>> = Option::read(bytes)?;
        let fits = registers.as_ref().is_none_or(|registers| registers.len() == REGISTERS);
        fits.then(|| Self { exact: exact.into_iter().collect(), registers })
    }
}
