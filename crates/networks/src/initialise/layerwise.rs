//! The walk of an initialisation that measures: the minibatches pass through the network side by side, and each layer is
//! set from the pre-activations that it gives for them.

use super::draw::normals;
use super::features::Features;
use crate::models::{Activations, Layer, Network, Step, Walk};
use crate::{Failure, Kernels};
use dfdx::dtypes::Dtype;

/// Draws N(0, 1) weights for layer after layer, with biases of zero, shows `set` the layer with what its pre-activations
/// are then, and goes on with what `set` made of it. Each layer is applied twice, so that what the next one sees is
/// what a forward pass will give, to the last bit.
pub(super) fn set_layers<E: Dtype, D: Kernels<E>>(
    network: &mut Network<E, D>,
    seed: u64,
    minibatches: &[Activations<E, D>],
    set: impl Fn(&mut Layer<E, D>, &[f64], &Features),
) -> Result<(), Failure> {
    if minibatches.is_empty() {
        return Err(Failure::Zero { what: "the number of minibatches" });
    }
    for minibatch in minibatches {
        network.fits(minibatch.size())?;
    }
    let mut walks = minibatches.iter().cloned().map(Walk::new).collect::<Vec<_>>();
    for step in network.steps().to_vec() {
        if let Step::Layer(number) = step {
            let layer = &mut network.layers[number - 1];
            let drawn = normals(seed, number, layer.kind().weights());
            layer.set_normalisation(false)?;
            layer.set_weights(&drawn, 1.0);
            layer.set_bias(&vec![0.0; layer.kind().features()], 1.0);
            let features = measure(number, layer, &walks)?;
            set(layer, &drawn, &features);
        }
        walks = walks.into_iter().map(|walk| walk.step(step, &network.layers)).collect::<Result<_, _>>()?;
    }
    Ok(())
}

/// The statistics of a layer's pre-activations over the minibatches, one of which is held at a time.
fn measure<E: Dtype, D: Kernels<E>>(
    number: usize,
    layer: &Layer<E, D>,
    walks: &[Walk<E, D>],
) -> Result<Features, Failure> {
    let mut features = Features::new(layer.kind().features());
    for walk in walks {
        features.add(&layer.apply(walk.current.clone(), number == 1)?)?;
    }
    if features.mean_square().is_finite() { Ok(features) } else { Err(Failure::Overflow { layer: number }) }
}
