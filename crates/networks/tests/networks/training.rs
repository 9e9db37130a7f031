//! The networks learn: a few steps on a handful of images, for every initialisation and both optimisers.

use crate::setup::{images, initialised};
use dfdx::dtypes::Dtype;
use dfdx::tensor::{AsArray, Cpu, OwnedTape, Trace};
use dfdx::tensor_ops::Backward;
use networks::initialise::Initialisation;
use networks::models::{Activations, AllCnn, Network, UNet};
use networks::optimise::{Adam, Optimiser, Sgd};
use networks::tensors::Loss;
use networks::{Kernels, Maps, ops};

/// The loss on a minibatch, with one label per image or per pixel.
fn loss<E: Dtype>(
    network: &Network<E, Cpu>,
    images: &Maps<E, Cpu>,
    labels: &[usize],
) -> Loss<E, Cpu, OwnedTape<E, Cpu>>
where
    Cpu: Kernels<E>,
{
    match network.forward(images.leaky_trace()).unwrap() {
        Activations::Rows(rows) => ops::cross_entropy(rows, labels).unwrap(),
        Activations::Maps(maps) => ops::cross_entropy_per_pixel(maps, labels).unwrap(),
    }
}

/// The loss on a few images falls by a fifth or more, with either optimiser.
#[test]
fn every_initialisation_learns() {
    let all_cnn = AllCnn { base_width: 6, ..AllCnn::default() }.blueprint().unwrap();
    let unet = UNet { base_width: 3, ..UNet::default() }.blueprint().unwrap();
    let of_images = (0..6).map(|image| image % 3).collect::<Vec<_>>();
    let grey = images::<f32>(2, 1, 32, 1);
    let of_pixels = grey.as_vec().iter().map(|value| usize::from(*value > 0.3)).collect();
    for (blueprint, images, labels) in [(all_cnn, images(6, 3, 12, 2), of_images), (unet, grey, of_pixels)] {
        for initialisation in Initialisation::ALL {
            let start = initialised(&blueprint, initialisation, 3, &[images.clone().into()]);
            let optimisers: [Box<dyn Optimiser<f32, Cpu>>; 2] =
                [Box::new(Adam::new(&start, 0.01).unwrap()), Box::new(Sgd::new(&start, 0.01).unwrap())];
            for (which, mut optimiser) in optimisers.into_iter().enumerate() {
                let mut network = start.clone();
                let step = |_| {
                    let loss = loss(&network, &images, &labels);
                    let value = loss.array();
                    optimiser.update(&mut network, loss.backward()).unwrap();
                    value
                };
                let losses = (0..60).map(step).collect::<Vec<_>>();
                let last = losses[50..].iter().copied().fold(f32::INFINITY, f32::min);
                assert!(last < 0.8 * losses[0], "{}, optimiser {which}: {losses:?}", initialisation.name());
            }
        }
    }
}

/// The gradient of the loss with respect to every parameter of the whole network, in double precision, against
/// differences of the loss.
#[test]
fn gradients_through_whole_networks() {
    let all_cnn = AllCnn { base_width: 2, classes: 3, ..AllCnn::default() }.blueprint().unwrap();
    let unet = UNet { base_width: 1, ..UNet::default() }.blueprint().unwrap();
    for (blueprint, images) in [(all_cnn, images(3, 3, 8, 1)), (unet, images(3, 1, 32, 1))] {
        let labels = (0..3 * 32 * 32).map(|place| place % 2).collect::<Vec<_>>();
        let labels = if blueprint.layers().len() == 10 { &[0, 1, 2][..] } else { &labels };
        for initialisation in [Initialisation::ScaleBias, Initialisation::BatchNorm] {
            let mut network = initialised::<f64>(&blueprint, initialisation, 3, &[images.clone().into()]);
            let parameters = network.parameters();
            // A step of SGD from rest moves every parameter by its gradient times the rate.
            let (mut moved, rate) = (network.clone(), 1e-3);
            let gradients = loss(&network, &images, labels).backward();
            Sgd::new(&moved, rate).unwrap().update(&mut moved, gradients).unwrap();
            let gradients = parameters.iter().zip(moved.parameters()).map(|(before, after)| {
                before.iter().zip(after).map(|(p, q)| (p - q) / rate).collect::<Vec<_>>()
            });
            let gradients = gradients.collect::<Vec<_>>();
            let scale = gradients.iter().flatten().fold(0f64, |largest, g| largest.max(g.abs()));
            for (list, gradient) in gradients.iter().enumerate() {
                // Some of each tensor's elements, its first and last among them.
                let count = gradient.len();
                for element in (0..count).step_by(count.div_ceil(3)).chain([count - 1]) {
                    let mut at = |shift: f64| {
                        let mut shifted = parameters.clone();
                        shifted[list][element] += shift;
                        network.set_parameters(&shifted).unwrap();
                        loss(&network, &images, labels).array()
                    };
                    let off = (at(1e-7) - at(-1e-7)) / 2e-7 - gradient[element];
                    assert!(off.abs() < 1e-4 * scale, "{list}, {element}: {off} of {scale}");
                }
            }
        }
    }
}
