//! A quick checksum over many bytes: XXH64 with seed 0.
//!
//! Source: Yann Collet, xxHash specification 0.1.1, "XXH64 algorithm". It finds damage, not malice: what is
//! read is checked for sense all the same.

const PRIMES: [u64; 5] = [
    0x9E37_79B1_85EB_CA87,
    0xC2B2_AE3D_27D4_EB4F,
    0x1656_67B1_9E37_79F9,
    0x85EB_CA77_C2B2_AE63,
    0x27D4_EB2F_1656_67C5,
];

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

fn lane(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes)
}

fn round(sum: u64, input: u64) -> u64 {
    sum.wrapping_add(input.wrapping_mul(PRIMES[1])).rotate_left(31).wrapping_mul(PRIMES[0])
}

fn merge(sum: u64, lane: u64) -> u64 {
    (sum ^ round(0, lane)).wrapping_mul(PRIMES[0]).wrapping_add(PRIMES[3])
}

/// The checksum of `bytes`.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let (stripes, tail) = bytes.as_chunks::<32>();
    let mut sum = if stripes.is_empty() { PRIMES[4] } else { sum_stripes(stripes) };
    sum = sum.wrapping_add(bytes.len() as u64);
    let (lanes, tail) = tail.as_chunks::<8>();
    for &bytes in lanes {
        sum = (sum ^ round(0, lane(bytes)))
            .rotate_left(27)
            .wrapping_mul(PRIMES[0])
            .wrapping_add(PRIMES[3]);
    }
    let (halves, tail) = tail.as_chunks::<4>();
    for half in halves {
        sum = (sum ^ word(half).wrapping_mul(PRIMES[0]))
            .rotate_left(23)
            .wrapping_mul(PRIMES[1])
            .wrapping_add(PRIMES[2]);
    }
    for &byte in tail {
        sum =
            (sum ^ u64::from(byte).wrapping_mul(PRIMES[4])).rotate_left(11).wrapping_mul(PRIMES[0]);
    }
    sum = (sum ^ sum >> 33).wrapping_mul(PRIMES[1]);
    sum = (sum ^ sum >> 29).wrapping_mul(PRIMES[2]);
    sum ^ sum >> 32
}

fn sum_stripes(stripes: &[[u8; 32]]) -> u64 {
    let mut sums = [PRIMES[0].wrapping_add(PRIMES[1]), PRIMES[1], 0, 0_u64.wrapping_sub(PRIMES[0])];
    for stripe in stripes {
        for (sum, &bytes) in sums.iter_mut().zip(stripe.as_chunks::<8>().0) {
            *sum = round(*sum, lane(bytes));
        }
    }
    let turns = [1, 7, 12, 18];
    let whole = sums
        .iter()
        .zip(turns)
        .fold(0_u64, |whole, (sum, turn)| whole.wrapping_add(sum.rotate_left(turn)));
    sums.into_iter().fold(whole, merge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_the_published_ones() {
        // Test vectors of the xxHash repository and of its command line tool, seed 0.
        assert_eq!(checksum(b""), 0xEF46_DB37_51D8_E999);
        assert_eq!(checksum(b"a"), 0xD24E_C4F1_A98C_6E5B);
        assert_eq!(checksum(b"abc"), 0x44BC_2CF5_AD77_0999);
        let text = b"Nobody inspects the spammish repetition";
        assert_eq!(checksum(text), 0xFBCE_A83C_8A37_8BF1);
    }

    #[test]
    fn every_changed_bit_changes_the_sum() {
        let bytes: Vec<u8> = (0..100_u8).map(|n| n.wrapping_mul(37)).collect();
        let sum = checksum(&bytes);
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(checksum(&changed), sum, "bit {bit}");
        }
    }
}
