//! The networks learn: a few steps on a handful of images, for every initialisation and both optimisers.
#![allow(clippy::unwrap_used)]

use dfdx::tensor::{AsArray, Cpu, TensorFromVec, Trace};
use dfdx::tensor_ops::Backward;
use networks::initialise::{Initialisation, initialise};
use networks::models::{Activations, AllCnn, Blueprint, Network, UNet};
use networks::optimise::{Adam, Optimiser, Sgd};
use networks::{Maps, ops};

fn images(count: usize, channels: usize, side: usize) -> Maps<f32, Cpu> {
    let values =
        (0..count * channels * side * side).map(|i| ((i * 7919) % 1013) as f32 / 506.0 - 1.0).collect();
    Cpu::default().tensor_from_vec(values, (count, channels, side, side))
}

fn initialised(
    blueprint: Blueprint,
    initialisation: Initialisation,
    images: &Maps<f32, Cpu>,
) -> Network<f32, Cpu> {
    let mut network = Network::new(blueprint, &Cpu::default()).unwrap();
    initialise(&mut network, initialisation, 3, &[images.clone().into()]).unwrap();
    network
}

/// One step; the loss before it.
fn step(
    network: &mut Network<f32, Cpu>,
    optimiser: &mut dyn Optimiser<f32, Cpu>,
    images: &Maps<f32, Cpu>,
    labels: &[usize],
) -> f32 {
    let loss = match network.forward(images.leaky_trace()).unwrap() {
        Activations::Rows(rows) => ops::cross_entropy(rows, labels).unwrap(),
        Activations::Maps(maps) => ops::cross_entropy_per_pixel(maps, labels).unwrap(),
    };
    let value = loss.array();
    optimiser.update(network, loss.backward()).unwrap();
    value
}

/// The loss on a few images falls by a fifth or more, with either optimiser.
#[test]
fn every_initialisation_learns() {
    let all_cnn = AllCnn { base_width: 6, ..AllCnn::default() }.blueprint().unwrap();
    let unet = UNet { base_width: 3, ..UNet::default() }.blueprint().unwrap();
    let of_images = (0..6).map(|image| image % 3).collect::<Vec<_>>();
    let grey = images(2, 1, 32);
    let of_pixels = grey.as_vec().iter().map(|value| usize::from(*value > 0.3)).collect();
    for (blueprint, images, labels) in [(all_cnn, images(6, 3, 12), of_images), (unet, grey, of_pixels)] {
        for initialisation in Initialisation::ALL {
            for adam in [false, true] {
                let mut network = initialised(blueprint.clone(), initialisation, &images);
                let mut optimiser: Box<dyn Optimiser<f32, Cpu>> = if adam {
                    Box::new(Adam::new(&network, 0.003).unwrap())
                } else {
                    Box::new(Sgd::new(&network, 0.003).unwrap())
                };
                let losses = (0..60).map(|_| step(&mut network, &mut *optimiser, &images, &labels));
                let losses = losses.collect::<Vec<_>>();
                let last = losses[50..].iter().copied().fold(f32::INFINITY, f32::min);
                assert!(last < 0.8 * losses[0], "{}, adam {adam}: {losses:?}", initialisation.name());
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
    for (blueprint, channels, side) in [(all_cnn, 3, 8), (unet, 1, 32)] {
        for initialisation in [Initialisation::ScaleBias, Initialisation::BatchNorm] {
            differences_agree(&blueprint, initialisation, channels, side);
        }
    }
}

fn differences_agree(blueprint: &Blueprint, initialisation: Initialisation, channels: usize, side: usize) {
    let count = 3;
    let values =
        (0..count * channels * side * side).map(|i| ((i * 7919) % 1013) as f64 / 506.0 - 1.0).collect();
    let images: Maps<f64, Cpu> = Cpu::default().tensor_from_vec(values, (count, channels, side, side));
    let mut network = Network::new(blueprint.clone(), &Cpu::default()).unwrap();
    initialise(&mut network, initialisation, 3, &[images.clone().into()]).unwrap();
    let loss = |network: &Network<f64, Cpu>| match network.forward(images.leaky_trace()).unwrap() {
        Activations::Rows(rows) => ops::cross_entropy(rows, &[0, 1, 2]).unwrap(),
        Activations::Maps(maps) => {
            let labels = (0..count * side * side).map(|pixel| pixel % 2).collect::<Vec<_>>();
            ops::cross_entropy_per_pixel(maps, &labels).unwrap()
        }
    };
    let parameters = network.parameters();
    // A step of SGD from rest moves every parameter by its gradient times the rate.
    let mut moved = network.clone();
    let rate = 1e-3;
    let gradients = loss(&network).backward();
    Sgd::new(&moved, rate).unwrap().update(&mut moved, gradients).unwrap();
    let gradients = parameters
        .concat()
        .iter()
        .zip(moved.parameters().concat())
        .map(|(p, q)| (p - q) / rate)
        .collect::<Vec<_>>();
    let scale = gradients.iter().fold(0f64, |largest, g| largest.max(g.abs()));
    let (mut first, h) = (0, 1e-7);
    for (list, values) in parameters.iter().enumerate() {
        // Some of each tensor's elements, its first and last among them.
        for element in (0..values.len()).step_by(values.len().div_ceil(3)).chain([values.len() - 1]) {
            let mut at = |shift: f64| {
                let mut shifted = parameters.clone();
                shifted[list][element] += shift;
                network.set_parameters(&shifted).unwrap();
                loss(&network).array()
            };
            let difference = (at(h) - at(-h)) / (2.0 * h);
            let gradient = gradients[first + element];
            assert!(
                (difference - gradient).abs() < 1e-4 * scale,
                "{list}, {element}: {gradient}, not {difference}"
            );
        }
        first += values.len();
    }
}
