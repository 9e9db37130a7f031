//! Operations against what their definitions say, written down plainly.

#![allow(clippy::unwrap_used)]

mod numbers;

use dfdx::shapes::HasShape;
use dfdx::tensor::{AsArray, Cpu};
use dfdx::tensor_ops::PermuteTo;
use networks::ops::{self, Padding, Window};
use networks::{Kernel, Maps, PerChannel, Rows};
use numbers::{random, tensor};

/// Where a padded index lies within `length`, or nowhere.
fn source(index: usize, padding: Padding, length: usize) -> Option<usize> {
    let (index, last) = (index as i64 - padding.size() as i64, length as i64 - 1);
    match padding {
        Padding::Reflect(_) if index < 0 => Some(-index as usize),
        Padding::Reflect(_) if index > last => Some((2 * last - index) as usize),
        _ => (0..=last).contains(&index).then_some(index as usize),
    }
}

/// The convolution, sum by sum.
fn convolution(
    x: &Maps<f64, Cpu>,
    kernel: &Kernel<f64, Cpu>,
    bias: &PerChannel<f64, Cpu>,
    window: Window,
) -> Vec<f64> {
    let ((images, inputs, height, width), (outputs, _, kernel_height, kernel_width)) =
        (*x.shape(), *kernel.shape());
    let length = |size: usize, kernel: usize| (size + 2 * window.padding.size() - kernel) / window.stride + 1;
    let mut y = Vec::new();
    for image in 0..images {
        for output in 0..outputs {
            for row in 0..length(height, kernel_height) {
                for column in 0..length(width, kernel_width) {
                    let mut sum = bias[[output]];
                    for input in 0..inputs {
                        for (i, j) in (0..kernel_height).flat_map(|i| (0..kernel_width).map(move |j| (i, j)))
                        {
                            let from = source(row * window.stride + i, window.padding, height).zip(source(
                                column * window.stride + j,
                                window.padding,
                                width,
                            ));
                            if let Some((row, column)) = from {
                                sum += x[[image, input, row, column]] * kernel[[output, input, i, j]];
                            }
                        }
                    }
                    y.push(sum);
                }
            }
        }
    }
    y
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64, name: &str) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(
            error <= tolerance * (1.0 + expected.abs()),
            "{name}, element {index}: {found} and {expected}"
        );
    }
}

#[test]
fn convolution_is_the_sum() {
    use Padding::{None, Reflect, Zero};
    let cases = [
        ((1, 1, 1, 1), (1, 1, 1, 1), 1, None),
        ((5, 3, 6, 5), (4, 3, 3, 3), 1, Reflect(1)),
        ((70, 2, 3, 3), (3, 2, 3, 3), 1, Reflect(1)),
        ((3, 4, 17, 16), (5, 4, 3, 3), 1, Zero(1)),
        ((2, 3, 33, 35), (7, 3, 3, 3), 1, Reflect(1)),
        ((2, 3, 35, 33), (7, 3, 3, 3), 2, Reflect(1)),
        ((1, 2, 5, 700), (3, 2, 3, 3), 1, Reflect(1)),
        ((1, 2, 700, 3), (3, 2, 3, 3), 3, Reflect(2)),
        ((2, 17, 24, 23), (33, 17, 1, 1), 1, None),
        ((2, 3, 31, 25), (3, 3, 1, 1), 2, None),
        ((1, 2, 9, 8), (3, 2, 7, 6), 1, Reflect(5)),
        ((1, 1, 4, 4), (2, 1, 7, 7), 2, Reflect(3)),
        ((2, 2, 3, 4), (2, 2, 2, 5), 3, Zero(7)),
        ((1, 16, 3, 3), (16, 16, 3, 3), 1, Reflect(1)),
        ((3, 17, 7, 9), (19, 17, 3, 3), 1, Reflect(1)),
        ((2, 18, 5, 6), (16, 18, 3, 3), 1, Zero(2)),
        ((2, 16, 9, 8), (21, 16, 3, 3), 1, None),
        ((3, 40, 33, 30), (36, 40, 3, 3), 1, Reflect(2)),
        ((1, 32, 8, 150), (33, 32, 3, 3), 1, Zero(1)),
        ((3, 17, 9, 14), (19, 17, 3, 3), 2, Reflect(1)),
        ((2, 16, 32, 31), (40, 16, 3, 3), 2, Zero(1)),
        ((5, 33, 8, 16), (16, 33, 3, 3), 2, None),
        ((1, 16, 7, 200), (17, 16, 3, 3), 2, Reflect(3)),
    ];
    for (shape, kernel_shape, stride, padding) in cases {
        let (x, kernel, bias) = (random(shape, 1), random(kernel_shape, 2), random((kernel_shape.0,), 3));
        let window = Window { stride, padding };
        let name = format!("{shape:?} {kernel_shape:?} {window:?}");
        let expected = convolution(&x, &kernel, &bias, window);
        let found = ops::convolve(x, &kernel, Some(&bias), window).unwrap();
        assert_close(&found.as_vec(), &expected, 1e-12, &name);

        let (x, kernel, bias) = (random(shape, 1), random(kernel_shape, 2), random((kernel_shape.0,), 3));
        let found: Maps<f32, Cpu> = ops::convolve(x, &kernel, Some(&bias), window).unwrap();
        let found = found.as_vec().into_iter().map(f64::from).collect::<Vec<_>>();
        let size = (expected.iter().map(|y| y * y).sum::<f64>() / expected.len() as f64).sqrt();
        let error =
            found.iter().zip(&expected).fold(0.0, |error: f64, (found, y)| error.max((found - y).abs()));
        assert!(error <= 1e-5 * size, "{name}: {error} of {size}");
    }
}

/// Sums in f32 lose digits with the number of their terms, and the transformations of the fast way some more: the largest
/// error grows as the root of that number.
#[test]
fn single_precision_suffices() {
    for (channels, stride) in [(8, 1), (64, 1), (512, 1), (64, 2), (512, 2)] {
        let (shape, kernel_shape) = ((2, channels, 16, 16), (40, channels, 3, 3));
        let window = Window { stride, padding: Padding::Reflect(1) };
        let exact: Maps<f64, Cpu> =
            ops::convolve(random(shape, 1), &random(kernel_shape, 2), None, window).unwrap();
        let found: Maps<f32, Cpu> =
            ops::convolve(random(shape, 1), &random(kernel_shape, 2), None, window).unwrap();
        let (exact, found) = (exact.as_vec(), found.as_vec());
        let size = (exact.iter().map(|y| y * y).sum::<f64>() / exact.len() as f64).sqrt();
        let errors = exact.iter().zip(found).map(|(exact, found)| (exact - f64::from(found)).abs());
        let error = errors.fold(0.0, f64::max);
        assert!(
            error <= 1e-6 * f64::from(channels as u32).sqrt() * size,
            "{channels} channels: {error} of {size}"
        );
    }
}

#[test]
fn up_convolution_is_the_sum() {
    for (shape, outputs) in [((2, 3, 5, 4), 9), ((1, 20, 70, 13), 2), ((1, 1, 1, 600), 1)] {
        let (images, inputs, height, width) = shape;
        let x: Maps<f64, Cpu> = random(shape, 1);
        let (kernel, bias): (Kernel<f64, Cpu>, _) =
            (random((inputs, outputs, 2, 2), 2), random((outputs,), 3));
        let y = ops::up_convolve(x.clone(), &kernel, Some(&bias)).unwrap();
        assert_eq!(*y.shape(), (images, outputs, 2 * height, 2 * width));
        let mut expected = Vec::new();
        for image in 0..images {
            for output in 0..outputs {
                for (row, column) in
                    (0..2 * height).flat_map(|row| (0..2 * width).map(move |column| (row, column)))
                {
                    let term = |input| {
                        x[[image, input, row / 2, column / 2]] * kernel[[input, output, row % 2, column % 2]]
                    };
                    expected.push(bias[[output]] + (0..inputs).map(term).sum::<f64>());
                }
            }
        }
        assert_close(&y.as_vec(), &expected, 1e-13, "up-convolution");
    }
}

#[test]
fn connected_layer_is_the_product() {
    let (x, weights, bias): (Rows<f64, Cpu>, Rows<f64, Cpu>, _) =
        (random((70, 5), 1), random((3, 5), 2), random((3,), 3));
    let y = ops::linear(x.clone(), &weights, Some(&bias)).unwrap();
    for image in 0..70 {
        for output in 0..3 {
            let sum = (0..5).map(|input| x[[image, input]] * weights[[output, input]]).sum::<f64>()
                + bias[[output]];
            assert!((y[[image, output]] - sum).abs() < 1e-14);
        }
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
fn windows_of_two_by_two() {
    let x: Maps<f64, Cpu> =
        tensor((1, 2, 2, 4), &[1., 2., -3., -4., 5., 4., -1., -2., 0., 0., 7., 7., 0., 0., 7., 7.]);
    assert_eq!(ops::max_pool(x.clone()).unwrap().as_vec(), [5., -1., 0., 7.]);
    assert_eq!(ops::subsample(x.clone()).unwrap().as_vec(), [1., -3., 0., 7.]);
    assert_eq!(ops::average(x.clone()).unwrap().as_vec(), [0.25, 3.5]);
    assert_eq!(ops::one_position(x).unwrap().as_vec(), [-1., 7.]);
}

#[test]
fn what_is_not_a_number_is_not_hidden() {
    let x: Maps<f32, Cpu> = tensor((1, 1, 2, 4), &[1., f64::NAN, 2., 3., f64::INFINITY, 1., 1., f64::NAN]);
    assert!(ops::max_pool(x.clone()).unwrap().as_vec().iter().all(|value| value.is_nan()));
    let y = ops::relu(x).unwrap().as_vec();
    assert!(y[1].is_nan() && y[7].is_nan() && y[4] == f32::INFINITY);
}

#[test]
fn concatenation_is_image_by_image() {
    let x: Maps<f64, Cpu> = tensor((2, 1, 1, 2), &[1., 2., 3., 4.]);
    let y = tensor((2, 2, 1, 2), &[5., 6., 7., 8., 9., 10., 11., 12.]);
    let z = ops::concatenate(x, &y).unwrap();
    assert_eq!(z.as_vec(), [1., 2., 5., 6., 7., 8., 3., 4., 9., 10., 11., 12.]);
}

/// A mean a thousand times the standard deviation: f32 sums would lose the variance.
#[test]
fn normalised_channels_have_mean_zero_and_variance_one() {
    let values = numbers::numbers(2 * 3 * 50 * 40, 1).into_iter().enumerate();
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
