//! Randomness with an address. A generator belongs to a seed, to what it is drawn for and to two numbers that say where
//! (an iteration and an image, say), so that any draw can be made alone, in any order, on any thread.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// What a generator is used for; generators of different purposes are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Purpose {
    /// The order of images in an epoch.
    Order = 1,
    /// The crop of an image in an iteration.
    Crop = 2,
    /// The rotation or reflection of an image in an iteration.
    Symmetry = 3,
    /// The elastic warp of an image in an iteration.
    Warp = 4,
    /// The patterns of the classes of a stand-in.
    Patterns = 5,
    /// The order of the labels of a stand-in.
    Labels = 6,
    /// An image of CIFAR-10's stand-in.
    Scene = 7,
    /// A page of ISBI 2012's stand-in.
    Tissue = 8,
}

/// The generator of this address. Its state is a hash of the address, so that neighbouring addresses have nothing in
/// common.
pub(crate) fn generator(seed: u64, purpose: Purpose, place: [u64; 2]) -> Xoshiro256PlusPlus {
    let mut address = [0; 32];
    for (slot, word) in address.chunks_exact_mut(8).zip([seed, purpose as u64, place[0], place[1]]) {
        slot.copy_from_slice(&word.to_le_bytes());
    }
    Xoshiro256PlusPlus::from_seed(*blake3::hash(&address).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn each_part_of_the_address_matters() {
        let first = |seed, purpose, place| generator(seed, purpose, place).random::<u64>();
        let here = first(1, Purpose::Crop, [2, 3]);
        assert_eq!(here, first(1, Purpose::Crop, [2, 3]));
        let elsewhere = [
            first(2, Purpose::Crop, [2, 3]),
            first(1, Purpose::Warp, [2, 3]),
            first(1, Purpose::Crop, [3, 3]),
            first(1, Purpose::Crop, [2, 2]),
            first(1, Purpose::Crop, [3, 2]),
        ];
        assert!(!elsewhere.contains(&here));
    }
}
