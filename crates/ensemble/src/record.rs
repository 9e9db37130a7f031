//! What was observed: one [`Network`] per network of the ensemble, one [`Layer`] per layer, 0 for the inputs.

use crate::{Description, Observe};
use serde::{Deserialize, Serialize};

/// The observations of an ensemble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The ensemble.
    pub description: Description,
    /// What was asked for.
    pub observe: Observe,
    /// The networks, in order.
    pub networks: Vec<Network>,
}

impl Record {
    /// The mean of a quantity of layer `layer` over the networks, and its standard deviation. `None` where the layer
    /// does not have it.
    ///
    /// ```
    /// # use ensemble::{Description, Ensemble, Observe};
    /// let description = Description { width: 20, depth: 2, samples: 5, networks: 3, ..Description::default() };
    /// let record = Ensemble::new(description, Observe::nothing().moments().spread())?.run()?;
    /// let ratio = record.across(2, |layer| Some(layer.moments?.ratio())).expect("the moments were asked for");
    /// assert!(ratio.mean > 0.0 && ratio.sd > 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn across(&self, layer: usize, quantity: impl Fn(&Layer) -> Option<f64>) -> Option<Spread> {
        let values = self.networks.iter().map(|network| quantity(network.layers.get(layer)?));
        Spread::of(&values.collect::<Option<Vec<_>>>()?)
    }
}

/// The observations of one network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Layers 0 (inputs) to L.
    pub layers: Vec<Layer>,
}

/// The observations of one layer of one network; what was not asked for, or does not exist in layer 0, is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Mean and mean square of the pre-activations.
    pub totals: Option<Totals>,
    /// Moments over samples of the pre-activations as the ReLU sees them.
    pub moments: Option<Moments>,
    /// Moments over samples before scale+bias or batch normalisation.
    pub before: Option<Moments>,
    /// Moments over the fresh samples, as the ReLU sees them.
    pub fresh: Option<Moments>,
    /// Pairs of samples.
    pub pairs: Option<Pairs>,
    /// The share of units whose pre-activation is positive for all T samples or for none (§6).
    pub one_sided: Option<f64>,
    /// The mean square, over units and perturbed samples, of the perturbation of x^l.
    pub tangent: Option<f64>,
    /// The mean square of ∂L/∂x^l over units and samples, L = Σ_t w·x^L_t with w ~ N(0, 1) (§4). Without batch
    /// normalisation a sample's gradient does not depend on the others, and this is the gradient of its own L_t. With
    /// batch normalisation it is the gradient of the sum over the batch, which is what the paper's backpropagation of
    /// a batch gives; the mean over the batch would differ by the factor 1/T² in every layer alike.
    pub gradient: Option<f64>,
    /// The Gram matrix of the activations, T×T, symmetric.
    pub gram: Option<Vec<f64>>,
    /// The pre-activations of the watched units, a row of T samples each, as the ReLU sees them.
    pub watched: Option<Vec<Vec<f32>>>,
}

/// Mean and mean square over all units and samples of a layer's pre-activations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// The mean of u.
    pub mean: f64,
    /// The mean of u²; averaged over networks it is the total variance of Eq. 3, the total mean being zero.
    pub mean_square: f64,
}

/// Moments over the samples of a fixed network, averaged over the units of a layer. Variances are divided by T, as in
/// Eq. 4 and Eq. 9: as estimates of the variance over the sample distribution they are low by the factor 1 - 1/T, and
/// squared means are high by variance/T. The standard error of each is that of its mean over networks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    /// Mean over units and samples.
    pub mean: f64,
    /// Mean over units and samples of u².
    pub mean_square: f64,
    /// Σ_i ⟨u_i⟩_t² / n: the squared sample mean, averaged over units (m² of Eq. 4a in one network).
    pub squared_mean: f64,
    /// Σ_i (⟨u_i²⟩_t - ⟨u_i⟩_t²) / n: the sample variance, averaged over units (v² of Eq. 4b in one network).
    pub variance: f64,
    /// The largest |⟨u_i⟩_t| of any unit.
    pub largest_mean: f64,
    /// The smallest sample variance of any unit.
    pub least_variance: f64,
    /// The largest sample variance of any unit.
    pub greatest_variance: f64,
}

impl Moments {
    /// r^l of Eq. 9: the root of summed squared sample means over summed sample variances. Infinite where no
    /// unit varies.
    pub fn ratio(&self) -> f64 {
        (self.squared_mean / self.variance).sqrt()
    }
}

/// Averages over the T(T-1)/2 distinct pairs of samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// Mean inner product x_a·x_b of the activations (Eq. 6).
    pub inner_product: f64,
    /// Mean squared length x_a·x_a of the samples themselves.
    pub squared_length: f64,
    /// Mean cosine between the activations of two samples (c^l of Eq. 7), over the pairs in which neither is zero.
    pub cosine: f64,
    /// Standard deviation of the cosine over those pairs (the pairs are not independent).
    pub cosine_sd: f64,
    /// The share of pairs in which one sample's activations are all zero, so that there is no cosine.
    pub undefined: f64,
}

/// The mean of a quantity over networks and how much it varies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The mean over networks.
    pub mean: f64,
    /// The standard deviation over networks, from the unbiased variance (divided by networks - 1); NaN for one network.
    pub sd: f64,
    /// The number of networks.
    pub networks: usize,
}

impl Spread {
    /// Mean and standard deviation of `values`; `None` if there are none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let networks = values.len();
        let mean = values.iter().sum::<f64>() / networks as f64;
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let sd = (squares / (networks as f64 - 1.0)).sqrt();
        (networks > 0).then_some(Self { mean, sd, networks })
    }

    /// The standard error of the mean, sd/√networks.
    pub fn standard_error(&self) -> f64 {
        self.sd / (self.networks as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_divides_by_one_less() {
        let spread = Spread::of(&[1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!(spread.mean, 2.5);
        assert!((spread.sd - (5.0f64 / 3.0).sqrt()).abs() < 1e-15);
        assert!((spread.standard_error() - (5.0f64 / 12.0).sqrt()).abs() < 1e-15);
        assert_eq!(Spread::of(&[]), None);
        assert!(Spread::of(&[1.0]).unwrap().sd.is_nan());
    }
}
