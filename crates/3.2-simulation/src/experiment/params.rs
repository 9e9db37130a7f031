//! Parameters of Section 3.2.

use ensemble::Engine;
use experiment::{Count, ExperimentError, List};

/// Units per layer (n).
pub type Width = Count<1, 10_000_000>;
/// Networks behind a mean with a standard deviation.
pub type Networks = Count<2, 10_000_000>;

/// Layers over which inner products are followed from network to network: their variance grows with depth, and beyond
/// about ten layers the narrowest widths are far from the law for large widths.
pub const AVERAGING_DEPTH: usize = 10;
/// Layers over which the total variance is followed when the weights are too large or too small by a factor: the
/// paper's depth.
pub const GAMMA_DEPTH: usize = 50;
/// The layers of the additional shallow networks: the first ones, where finite width shows least.
pub const EARLY_DEPTH: usize = 8;

experiment::parameters! {
    /// Which networks are drawn, and how many: the paper's widths with what a minute's patience allows beyond them; under
    /// `paper` smaller errors, and a ladder that goes on to a million units.
    pub struct Params {
        /// Widths of Fig. 2 (n).
        widths: List<Width> = [30, 100, 300], [30, 100, 300, 1000, 3000], [30, 100, 300, 1000, 3000];
        /// Networks of each width.
        networks: Networks = 30;
        /// Layers (L).
        depth: Count<1, 100_000> = 15, 50, 50;
        /// Input vectors (T).
        samples: Count<2, 100_000> = 20, 100, 100;
        /// How the weights of these networks are sampled: directly, on the device asked for, or exactly, on the processor, as
        /// those of all others are.
        engine: Engine = { Engine::Exact };
        /// Further networks of each width, eight layers deep.
        early_networks: Networks = 400, 200, 1000;
        /// Widths beyond the paper's.
        ladder: List<Width, 2> = [1000, 3000], [10000, 30000, 100000], [10000, 30000, 100000, 300000, 1000000];
        /// Networks of each of them.
        ladder_networks: Vec<Networks> = { counts(&[16, 10]) }, { counts(&[12, 6, 4]) }, { counts(&[30, 16, 10, 4, 3]) };
        /// Their input vectors.
        ladder_samples: Count<2, 100_000> = 20, 24, 100;
        /// Width at which the two engines are compared, if it is one of `widths`.
        engines_width: Width = 100, 300, 300;
        /// Networks of the engine that does not draw the others.
        engines_networks: Networks = 30, 15, 30;
        /// Widths for the variance of inner products from network to network.
        averaging_widths: List<Width, 2> = [100, 300, 1000, 3000], [300, 1000, 3000, 10000], [300, 1000, 3000, 10000];
        /// Networks of each of them.
        averaging_networks: Count<3, 10_000_000> = 400, 400, 4000;
        /// Sets of input vectors of each width whose cosines are taken.
        input_sets: Networks = 40, 40, 100;
        /// Factors γ on the variance of the weights, other than 1.
        gammas: List<f64> = { List::of([0.8, 1.25]) }, { List::of(GAMMAS) }, { List::of(GAMMAS) };
        /// Width of the networks with these weights.
        gamma_width: Width = 1000;
        /// Networks for each γ.
        gamma_networks: Count<3, 10_000_000> = 150, 150, 2000;
        /// Width of the networks whose pre-activations are shown as histograms, of three units each.
        distribution_width: Count<3, 10_000_000> = 300, 3000, 3000;
        /// Input vectors of the network whose single units are shown.
        distribution_samples: Count<2, 100_000> = 200;
        /// Networks behind the pooled histograms.
        distribution_networks: Networks = 120, 120, 1000;
    }
}

const GAMMAS: [f64; 4] = [0.8, 0.9, 1.1, 1.25];

/// Numbers of networks, which may repeat.
fn counts(numbers: &[u64]) -> Vec<Networks> {
    numbers.iter().map(|number| Count::of(*number)).collect()
}

impl Params {
    /// What no single parameter can check: lists that do not fit together.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), ExperimentError> {
        let (widths, networks) = (self.ladder.len(), self.ladder_networks.len());
        if widths != networks {
            return Err(
                format!("`ladder` has {widths} widths and `ladder_networks` {networks} numbers").into()
            );
        }
        if self.gammas.contains(&1.0) {
            return Err("`gammas` must not contain 1, which changes nothing".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{Parameters, Profile};

    #[test]
    fn the_papers_sizes_are_the_default() {
        for params in [Profile::Quick, Profile::Paper].map(Params::of) {
            let widths: Vec<u64> = params.widths.iter().map(|width| width.get()).collect();
            assert_eq!(widths, [30, 100, 300, 1000, 3000]);
            assert_eq!((params.networks.get(), params.depth.get(), params.samples.get()), (30, 50, 100));
        }
    }
}
