//! The walk of an initialisation that measures: the minibatches pass through the network side by side, and each layer is
//! set from the pre-activations that it gives for them.

use super::draw::normals;
use super::features::Features;
use crate::models::{Activations, Layer, Network, Step, Walk, rounded};
use crate::{Kernels, NetworkError, PerChannel, ops};
use dfdx::dtypes::Dtype;

/// What a measured layer becomes: u turns into `scale` u + `shift`, with one shift for each feature.
pub(super) struct Change {
    /// The factor of W.
    pub(super) scale: f64,
    /// b.
    pub(super) shift: Vec<f64>,
}

/// Draws N(0, 1) weights for layer after layer, with biases of zero, and changes the layer as `choose` says, which sees
/// what its pre-activations are then. Those pre-activations are changed alike and go on: no layer is applied twice.
pub(super) fn set_layers<E: Dtype, D: Kernels<E>>(
    network: &mut Network<E, D>,
    seed: u64,
    minibatches: &[Activations<E, D>],
    choose: impl Fn(&Features) -> Change,
) -> Result<(), NetworkError> {
    if minibatches.is_empty() {
        return Err(NetworkError::Zero { what: "the number of minibatches" });
    }
    for minibatch in minibatches {
        network.fits(minibatch.size())?;
    }
    let mut walks = minibatches.iter().cloned().map(Walk::new).collect::<Vec<_>>();
    for step in network.steps().to_vec() {
        let Step::Layer(number) = step else {
            walks =
                walks.into_iter().map(|walk| walk.step(step, &network.layers)).collect::<Result<_, _>>()?;
            continue;
        };
        let kind = network.layers[number - 1].kind();
        let drawn = normals(seed, number, kind.weights());
        let unchanged = Change { scale: 1.0, shift: vec![0.0; kind.features()] };
        set(&mut network.layers[number - 1], &drawn, &unchanged)?;
        let features;
        (walks, features) = measure(number, walks, &network.layers)?;
        let change = choose(&features);
        set(&mut network.layers[number - 1], &drawn, &change)?;
        walks = walks.into_iter().map(|walk| change.apply(walk)).collect::<Result<_, _>>()?;
    }
    Ok(())
}

/// W = scale z and b = shift.
fn set<E: Dtype, D: Kernels<E>>(
    layer: &mut Layer<E, D>,
    z: &[f64],
    change: &Change,
) -> Result<(), NetworkError> {
    layer.set_normalisation(false)?;
    layer.set_weights(z, change.scale);
    layer.set_bias(&change.shift);
    Ok(())
}

/// Takes all minibatches through a layer, and the statistics of what comes out. One input after the other is freed.
fn measure<E: Dtype, D: Kernels<E>>(
    number: usize,
    walks: Vec<Walk<E, D>>,
    layers: &[Layer<E, D>],
) -> Result<(Vec<Walk<E, D>>, Features), NetworkError> {
    let mut features = Features::new(layers[number - 1].kind().features());
    let through = walks.into_iter().map(|walk| {
        let walk = walk.step(Step::Layer(number), layers)?;
        features.add(&walk.current)?;
        Ok(walk)
    });
    let walks = through.collect::<Result<_, NetworkError>>()?;
    if features.mean_square().is_finite() {
        Ok((walks, features))
    } else {
        Err(NetworkError::Overflow { layer: number })
    }
}

impl Change {
    /// Changes the pre-activations where a walk stands.
    fn apply<E: Dtype, D: Kernels<E>>(&self, mut walk: Walk<E, D>) -> Result<Walk<E, D>, NetworkError> {
        walk.current = match walk.current {
            Activations::Maps(maps) => {
                let [gain, shift] = self.tensors(maps.device())?;
                ops::affine(maps, &gain, &shift)?.into()
            }
            Activations::Rows(rows) => {
                let [gain, shift] = self.tensors(rows.device())?;
                ops::affine(rows, &gain, &shift)?.into()
            }
        };
        Ok(walk)
    }

    /// Factor and shift of each feature, where the pre-activations are.
    fn tensors<E: Dtype, D: Kernels<E>>(&self, device: &D) -> Result<[PerChannel<E, D>; 2], NetworkError> {
        let features = (self.shift.len(),);
        let tensor = |values| device.try_tensor_from_vec(values, features).map_err(NetworkError::device);
        Ok([tensor(rounded(&vec![1.0; features.0], self.scale))?, tensor(rounded(&self.shift, 1.0))?])
    }
}
