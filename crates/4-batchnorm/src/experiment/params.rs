//! Parameters of Section 4.
//!
//! The paper states width, depth, networks and settings. It states neither the number of samples (the batch) nor the
//! layers to which its slopes were fitted; both are parameters here, with values that do not look at the result: the 100
//! samples of §3.2, and all layers but the outermost step on either side, where theory says that the growth is another.

use ensemble::{Engine, Normalisation};
use experiment::Count;
use serde::{Deserialize, Serialize};

/// Samples in a batch. The mean square of a gradient through batch normalisation is finite from 4 on, its variance
/// over networks from 6 on.
pub type Batch = Count<6, 10_000>;
/// Networks; a standard error over networks needs two.
pub type Networks = Count<2, 100_000>;

/// What is computed, and how far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Units in every layer.
    pub width: Count<2, 1_000_000>,
    /// Networks of each ensemble.
    pub networks: Networks,
    /// Layers.
    pub depth: Count<6, 10_000>,
    /// Samples, which are the batch.
    pub samples: Batch,
    /// The settings of Fig. 3 to compute.
    pub settings: Vec<Normalisation>,
    /// How weights are sampled.
    pub engine: Engine,
    /// Layers left out of the fit at either end.
    pub fit_margin: Count<0, 5_000>,
    /// Further batch sizes, with as many networks.
    pub batches: Vec<Batch>,
    /// Further batch sizes, with fewer networks: the cost grows with the square of the batch.
    pub sparse_batches: Vec<Batch>,
    /// Networks for `sparse_batches`.
    pub sparse_networks: Networks,
    /// Networks for the gradient without its path through σ_s.
    pub paired_networks: Networks,
    /// Samples that use the statistics of a batch they are not in.
    pub fresh_samples: Count<2, 10_000>,
    /// Networks for the fresh samples.
    pub fresh_networks: Networks,
}

/// Name, meaning and range of every parameter.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("width", "units in every layer, 2 to 1000000"),
    ("networks", "networks of each ensemble, 2 to 100000"),
    ("depth", "layers, 6 to 10000"),
    ("samples", "samples, which are the batch, 6 to 10000"),
    ("settings", "a list of kaiming, scale_bias and batch_norm"),
    ("engine", "how weights are sampled: exact or direct"),
    ("fit_margin", "layers left out of the fitted range at either end, 0 to 5000"),
    ("batches", "a list of further batch sizes, 6 to 10000 each"),
    ("sparse_batches", "a list of further batch sizes, run with sparse_networks networks"),
    ("sparse_networks", "networks for sparse_batches, 2 to 100000"),
    ("paired_networks", "networks for the gradient without its path through σ_s, 2 to 100000"),
    ("fresh_samples", "samples that use the statistics of a batch they are not in, 2 to 10000"),
    ("fresh_networks", "networks for the fresh samples, 2 to 100000"),
];

impl Params {
    /// What no single parameter can check.
    ///
    /// # Errors
    /// What does not fit together, naming the parameters.
    pub fn check(&self) -> Result<(), String> {
        if self.settings.is_empty() {
            return Err("settings must name at least one of kaiming, scale_bias and batch_norm".to_owned());
        }
        if let Some(setting) = repeated(&self.settings) {
            return Err(format!("settings names {setting} twice"));
        }
        let batches: Vec<u64> = self.all_batches().map(Count::get).collect();
        if let Some(batch) = repeated(&batches) {
            return Err(format!("samples, batches and sparse_batches name the batch size {batch} twice"));
        }
        let (margin, depth) = (self.fit_margin.get(), self.depth.get());
        if 2 * margin + 2 > depth {
            return Err(format!(
                "fit_margin {margin} leaves fewer than 3 of the layers 0 to {depth} to fit a line to"
            ));
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

fn repeated<T: PartialEq>(values: &[T]) -> Option<&T> {
    values.iter().enumerate().find(|(index, value)| values[..*index].contains(value)).map(|(_, value)| value)
}

/// The paper's sizes; of the batch size's influence as much as a first look allows. The limit of large batches is taken
/// from the two sizes with all networks, σ_s to 10⁻⁴: the digits printed ask for five times as much. What the slope
/// depends on is larger than the errors of two networks, 6·10⁻⁴ with batch normalisation and 4·10⁻³ under scale+bias.
pub fn quick() -> Params {
    Params {
        width: Count::of(3000),
        networks: Count::of(30),
        depth: Count::of(50),
        samples: Count::of(100),
        settings: Normalisation::ALL.to_vec(),
        engine: Engine::Exact,
        fit_margin: Count::of(1),
        batches: vec![Count::of(25)],
        sparse_batches: vec![Count::of(50), Count::of(200)],
        sparse_networks: Count::of(2),
        paired_networks: Count::of(4),
        fresh_samples: Count::of(25),
        fresh_networks: Count::of(12),
    }
}

/// The paper's sizes, and batches up to four times as large with as many networks.
pub fn paper() -> Params {
    Params {
        batches: vec![Count::of(25), Count::of(50)],
        sparse_batches: vec![Count::of(200), Count::of(400)],
        sparse_networks: Count::of(30),
        paired_networks: Count::of(30),
        fresh_networks: Count::of(30),
        ..quick()
    }
}

/// For tests.
pub fn smoke() -> Params {
    Params {
        width: Count::of(200),
        networks: Count::of(8),
        depth: Count::of(12),
        samples: Count::of(60),
        batches: vec![Count::of(40)],
        sparse_batches: vec![Count::of(80)],
        sparse_networks: Count::of(2),
        paired_networks: Count::of(2),
        fresh_samples: Count::of(20),
        fresh_networks: Count::of(8),
        ..quick()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Params)) -> String {
        let mut params = smoke();
        change(&mut params);
        params.check().unwrap_err()
    }

    #[test]
    fn every_profile_fits_together() {
        for params in [smoke(), quick(), paper()] {
            assert_eq!(params.check().and_then(|()| crate::experiment::runs::check(&params)), Ok(()));
        }
    }

    #[test]
    fn what_does_not_fit_together_is_refused_by_name() {
        assert!(refused(|params| params.settings.clear()).contains("settings must name"));
        assert!(refused(|params| params.settings.push(Normalisation::Kaiming)).contains("kaiming twice"));
        assert!(refused(|params| params.batches.push(params.samples)).contains("batch size 60 twice"));
        assert!(
            refused(|params| params.fit_margin = Count::of(6)).contains("fewer than 3 of the layers 0 to 12")
        );
    }

    #[test]
    fn sizes_beyond_memory_are_refused_with_the_limit() {
        let params = Params { width: Count::of(1_000_000), samples: Count::of(10_000), ..smoke() };
        let message = crate::experiment::runs::check(&params).unwrap_err();
        assert!(message.contains("GiB") && message.contains("limit"), "{message}");
    }
}
