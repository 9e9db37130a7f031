//! What was observed: one [`Network`] per network of the ensemble, one [`Layer`] per layer, 0 for the inputs.

use crate::Config;
use serde::{Deserialize, Serialize};
use statistics::{Moments, Summary};

/// The observations of an ensemble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The ensemble.
    pub config: Config,
    /// The networks, in order.
    pub networks: Vec<Network>,
}

impl Record {
    /// A quantity of layer `layer` over the networks. `None` where the layer does not have it.
    ///
    /// ```
    /// # use ensemble::{Config, Ensemble, Observables};
    /// let config = Config { width: 20, depth: 2, samples: 5, networks: 3, ..Config::default() };
    /// let record = Ensemble::new(config, Observables::none().moments())?.run()?;
    /// let ratio = record.across(2, |layer| Some(layer.moments?.ratio())).expect("the moments were asked for");
    /// assert!(ratio.mean > 0.0 && ratio.sd() > 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn across(&self, layer: usize, quantity: impl Fn(&Layer) -> Option<f64>) -> Option<Summary> {
        let values = self.networks.iter().map(|network| quantity(network.layers.get(layer)?));
        Some(Summary::of(&values.collect::<Option<Vec<_>>>()?))
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
    /// |x_t|² of the activations of each sample, then of each fresh sample; less the share of their mean that centred
    /// weights do not see.
    pub lengths: Option<Vec<f64>>,
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
