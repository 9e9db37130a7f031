//! Parameters of Section 4.
//!
//! The paper states width, depth, networks and settings. It states neither the number of samples (the batch) nor the
//! layers to which its slopes were fitted; both are parameters here, with values that do not look at the result: the 100
//! samples of §3.2, and all layers but the outermost step on either side, where theory says that the growth is another.
//!
//! The default has the paper's sizes; of the batch size's influence as much as a first look allows. The limit of large
//! batches is taken from the two sizes with all networks, σ_s to 10⁻⁴: the digits printed ask for five times as much. What the
//! slope depends on is larger than the errors of two networks, 6·10⁻⁴ with batch normalisation and 4·10⁻³ under scale+bias.
//! Profile `paper` has batches up to four times as large with as many networks.

use ensemble::{Engine, Normalisation};
use experiment::{Count, ExperimentError, List};

/// Samples in a batch. The mean square of a gradient through batch normalisation is finite from 4 on, its variance
/// over networks from 6 on.
pub type Batch = Count<6, 10_000>;
/// Networks; a standard error over networks needs two.
pub type Networks = Count<2, 100_000>;

experiment::parameters! {
    /// What is computed, and how far.
    pub struct Params {
        /// Units in every layer.
        width: Count<2, 1_000_000> = 200, 3000, 3000;
        /// Networks of each ensemble.
        networks: Networks = 8, 30, 30;
        /// Networks for the bend of the lines of Fig. 3, where these are more.
        bend_networks: Networks = 8, 30, 200;
        /// Layers.
        depth: Count<6, 10_000> = 12, 50, 50;
        /// Samples, which are the batch.
        samples: Batch = 60, 100, 100;
        /// The settings of Fig. 3 to compute.
        settings: List<Normalisation> = { List::of(Normalisation::ALL) };
        /// How weights are sampled: directly, on the device asked for, or exactly, on the processor.
        engine: Engine = { Engine::Exact };
        /// Layers left out of the fit at either end.
        fit_margin: Count<0, 5_000> = 1;
        /// Further batch sizes, with as many networks.
        batches: List<Batch, 0> = [40], [25], [25, 50];
        /// Further batch sizes, with fewer networks: the cost grows with the square of the batch.
        sparse_batches: List<Batch, 0> = [80], [50, 200], [200, 400];
        /// Networks for `sparse_batches`.
        sparse_networks: Networks = 2, 2, 30;
        /// Networks for the gradient without its path through σ_s.
        paired_networks: Networks = 2, 4, 30;
        /// Samples that use the statistics of a batch they are not in.
        fresh_samples: Count<2, 10_000> = 20, 25, 25;
        /// Networks for the fresh samples.
        fresh_networks: Networks = 8, 12, 30;
    }
}

impl Params {
    /// What no single parameter can check.
    ///
    /// # Errors
    /// What does not fit together, naming the parameters.
    pub fn check(&self) -> Result<(), ExperimentError> {
        let batches: Vec<u64> = self.all_batches().map(Count::get).collect();
        if let Some((_, batch)) =
            batches.iter().enumerate().find(|(index, batch)| batches[..*index].contains(batch))
        {
            return Err(
                format!("samples, batches and sparse_batches name the batch size {batch} twice").into()
            );
        }
        let (margin, depth) = (self.fit_margin.get(), self.depth.get());
        if 2 * margin + 2 > depth {
            let what = format!(
                "fit_margin {margin} leaves fewer than 3 of the layers 0 to {depth} to fit a line to"
            );
            return Err(what.into());
        }
        Ok(())
    }

    /// Every batch size: `samples` first.
    pub fn all_batches(&self) -> impl Iterator<Item = Batch> {
        [self.samples]
            .into_iter()
            .chain(self.batches.iter().copied())
            .chain(self.sparse_batches.iter().copied())
    }
}
