//! Kaiming initialisation of a network with batch normalisation (Eq. 12) in every layer but the last, whose outputs are
//! scores.

use super::kaiming;
use crate::models::Network;
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;

/// Kaiming's weights, gains of one, shifts of zero.
pub(super) fn set<E: Dtype, D: Kernels<E>>(
    network: &mut Network<E, D>,
    seed: u64,
) -> Result<(), NetworkError> {
    kaiming::set(network, seed)?;
    let inner = network.layers.len().saturating_sub(1);
    network.layers.iter_mut().take(inner).try_for_each(|layer| layer.set_normalisation(true))
}
