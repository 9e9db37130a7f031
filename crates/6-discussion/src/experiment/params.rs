//! Parameters of Section 6.
//!
//! The paper's discussion states no sizes; we take those of its simulations (width 3000, depth 50, 30 networks, the 100
//! samples of §3.2). Perturbations and gradients are followed over a smaller batch: their growth depends on its size only
//! weakly, their cost on its square.

use ensemble::{Engine, Normalisation};
use experiment::Count;
use serde::{Deserialize, Serialize};

/// Units in every layer.
pub type Width = Count<2, 1_000_000>;
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
    pub width: Width,
    /// Networks.
    pub networks: Networks,
    /// Layers.
    pub depth: Count<10, 10_000>,
    /// Samples over which a unit is always on or always off.
    pub samples: Batch,
    /// Networks of the settings that centre their units, none of which has one sign: what Kaiming's are held against.
    pub centred_networks: Networks,
    /// Initialisations to compare.
    pub settings: Vec<Normalisation>,
    /// How weights are sampled.
    pub engine: Engine,
    /// Further widths for the units of Kaiming networks.
    pub widths: Vec<Width>,
    /// Samples in the batch for perturbations and gradients.
    pub regime_samples: Batch,
    /// How many of them are perturbed.
    pub perturbed: Count<1, 10_000>,
}

/// Name, meaning and range of every parameter.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("width", "units in every layer, 2 to 1000000"),
    ("networks", "networks of each ensemble, 2 to 100000"),
    ("centred_networks", "networks of scale_bias and batch_norm whose signs are counted, 2 to 100000"),
    ("depth", "layers, 10 to 10000"),
    ("samples", "samples over which a unit is always on or always off, 6 to 10000"),
    ("settings", "a list of kaiming, scale_bias and batch_norm"),
    ("engine", "how weights are sampled: exact or direct"),
    ("widths", "a list of further widths for the units of Kaiming networks, 2 to 1000000 each"),
    ("regime_samples", "samples in the batch for perturbations and gradients, 6 to 10000"),
    ("perturbed", "how many of those samples are perturbed, 1 to 10000"),
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
        let widths: Vec<Width> = [self.width].into_iter().chain(self.widths.iter().copied()).collect();
        match repeated(&widths) {
            Some(width) => Err(format!("width and widths name {width} twice")),
            None => Ok(()),
        }
    }
}

fn repeated<T: PartialEq>(values: &[T]) -> Option<&T> {
    values.iter().enumerate().find(|(index, value)| values[..*index].contains(value)).map(|(_, value)| value)
}

/// The sizes of the paper's simulations.
pub fn quick() -> Params {
    Params {
        width: Count::of(3000),
        networks: Count::of(30),
        centred_networks: Count::of(8),
        depth: Count::of(50),
        samples: Count::of(100),
        settings: Normalisation::ALL.to_vec(),
        engine: Engine::Exact,
        widths: vec![Count::of(300), Count::of(1000)],
        regime_samples: Count::of(16),
        perturbed: Count::of(4),
    }
}

/// The same, with a width far beyond the paper's, and perturbations and gradients over the full batch.
pub fn paper() -> Params {
    Params {
        centred_networks: Count::of(30),
        widths: vec![Count::of(300), Count::of(1000), Count::of(30_000)],
        regime_samples: Count::of(100),
        perturbed: Count::of(20),
        ..quick()
    }
}

/// For tests.
pub fn smoke() -> Params {
    Params {
        width: Count::of(150),
        networks: Count::of(8),
        depth: Count::of(12),
        samples: Count::of(20),
        widths: vec![Count::of(60)],
        regime_samples: Count::of(20),
        perturbed: Count::of(4),
        ..quick()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Params)) -> String {
        let mut params = smoke();
        change(&mut params);
        params.check().and_then(|()| crate::experiment::runs::check(&params)).unwrap_err()
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
        assert!(refused(|params| params.widths.push(params.width)).contains("name 150 twice"));
        assert!(
            refused(|params| params.perturbed = Count::of(21)).contains("21 samples are to be perturbed")
        );
    }

    #[test]
    fn sizes_beyond_memory_are_refused_with_the_limit() {
        let message = refused(|params| {
            params.width = Count::of(1_000_000);
            params.regime_samples = Count::of(10_000);
        });
        assert!(message.contains("GiB") && message.contains("limit"), "{message}");
    }
}
