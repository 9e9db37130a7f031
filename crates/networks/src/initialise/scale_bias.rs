//! Scale+bias initialisation (Eq. 13 after Eq. 14): keeps the sample variance.

use super::layerwise::{Change, set_layers};
use super::scale::layer_scale;
use crate::models::{Activations, Network};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;

// region: scale-bias
/// A bias for each feature that takes away its mean, then one factor for each layer. The factor must reach the biases
/// as well, where this is to be so: with W alone rescaled, as §5.1 says it, u = s W x - μ has mean (s - 1) μ, and
/// neither zero mean nor unit mean square.
pub(super) fn set<E: Dtype, D: Kernels<E>>(
    network: &mut Network<E, D>,
    seed: u64,
    minibatches: &[Activations<E, D>],
    rescales_bias: bool,
) -> Result<(), NetworkError> {
    set_layers(network, seed, minibatches, |features| {
        let scale = layer_scale(features.centred_mean_square());
        let of_bias = if rescales_bias { scale } else { 1.0 };
        Change { scale, shift: features.means().iter().map(|mean| -of_bias * mean).collect() }
    })
}
// endregion: scale-bias
