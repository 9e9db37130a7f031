//! Statistics of pre-activations against their definition (Eq. 9), and how the images are divided does not matter.

use crate::numbers::numbers;
use crate::setup::{initialised, kaiming, on_any_threads, random, seen, tensor};
use dfdx::tensor::Cpu;
use networks::initialise::Initialisation;
use networks::models::{Activations, AllCnn, Mlp, Network, UNet};
use networks::observe::observe;
use networks::{Maps, NetworkError, Rows};

/// Some of the images of one long list.
fn images(first: usize, count: usize, channels: usize, side: usize) -> Activations<f32, Cpu> {
    let size = channels * side * side;
    let values = numbers((first + count) * size, 1).into_iter().skip(first * size).map(|value| value + 0.3);
    let maps: Maps<f32, Cpu> = tensor((count, channels, side, side), &values.collect::<Vec<_>>());
    maps.into()
}

fn unet() -> Network<f32, Cpu> {
    kaiming(&UNet { base_width: 3, ..UNet::default() }.blueprint().unwrap(), 1)
}

/// Eq. 9 written out, over samples × units.
fn by_definition(samples: &[Vec<f64>]) -> (f64, f64) {
    let (count, units) = (samples.len() as f64, samples[0].len());
    let (mut squared_mean, mut variance) = (0.0, 0.0);
    for unit in 0..units {
        let mean = samples.iter().map(|sample| sample[unit]).sum::<f64>() / count;
        squared_mean += mean * mean;
        variance += samples.iter().map(|sample| (sample[unit] - mean).powi(2)).sum::<f64>() / count;
    }
    (squared_mean / units as f64, variance / units as f64)
}

/// A layer as samples × units: one sample per image, or one per image and position.
fn samples(u: &Activations<f32, Cpu>) -> [Vec<Vec<f64>>; 2] {
    let (size, values) = (u.size(), u.to_vec());
    let positions = size.units() / size.channels();
    let images = values.chunks_exact(size.units());
    let by_image = images.clone().map(|image| image.iter().map(|u| f64::from(*u)).collect()).collect();
    let by_position = images.flat_map(|image| {
        let at = move |position| image[position..].iter().step_by(positions).map(|u| f64::from(*u)).collect();
        (0..positions).map(at)
    });
    [by_image, by_position.collect()]
}

#[test]
fn moments_are_those_of_equation_9() {
    let network = unet();
    let batch = images(0, 5, 1, 32);
    let seen = seen(&network, batch.clone());
    let expected = seen.iter().map(|u| samples(u).map(|samples| by_definition(&samples)));
    let close = |ours: f64, theirs: f64| (ours - theirs).abs() <= 1e-12 * theirs.abs();
    for (layer, [units, channels]) in observe(&network, &[batch]).unwrap().iter().zip(expected) {
        assert_eq!(layer.images, 5);
        for (moments, (squared_mean, variance)) in [(layer.units, units), (layer.channels, channels)] {
            assert!(close(moments.squared_mean, squared_mean), "layer {}", layer.layer);
            assert!(close(moments.variance, variance), "layer {}", layer.layer);
            assert!(close(moments.ratio(), (squared_mean / variance).sqrt()));
            assert!(close(moments.mean_square, squared_mean + variance));
        }
        // What varies between positions counts as a mean of units, and as variance of channels.
        assert!(layer.channels.variance >= layer.units.variance);
        assert!(close(layer.channels.mean, layer.units.mean) || layer.units.mean.abs() < 1e-12);
    }
}

/// Without padding effects a unit of a fully connected layer is its own channel.
#[test]
fn units_of_rows_are_channels() {
    let blueprint = Mlp { inputs: 6, width: 30, depth: 4, outputs: 30 }.blueprint().unwrap();
    let rows: Rows<f32, Cpu> = random((10, 6), 1);
    for layer in observe(&kaiming(&blueprint, 1), &[rows.into()]).unwrap() {
        assert_eq!(layer.units, layer.channels);
    }
}

/// One batch, several batches, one image after the other: the same bits, as long as a layer computes an image's
/// pre-activations in the same way; here up to the rounding of the layers.
#[test]
fn the_division_into_batches_does_not_matter() {
    let network = unet();
    let divided = |counts: &[usize]| {
        let mut first = 0;
        let batch = |count: &usize| {
            first += count;
            images(first - count, *count, 1, 32)
        };
        let batches = counts.iter().map(batch).collect::<Vec<_>>();
        observe(&network, &batches).unwrap()
    };
    let whole = divided(&[6]);
    for counts in [&[1; 6][..], &[2, 4], &[5, 1]] {
        for (ours, theirs) in divided(counts).iter().zip(&whole) {
            assert_eq!((ours.layer, ours.images), (theirs.layer, 6));
            let close = |a: f64, b: f64| (a - b).abs() < 1e-5 * b;
            assert!(close(ours.units.ratio(), theirs.units.ratio()));
            assert!(close(ours.channels.ratio(), theirs.channels.ratio()));
        }
    }
}

/// Whatever the number of threads, the same bits.
#[test]
fn threads_do_not_matter() {
    let blueprint = AllCnn { base_width: 8, ..AllCnn::default() }.blueprint().unwrap();
    on_any_threads(|| {
        let minibatches = [images(0, 3, 3, 16), images(3, 3, 3, 16)];
        let network = initialised(&blueprint, Initialisation::ScaleBias, 1, &minibatches);
        (network.parameters(), observe(&network, &[images(6, 4, 3, 16)]).unwrap())
    });
}

#[test]
fn refusals() {
    let network = unet();
    let error = |batches: &[_]| observe(&network, batches).unwrap_err();
    assert_eq!(error(&[]), NetworkError::TooFewImages { images: 0 });
    assert_eq!(error(&[images(0, 1, 1, 32)]), NetworkError::TooFewImages { images: 1 });
    assert!(matches!(error(&[images(0, 1, 1, 32), images(0, 1, 1, 48)]), NetworkError::Sizes { .. }));
    assert!(matches!(error(&[images(0, 2, 1, 24)]), NetworkError::Shape(_)));
    let nan: Maps<f32, Cpu> = tensor((2, 1, 32, 32), &[f64::NAN; 2048]);
    assert_eq!(error(&[nan.into()]), NetworkError::Overflow { layer: 1 });
}
