//! Operations against what their definitions say, written down plainly, in both precisions, for any number of threads.

use crate::operations::{self, Case, Evaluated, Operation, near};
use crate::setup::{on_any_threads, random, tensor};
use dfdx::tensor::{AsArray, Cpu};
use dfdx::tensor_ops::PermuteTo;
use networks::ops::{self, Padding, Window};
use networks::{Maps, PerChannel, Rows};

/// Where a padded index lies within `length`, or nowhere.
fn source(index: usize, padding: Padding, length: usize) -> Option<usize> {
    let (index, last) = (index as i64 - padding.size() as i64, length as i64 - 1);
    match padding {
        Padding::Reflect(_) if index < 0 => Some(-index as usize),
        Padding::Reflect(_) if index > last => Some((2 * last - index) as usize),
        _ => (0..=last).contains(&index).then_some(index as usize),
    }
}

/// Every place of an array of that shape.
fn places([a, b, c, d]: [usize; 4]) -> impl Iterator<Item = [usize; 4]> {
    (0..a * b * c * d).map(move |i| [i / (b * c * d), i / (c * d) % b, i / d % c, i % d])
}

/// Sum by sum, what multiplies weights. A connected layer is a convolution of maps of one element.
fn plainly(case: &Case, inputs: &[Vec<f64>]) -> Option<Vec<f64>> {
    let four =
        |shape: &[usize]| [shape[0], shape[1], *shape.get(2).unwrap_or(&1), *shape.get(3).unwrap_or(&1)];
    let maps = |index: usize| -> Maps<f64, Cpu> { tensor(four(&case.shapes[index]).into(), &inputs[index]) };
    let bias = |output: usize| inputs.get(2).map_or(0.0, |bias| bias[output]);
    let [images, channels, height, width] = four(&case.shapes[0]);
    let window = match case.operation {
        Operation::Convolve(window) => window,
        Operation::Linear => Window { stride: 1, padding: Padding::None },
        Operation::UpConvolve => {
            let (x, kernel, outputs) = (maps(0), maps(1), case.shapes[1][1]);
            let at = |[image, output, row, column]: [usize; 4]| {
                let term = |input| {
                    x[[image, input, row / 2, column / 2]] * kernel[[input, output, row % 2, column % 2]]
                };
                bias(output) + (0..channels).map(term).sum::<f64>()
            };
            return Some(places([images, outputs, 2 * height, 2 * width]).map(at).collect());
        }
        _ => return None,
    };
    let (x, kernel) = (maps(0), maps(1));
    let [outputs, _, high, wide] = four(&case.shapes[1]);
    let length = |size: usize, kernel: usize| (size + 2 * window.padding.size() - kernel) / window.stride + 1;
    let at = |[image, output, row, column]: [usize; 4]| {
        let term = |[input, i, j, _]: [usize; 4]| {
            let row = source(row * window.stride + i, window.padding, height)?;
            let column = source(column * window.stride + j, window.padding, width)?;
            Some(x[[image, input, row, column]] * kernel[[output, input, i, j]])
        };
        bias(output) + places([channels, high, wide, 1]).filter_map(term).sum::<f64>()
    };
    Some(places([images, outputs, length(height, high), length(width, wide)]).map(at).collect())
}

#[test]
fn what_multiplies_weights_is_the_sum() {
    let mut found = 0;
    for case in operations::small().into_iter().chain(operations::large()) {
        let inputs = case.inputs(1);
        if let Some(expected) = plainly(&case, &inputs) {
            let output = case.evaluate::<f64, _>(&Cpu::default(), &inputs, None).unwrap().output;
            near(&format!("{case:?}"), &output, &expected, 1e-12);
            found += 1;
        }
    }
    assert_eq!(found, 61, "convolutions, up-convolutions and connected layers");
}

/// Outputs and gradients in single precision, from any number of threads the same, against those in double precision: sums
/// lose digits with the root of the number of their terms, and the transformations of the fast way some more.
#[test]
fn precisions_agree_and_threads_do_not_matter() {
    for case in operations::large() {
        let inputs = case.inputs(1);
        let double = case.evaluate::<f64, _>(&Cpu::default(), &inputs, None).unwrap();
        let single = on_any_threads(|| {
            let Evaluated { output, gradients, .. } =
                case.evaluate::<f32, _>(&Cpu::default(), &inputs, None).unwrap();
            (output, gradients)
        });
        let single = Evaluated { output: single.0, gradients: single.1, loss: f64::NAN };
        let tolerance = 2e-6f64.max(2.5e-7 * (case.shapes[0][1] as f64).sqrt());
        single.agrees(&format!("{case:?}"), &double, tolerance);
    }
}

/// A transposed tensor is read in the order of its shape.
#[test]
fn views_are_read_in_their_own_order() {
    let x: Maps<f64, Cpu> = random((2, 3, 4, 6), 1);
    let view = x.clone().permute::<(usize, usize, usize, usize), dfdx::shapes::Axes4<0, 1, 3, 2>>();
    let copy: Maps<f64, Cpu> = tensor((2, 3, 6, 4), &view.as_vec());
    let kernel = random((2, 3, 3, 3), 2);
    let window = Window { stride: 1, padding: Padding::Reflect(1) };
    let [of_view, of_copy] = [view, copy].map(|x| ops::convolve(x, &kernel, None, window).unwrap().as_vec());
    assert_eq!(of_view, of_copy);
    assert_ne!(of_view, ops::convolve(x, &kernel, None, window).unwrap().as_vec());
}

#[test]
fn what_is_not_a_number_is_not_hidden() {
    let x: Maps<f32, Cpu> = tensor((1, 1, 2, 4), &[1., f64::NAN, 2., 3., f64::INFINITY, 1., 1., f64::NAN]);
    assert!(ops::max_pool(x.clone()).unwrap().as_vec().iter().all(|value| value.is_nan()));
    let y = ops::relu(x).unwrap().as_vec();
    assert!(y[1].is_nan() && y[7].is_nan() && y[4] == f32::INFINITY);
}

#[test]
fn gains_and_shifts_are_channel_by_channel() {
    let x: Maps<f64, Cpu> = tensor((2, 2, 1, 2), &[5., 6., 7., 8., 9., 10., 11., 12.]);
    let [gain, shift]: [PerChannel<f64, Cpu>; 2] = [[2., -1.], [0.5, 3.]].map(|of| tensor((2,), &of));
    let y = ops::affine(x, &gain, &shift).unwrap();
    assert_eq!(y.as_vec(), [10.5, 12.5, -4., -5., 18.5, 20.5, -8., -9.]);
}

/// A mean a thousand times the standard deviation: f32 sums would lose the variance.
#[test]
fn normalised_channels_have_mean_zero_and_variance_one() {
    let values = crate::numbers::numbers(2 * 3 * 50 * 40, 1).into_iter().enumerate();
    let values = values.map(|(index, value)| 1000.0 * (index / 2000 % 3) as f64 + value).collect::<Vec<_>>();
    let x: Maps<f32, Cpu> = tensor((2, 3, 50, 40), &values);
    let y = ops::batch_norm(x, 0.0).unwrap();
    let statistics = ops::channel_statistics(&y).unwrap();
    for channel in 0..3 {
        assert!(statistics[[0, channel]].abs() < 2e-4 && (statistics[[1, channel]] - 1.0).abs() < 1e-4);
    }
}

#[test]
fn loss_does_not_overflow() {
    let rows: Rows<f32, Cpu> = tensor((2, 3), &[1e30, 0., -1e30, -500., -500., -501.]);
    let loss = ops::cross_entropy(rows, &[0, 2]).unwrap().array();
    let expected = (2.0 + f64::exp(-1.0)).ln() + 1.0;
    assert!((f64::from(loss) - expected / 2.0).abs() < 1e-6, "{loss}");
}
