//! Parameters of Section 6.
//!
//! The paper's discussion states no sizes; we take those of its simulations (width 3000, depth 50, 30 networks, the 100
//! samples of §3.2). Perturbations and gradients are followed over a smaller batch: their growth depends on its size only
//! weakly, their cost on its square.

use ensemble::{Engine, Normalisation};
use experiment::{Count, ExperimentError, List};

/// Units in every layer.
pub type Width = Count<2, 1_000_000>;
/// Samples in a batch. The mean square of a gradient through batch normalisation is finite from 4 on, its variance
/// over networks from 6 on.
pub type Batch = Count<6, 10_000>;
/// Networks; a standard error over networks needs two.
pub type Networks = Count<2, 100_000>;

experiment::parameters! {
    /// What is computed, and how far.
    pub struct Params {
        /// Units in every layer.
        width: Width = 150, 3000, 3000;
        /// Networks.
        networks: Networks = 8, 30, 30;
        /// Layers.
        depth: Count<10, 10_000> = 12, 50, 50;
        /// Samples over which a unit is always on or always off.
        samples: Batch = 20, 100, 100;
        /// Networks of the settings that centre their units, none of which has one sign: what Kaiming's are held against.
        centred_networks: Networks = 8, 30, 30;
        /// Initialisations to compare.
        settings: List<Normalisation> = { List::of(Normalisation::ALL) };
        /// How weights are sampled: directly, on the device asked for, or exactly, on the processor.
        engine: Engine = { Engine::Exact };
        /// Further widths for the units of Kaiming networks.
        widths: List<Width, 0> = [60], [300, 1000], [300, 1000, 30000];
        /// Width of narrow networks, whose units are followed over ever more samples.
        narrow_width: Width = 30;
        /// How many.
        narrow_samples: List<Batch> = [20, 200], [100, 3000], [100, 1000, 3000];
        /// Samples in the batch for perturbations and gradients.
        regime_samples: Batch = 20, 16, 100;
        /// How many of them are perturbed.
        perturbed: Count<1, 10_000> = 4, 4, 20;
    }
}

impl Params {
    /// What no single parameter can check.
    ///
    /// # Errors
    /// What does not fit together, naming the parameters.
    pub fn check(&self) -> Result<(), ExperimentError> {
        match self.widths.iter().find(|width| **width == self.width) {
            Some(width) => Err(format!("width and widths name {width} twice").into()),
            None => Ok(()),
        }
    }
}
