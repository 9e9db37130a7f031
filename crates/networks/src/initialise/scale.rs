//! Scale initialisation (Eq. 13): keeps the total variance, as it is measured.

use super::layerwise::{Change, set_layers};
use crate::models::{Activations, Network};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;

/// ε beside the mean square in Eq. 13.
pub const SCALE_EPSILON: f64 = 1e-5;

// region: scale
/// One factor for each layer, b = 0.
pub(super) fn set<E: Dtype, D: Kernels<E>>(
    network: &mut Network<E, D>,
    seed: u64,
    minibatches: &[Activations<E, D>],
) -> Result<(), NetworkError> {
    set_layers(network, seed, minibatches, |features| {
        let scale = layer_scale(features.mean_square());
        Change { scale, shift: vec![0.0; features.count()] }
    })
}

/// The factor of Eq. 13, for pre-activations of this mean square.
pub(super) fn layer_scale(mean_square: f64) -> f64 {
    (mean_square + SCALE_EPSILON).sqrt().recip()
}
// endregion: scale
