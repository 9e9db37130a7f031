//! Parameters of Section 3.2.

use ensemble::Engine;
use experiment::Count;
use serde::{Deserialize, Serialize};

/// Units per layer (n).
pub type Width = Count<1, 10_000_000>;
/// Networks behind a mean with a standard deviation.
pub type Networks = Count<2, 10_000_000>;

/// Layers over which inner products are followed from network to network: their variance grows with depth, and beyond
/// about ten layers the narrowest widths are far from the law for large widths.
pub const AVERAGING_DEPTH: u64 = 10;
/// Layers over which the total variance is followed when the weights are too large or too small by a factor: the
/// paper's depth.
pub const GAMMA_DEPTH: u64 = 50;
/// The layers of the additional shallow networks: the first ones, where finite width shows least.
pub const EARLY_DEPTH: u64 = 8;

/// Which networks are drawn, and how many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Widths of Fig. 2 (n).
    pub widths: Vec<Width>,
    /// Networks of each width.
    pub networks: Networks,
    /// Layers (L).
    pub depth: Count<1, 100_000>,
    /// Input vectors (T).
    pub samples: Count<2, 100_000>,
    /// How the weights of these networks are sampled; everything below is always sampled by the exact engine.
    pub engine: Engine,
    /// Further networks of each width, [`EARLY_DEPTH`] layers deep.
    pub early_networks: Networks,
    /// Widths beyond the paper's.
    pub ladder: Vec<Width>,
    /// Networks of each of them.
    pub ladder_networks: Vec<Networks>,
    /// Their input vectors.
    pub ladder_samples: Count<2, 100_000>,
    /// Width at which the two engines are compared, if it is one of `widths`.
    pub engines_width: Width,
    /// Networks of the engine that does not draw the others.
    pub engines_networks: Networks,
    /// Widths for the variance of inner products from network to network.
    pub averaging_widths: Vec<Width>,
    /// Networks of each of them.
    pub averaging_networks: Count<3, 10_000_000>,
    /// Sets of input vectors of each width whose cosines are taken.
    pub input_sets: Networks,
    /// Factors γ on the variance of the weights.
    pub gammas: Vec<f64>,
    /// Width of the networks with these weights.
    pub gamma_width: Width,
    /// Networks for each γ.
    pub gamma_networks: Count<3, 10_000_000>,
    /// Width of the networks whose pre-activations are shown as histograms.
    pub distribution_width: Width,
    /// Input vectors of the network whose single units are shown.
    pub distribution_samples: Count<2, 100_000>,
    /// Networks behind the pooled histograms.
    pub distribution_networks: Networks,
}

/// Name, meaning and range of every parameter.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("widths", "units per layer in Fig. 2: a list of numbers from 1 to 10000000"),
    ("networks", "networks of each width, 2 to 10000000"),
    ("depth", "layers, 1 to 100000"),
    ("samples", "input vectors, 2 to 100000"),
    ("engine", "how the weights of Fig. 2 are sampled: exact or direct"),
    ("early_networks", "further networks of each width, eight layers deep, 2 to 10000000"),
    ("ladder", "two or more widths beyond the paper's: a list of numbers from 1 to 10000000"),
    ("ladder_networks", "networks of each width of the ladder: as many numbers from 2 to 10000000"),
    ("ladder_samples", "input vectors of the ladder's networks, 2 to 100000"),
    ("engines_width", "one of the widths, at which the two engines are compared, 1 to 10000000"),
    ("engines_networks", "networks of the engine that does not draw the others, 2 to 10000000"),
    (
        "averaging_widths",
        "two or more widths for the variance of inner products: a list of numbers from 1 to 10000000",
    ),
    ("averaging_networks", "networks of each of them, 3 to 10000000"),
    ("input_sets", "sets of input vectors of each width whose cosines are taken, 2 to 10000000"),
    ("gammas", "factors on the weight variance: a list of positive numbers other than 1"),
    ("gamma_width", "width of the networks with these weights, 1 to 10000000"),
    ("gamma_networks", "networks for each factor, 3 to 10000000"),
    ("distribution_width", "width of the networks shown as histograms, 3 to 10000000"),
    ("distribution_samples", "input vectors of the network whose units are shown, 2 to 100000"),
    ("distribution_networks", "networks behind the pooled histograms, 2 to 10000000"),
];

/// The paper's widths, with what a minute's patience allows beyond them.
pub fn quick() -> Params {
    Params {
        widths: [30, 100, 300, 1000, 3000].map(Count::of).to_vec(),
        networks: Count::of(30),
        depth: Count::of(50),
        samples: Count::of(100),
        engine: Engine::Exact,
        early_networks: Count::of(200),
        ladder: [10_000, 30_000, 100_000].map(Count::of).to_vec(),
        ladder_networks: [12, 6, 4].map(Count::of).to_vec(),
        ladder_samples: Count::of(24),
        engines_width: Count::of(300),
        engines_networks: Count::of(15),
        averaging_widths: [300, 1000, 3000, 10_000].map(Count::of).to_vec(),
        averaging_networks: Count::of(400),
        input_sets: Count::of(40),
        gammas: vec![0.8, 0.9, 1.1, 1.25],
        gamma_width: Count::of(1000),
        gamma_networks: Count::of(150),
        distribution_width: Count::of(3000),
        distribution_samples: Count::of(200),
        distribution_networks: Count::of(120),
    }
}

/// The same with smaller errors, and a ladder that goes on to a million units.
pub fn paper() -> Params {
    Params {
        early_networks: Count::of(1000),
        ladder: [10_000, 30_000, 100_000, 300_000, 1_000_000].map(Count::of).to_vec(),
        ladder_networks: [30, 16, 10, 4, 3].map(Count::of).to_vec(),
        ladder_samples: Count::of(100),
        engines_networks: Count::of(30),
        averaging_networks: Count::of(4000),
        input_sets: Count::of(100),
        gamma_networks: Count::of(2000),
        distribution_networks: Count::of(1000),
        ..quick()
    }
}

/// For tests.
pub fn smoke() -> Params {
    Params {
        widths: [30, 100, 300].map(Count::of).to_vec(),
        networks: Count::of(30),
        depth: Count::of(15),
        samples: Count::of(20),
        early_networks: Count::of(400),
        ladder: [1000, 3000].map(Count::of).to_vec(),
        ladder_networks: [16, 10].map(Count::of).to_vec(),
        ladder_samples: Count::of(20),
        engines_width: Count::of(100),
        engines_networks: Count::of(30),
        averaging_widths: [100, 300, 1000, 3000].map(Count::of).to_vec(),
        gammas: vec![0.8, 1.25],
        distribution_width: Count::of(300),
        ..quick()
    }
}

impl Params {
    /// What no single parameter can check: lists that are too short or do not fit together.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        let least = [
            ("widths", self.widths.len(), 1),
            ("ladder", self.ladder.len(), 2),
            ("averaging_widths", self.averaging_widths.len(), 2),
            ("gammas", self.gammas.len(), 1),
        ];
        if let Some((name, length, least)) = least.into_iter().find(|(_, length, least)| length < least) {
            return Err(format!("`{name}` needs at least {least} entries and has {length}"));
        }
        let (widths, networks) = (self.ladder.len(), self.ladder_networks.len());
        if widths != networks {
            return Err(format!("`ladder` has {widths} widths and `ladder_networks` {networks} numbers"));
        }
        if self.gammas.contains(&1.0) {
            return Err("`gammas` must not contain 1, which changes nothing".to_owned());
        }
        if self.distribution_width.get() < 3 {
            return Err("`distribution_width` must be at least 3: three units are shown".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profiles_are_sound_and_the_papers_sizes_are_the_default() {
        for params in [quick(), paper(), smoke()] {
            assert_eq!(params.check(), Ok(()));
        }
        for params in [quick(), paper()] {
            assert_eq!(
                params.widths.iter().map(|width| width.get()).collect::<Vec<_>>(),
                [30, 100, 300, 1000, 3000]
            );
            assert_eq!((params.networks.get(), params.depth.get(), params.samples.get()), (30, 50, 100));
        }
    }

    #[test]
    fn lists_that_do_not_fit_are_refused() {
        let refused = |change: &dyn Fn(&mut Params)| {
            let mut params = smoke();
            change(&mut params);
            params.check().unwrap_err()
        };
        assert!(refused(&|params| params.widths.clear()).contains("`widths` needs at least 1"));
        assert!(refused(&|params| params.ladder.truncate(1)).contains("`ladder` needs at least 2"));
        assert!(
            refused(&|params| params.ladder_networks.truncate(1))
                .contains("2 widths and `ladder_networks` 1")
        );
        assert!(refused(&|params| params.gammas.push(1.0)).contains("must not contain 1"));
        assert!(refused(&|params| params.distribution_width = Count::of(2)).contains("at least 3"));
    }
}
