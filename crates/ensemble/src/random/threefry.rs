//! The counter-based generator under every draw: Threefry-4×32 with 20 rounds, a block cipher of the Threefish family
//! used as a random number generator (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as
//! easy as 1, 2, 3", SC 2011). It encrypts a 128-bit counter under a 128-bit key into four 32-bit words with nothing
//! but additions, rotations and exclusive-ors, all of which every vector unit and graphics card has. Its authors count
//! 13 rounds as passing every test of the TestU01 batteries; 20 leave a margin.

/// The bits that a rotation of the two pairs of words moves by, round by round, repeating after eight.
const ROTATIONS: [[u32; 2]; 8] =
    [[10, 26], [11, 21], [13, 27], [23, 5], [6, 20], [17, 11], [25, 10], [18, 20]];

/// The constant of the Threefish key schedule: keeps the fifth key word from being zero for a zero key.
const PARITY: u32 = 0x1BD1_1BDA;

/// A key with its schedule: the four words given and their parity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(pub(super) [u32; 5]);

impl Key {
    /// Derives the schedule of a key of four words.
    pub(super) fn new(words: [u32; 4]) -> Self {
        let [a, b, c, d] = words;
        Self([a, b, c, d, PARITY ^ a ^ b ^ c ^ d])
    }

    /// Four words of 32 random bits for one value of the counter, whose upper half is zero here.
    #[inline(always)]
    pub(super) fn encrypt(&self, counter: u64) -> [u32; 4] {
        self.encrypt_words([counter as u32, (counter >> 32) as u32, 0, 0])
    }

    /// The cipher. Straight-line code without a branch, so that a loop over counters compiles to vector instructions,
    /// one counter a lane.
    #[inline(always)]
    fn encrypt_words(&self, counter: [u32; 4]) -> [u32; 4] {
        let key = &self.0;
        let mut a = counter[0].wrapping_add(key[0]);
        let mut b = counter[1].wrapping_add(key[1]);
        let mut c = counter[2].wrapping_add(key[2]);
        let mut d = counter[3].wrapping_add(key[3]);
        macro_rules! four_rounds {
            ($group:literal) => {{
                let rotation = |round: usize| ROTATIONS[(4 * $group + round) % 8];
                (a, b, c, d) = mix(a, b, c, d, rotation(0));
                (a, d, c, b) = mix(a, d, c, b, rotation(1));
                (a, b, c, d) = mix(a, b, c, d, rotation(2));
                (a, d, c, b) = mix(a, d, c, b, rotation(3));
                a = a.wrapping_add(key[($group + 1) % 5]);
                b = b.wrapping_add(key[($group + 2) % 5]);
                c = c.wrapping_add(key[($group + 3) % 5]);
                d = d.wrapping_add(key[($group + 4) % 5]).wrapping_add($group + 1);
            }};
        }
        four_rounds!(0);
        four_rounds!(1);
        four_rounds!(2);
        four_rounds!(3);
        four_rounds!(4);
        [a, b, c, d]
    }
}

/// One round: each word of the pairs (`a`, `b`) and (`c`, `d`) absorbs its partner.
#[inline(always)]
fn mix(a: u32, b: u32, c: u32, d: u32, [first, second]: [u32; 2]) -> (u32, u32, u32, u32) {
    let (a, c) = (a.wrapping_add(b), c.wrapping_add(d));
    (a, b.rotate_left(first) ^ a, c, d.rotate_left(second) ^ c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers that the authors of the generator publish: zeros, ones, and the digits of π.
    #[test]
    fn known_answers() {
        let answer = |counter: [u32; 4], key: [u32; 4]| Key::new(key).encrypt_words(counter);
        assert_eq!(answer([0; 4], [0; 4]), [0x9c6c_a96a, 0xe17e_ae66, 0xfc10_ecd4, 0x5256_a7d8]);
        let ones = [u32::MAX; 4];
        assert_eq!(answer(ones, ones), [0x2a88_1696, 0x5701_2287, 0xf6c7_446e, 0xa16a_6732]);
        let counter = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        let key = [0xa409_3822, 0x299f_31d0, 0x082e_fa98, 0xec4e_6c89];
        assert_eq!(answer(counter, key), [0x59cd_1dbb, 0xb887_9579, 0x86b5_d00c, 0xac8b_6d84]);
    }

    #[test]
    fn every_bit_of_key_and_counter_matters() {
        let base = Key::new([1, 2, 3, 4]).encrypt(5);
        let flips = |other: [u32; 4]| {
            base.iter().zip(other).map(|(left, right)| (left ^ right).count_ones()).sum::<u32>()
        };
        for bit in 0..64 {
            let changed = flips(Key::new([1, 2, 3, 4]).encrypt(5 ^ (1 << bit)));
            // 128 fair coins: mean 64, standard deviation 5.7; six standard deviations either side.
            assert!((30..=98).contains(&changed), "counter bit {bit} changes {changed} bits");
        }
        for bit in 0..128 {
            let mut words = [1, 2, 3, 4];
            words[bit / 32] ^= 1 << (bit % 32);
            let changed = flips(Key::new(words).encrypt(5));
            assert!((30..=98).contains(&changed), "key bit {bit} changes {changed} bits");
        }
    }
}
