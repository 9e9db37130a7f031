//! Seeds for everything random in a run, made from the reproduction's seed and the run's own. None depends on the
//! initialisation, the optimiser or the learning rate: runs that differ in these alone are paired.

/// What a seed is for; seeds for different purposes have nothing in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// The weights that initialisations start from.
    Weights = 1,
    /// The order of the images.
    Order = 2,
    /// Crops, rotations, reflections and warps.
    Augmentation = 3,
    /// The images of a stand-in.
    StandIn = 4,
}

/// The seed of a run for one purpose.
pub fn seed_of(purpose: Purpose, seed: u64, run: u32) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[purpose as u8]).update(&seed.to_le_bytes()).update(&run.to_le_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_matters() {
        let here = seed_of(Purpose::Order, 1, 2);
        let elsewhere =
            [seed_of(Purpose::Weights, 1, 2), seed_of(Purpose::Order, 2, 2), seed_of(Purpose::Order, 1, 1)];
        assert_eq!(here, seed_of(Purpose::Order, 1, 2));
        assert!(!elsewhere.contains(&here));
    }
}
