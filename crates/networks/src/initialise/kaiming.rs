//! Kaiming initialisation (Eq. 2): keeps the total variance where every input of a layer is a ReLU of the layer before.

use super::draw::normals;
use crate::models::Network;
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;

/// W with variance 2 / fan-in, b = 0.
pub(super) fn set<E: Dtype, D: Kernels<E>>(
    network: &mut Network<E, D>,
    seed: u64,
) -> Result<(), NetworkError> {
    for (layer, number) in network.layers.iter_mut().zip(1..) {
        let kind = layer.kind();
        layer.set_normalisation(false)?;
        let deviation = (2.0 / kind.fan_in() as f64).sqrt();
        layer.set_weights(&normals(seed, number, kind.weights()), deviation);
        layer.set_bias(&vec![0.0; kind.features()]);
    }
    Ok(())
}
