//! The paper's initialisations, for any network (§5.1). All draw the same N(0, 1) numbers for a layer's weights, which
//! depend on the seed and the layer alone, so that networks of one seed that differ only in their initialisation are
//! paired. What they do with them:
//!
//! - [`Initialisation::Kaiming`]: W = z √(2 / fan-in), b = 0 (Eq. 2).
//! - [`Initialisation::Scale`]: W = z / σ with one σ for each layer, so that its pre-activations have unit mean square over
//!   some minibatches; b = 0 (Eq. 13).
//! - [`Initialisation::ScaleBias`]: first b = -μ, with one mean μ for each feature, then the same for W *and* b (Eq. 14).
//! - [`Initialisation::BiasThenScale`]: b = -μ, then W alone rescaled: §5.1 to the letter, which is not what it is to do.
//! - [`Initialisation::BatchNorm`]: Kaiming initialisation of a network that normalises (Eq. 12).
//!
//! The middle three measure the network, one layer after the other. This takes a single pass: all minibatches go through a
//! layer, which is set by what comes out; what came out is changed alike, and all of them go on.

mod batch_norm;
mod draw;
mod features;
mod kaiming;
mod layerwise;
mod scale;
mod scale_bias;

use crate::models::{Activations, Network};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;
pub use scale::SCALE_EPSILON;

/// Minibatches that the paper takes its statistics from.
pub const MINIBATCHES: usize = 5;

/// How a network is initialised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Initialisation {
    /// Eq. 2.
    #[serde(rename = "kaiming")]
    Kaiming,
    /// Eq. 13.
    #[serde(rename = "scale")]
    Scale,
    /// Eq. 13 after Eq. 14.
    #[serde(rename = "scale+bias")]
    ScaleBias,
    /// Eq. 14, and then Eq. 13 for the weights alone: what the text says, word for word. Sample means do not stay zero.
    #[serde(rename = "bias-then-scale")]
    BiasThenScale,
    /// Kaiming initialisation with batch normalisation.
    #[serde(rename = "batchnorm")]
    BatchNorm,
}

impl Initialisation {
    /// Every initialisation that the paper compares, in its order.
    pub const ALL: [Self; 4] = [Self::Kaiming, Self::Scale, Self::ScaleBias, Self::BatchNorm];

    /// The name in tables and configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kaiming => "kaiming",
            Self::Scale => "scale",
            Self::ScaleBias => "scale+bias",
            Self::BiasThenScale => "bias-then-scale",
            Self::BatchNorm => "batchnorm",
        }
    }
}

/// Sets all parameters of `network`, whatever they were. The minibatches (the paper's are [`MINIBATCHES`]) matter to
/// those that measure only; they may have different sizes, and every image counts alike.
///
/// # Errors
/// Minibatches are needed and there are none, they do not fit, numbers leave the range of their type, or an error of
/// the device.
pub fn initialise<E: Dtype, D: Kernels<E>>(
    network: &mut Network<E, D>,
    initialisation: Initialisation,
    seed: u64,
    minibatches: &[Activations<E, D>],
) -> Result<(), NetworkError> {
    match initialisation {
        Initialisation::Kaiming => kaiming::set(network, seed),
        Initialisation::Scale => scale::set(network, seed, minibatches),
        Initialisation::ScaleBias => scale_bias::set(network, seed, minibatches, true),
        Initialisation::BiasThenScale => scale_bias::set(network, seed, minibatches, false),
        Initialisation::BatchNorm => batch_norm::set(network, seed),
    }
}
