//! Every gradient of every operation against central differences in f64.

#![allow(clippy::unwrap_used)]

mod numbers;

use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{AsArray, Cpu, Gradients, OwnedTape, PutTape, SplitTape, Tape, Tensor, Trace};
use dfdx::tensor_ops::Backward;
use networks::Maps;
use networks::ops::{self, Padding, Window};
use numbers::{numbers, tensor};

type Plain<S> = Tensor<S, f64, Cpu>;
type Taped<S> = Tensor<S, f64, Cpu, OwnedTape<f64, Cpu>>;
type MapShape = (usize, usize, usize, usize);

/// The loss and its gradients at some values of the inputs.
type Evaluated = (f64, Vec<Vec<f64>>);

/// Compares gradients with central differences, input by input and element by element.
fn check(name: &str, values: &[Vec<f64>], loss: impl Fn(&[Vec<f64>]) -> Evaluated) {
    const STEP: f64 = 1e-5;
    let (_, gradients) = loss(values);
    assert_eq!(gradients.len(), values.len());
    for (input, gradient) in gradients.iter().enumerate() {
        assert_eq!(gradient.len(), values[input].len(), "{name}: input {input}");
        for (index, found) in gradient.iter().enumerate() {
            let at = |step: f64| {
                let mut values = values.to_vec();
                values[input][index] += step;
                loss(&values).0
            };
            let expected = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            let error = (found - expected).abs();
            assert!(
                error <= 1e-8 * (1.0 + expected.abs()),
                "{name}: input {input}, element {index}: {found} and {expected}"
            );
        }
    }
}

/// A loss that weights every output differently.
fn weighted<S: Shape>(y: Taped<S>) -> (f64, Gradients<f64, Cpu>) {
    let (y, mut tape) = y.split_tape();
    let weights = numbers(y.shape().num_elements(), 99);
    let value = y.as_vec().iter().zip(&weights).map(|(y, weight)| y * weight).sum();
    tape.add_backward_op(move |grads| {
        grads.get_or_alloc_mut(&y)?.iter_mut().zip(&weights).for_each(|(dy, weight)| *dy += weight);
        Ok(())
    });
    let loss: Plain<()> = tensor((), &[value]);
    (value, loss.put_tape(tape).backward())
}

/// An operation on one tensor.
fn check_unary<S: Shape, R: Shape>(name: &str, shape: S, operation: impl Fn(Taped<S>) -> Taped<R>) {
    check(&format!("{name} {shape:?}"), &[numbers(shape.num_elements(), 1)], |values| {
        let x: Plain<S> = tensor(shape, &values[0]);
        let (loss, gradients) = weighted(operation(x.leaky_trace()));
        (loss, vec![gradients.get(&x).as_vec()])
    });
}

/// An operation on a tensor, weights and a bias.
fn check_weighted<S: Shape, W: Shape, R: Shape>(
    name: &str,
    (shape, weights_shape, outputs): (S, W, usize),
    operation: impl Fn(Taped<S>, &Plain<W>, &Plain<(usize,)>) -> Taped<R>,
) {
    let counts = [shape.num_elements(), weights_shape.num_elements(), outputs];
    let values = [numbers(counts[0], 1), numbers(counts[1], 2), numbers(counts[2], 3)];
    check(&format!("{name} {shape:?} {weights_shape:?}"), &values, |values| {
        let x: Plain<S> = tensor(shape, &values[0]);
        let (weights, bias) = (tensor(weights_shape, &values[1]), tensor((outputs,), &values[2]));
        let (loss, gradients) = weighted(operation(x.leaky_trace(), &weights, &bias));
        let found =
            [gradients.get(&x).as_vec(), gradients.get(&weights).as_vec(), gradients.get(&bias).as_vec()];
        (loss, found.into())
    });
}

#[test]
fn convolution() {
    use Padding::{None, Reflect, Zero};
    let cases: [(MapShape, [usize; 3], usize, Padding); 14] = [
        ((2, 3, 5, 4), [2, 3, 3], 1, Zero(1)),
        ((2, 3, 5, 4), [2, 3, 3], 1, Reflect(1)),
        ((1, 2, 5, 7), [3, 3, 3], 2, Reflect(1)),
        ((3, 1, 7, 5), [2, 3, 3], 3, Reflect(2)),
        ((2, 2, 6, 7), [2, 3, 2], 3, Zero(1)),
        ((1, 3, 4, 5), [4, 1, 1], 1, None),
        ((2, 3, 4, 5), [2, 1, 1], 2, None),
        ((2, 3, 3, 4), [2, 1, 1], 1, Reflect(1)),
        ((1, 1, 1, 1), [2, 1, 1], 1, None),
        ((1, 2, 4, 4), [1, 5, 5], 1, Reflect(3)),
        ((2, 1, 3, 3), [2, 5, 5], 2, Reflect(2)),
        ((1, 2, 3, 3), [2, 5, 3], 1, Zero(4)),
        ((2, 1, 2, 6), [2, 2, 4], 1, Reflect(1)),
        ((1, 1, 5, 5), [1, 5, 5], 1, None),
    ];
    for (shape, [outputs, height, width], stride, padding) in cases {
        let sizes = (shape, (outputs, shape.1, height, width), outputs);
        check_weighted(&format!("convolution {stride} {padding:?}"), sizes, |x, kernel, bias| {
            ops::convolve(x, kernel, Some(bias), Window { stride, padding }).unwrap()
        });
    }
}

/// Sizes too large for central differences. The loss is linear in the input and in the kernel: its value is the product of
/// either with its gradient, whatever their numbers.
#[test]
fn convolution_of_many_blocks() {
    use Padding::{None, Reflect, Zero};
    let cases: [(MapShape, [usize; 3], usize, Padding); 13] = [
        ((2, 3, 67, 41), [2, 3, 3], 2, Reflect(1)),
        ((1, 40, 50, 47), [3, 5, 4], 1, Reflect(3)),
        ((70, 2, 5, 4), [3, 3, 3], 1, Zero(1)),
        ((5, 17, 9, 8), [16, 1, 1], 1, None),
        ((2, 16, 31, 33), [3, 1, 1], 1, None),
        ((1, 16, 3, 3), [16, 3, 3], 1, Reflect(1)),
        ((3, 17, 7, 9), [19, 3, 3], 1, Reflect(1)),
        ((2, 18, 5, 6), [16, 3, 3], 1, Zero(2)),
        ((3, 40, 33, 30), [36, 3, 3], 1, Reflect(2)),
        ((1, 33, 8, 150), [32, 3, 3], 1, None),
        ((3, 17, 9, 14), [19, 3, 3], 2, Reflect(1)),
        ((2, 16, 32, 31), [40, 3, 3], 2, Zero(1)),
        ((1, 16, 7, 200), [17, 3, 3], 2, Reflect(3)),
    ];
    for (shape, [outputs, height, width], stride, padding) in cases {
        let kernel_shape = (outputs, shape.1, height, width);
        let [x, other_x]: [Plain<MapShape>; 2] = [1, 2].map(|salt| numbers::random(shape, salt));
        let [kernel, other_kernel]: [Plain<MapShape>; 2] =
            [3, 4].map(|salt| numbers::random(kernel_shape, salt));
        let loss = |x: &Plain<MapShape>, kernel: &Plain<MapShape>| {
            weighted(
                ops::convolve(x.leaky_trace(), kernel, Option::None, Window { stride, padding }).unwrap(),
            )
        };
        let (_, gradients) = loss(&x, &kernel);
        let product = |gradient: &Plain<MapShape>, other: &Plain<MapShape>| {
            gradient
                .as_vec()
                .iter()
                .zip(other.as_vec())
                .map(|(gradient, other)| gradient * other)
                .sum::<f64>()
        };
        for (gradient, other, expected) in [
            (gradients.get(&x), &other_x, loss(&other_x, &kernel).0),
            (gradients.get(&kernel), &other_kernel, loss(&x, &other_kernel).0),
        ] {
            let found = product(&gradient, other);
            assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{shape:?}: {found} and {expected}");
        }
    }
}

#[test]
fn images_get_no_gradient() {
    let x: Maps<f64, Cpu> = numbers::random((1, 1, 3, 3), 1);
    let kernel = numbers::random((1, 1, 2, 2), 2);
    let window = Window { stride: 1, padding: Padding::None };
    let (_, mut gradients) = weighted(ops::convolve_images(x.leaky_trace(), &kernel, None, window).unwrap());
    assert!(gradients.get_or_alloc_mut(&x).unwrap().iter().all(|gradient| *gradient == 0.0));
    assert!(gradients.get(&kernel).as_vec().iter().all(|gradient| *gradient != 0.0));
}

#[test]
fn up_convolution() {
    for (shape, outputs) in [((2, 3, 3, 2), 2), ((1, 1, 1, 5), 3), ((1, 9, 2, 3), 1), ((3, 1, 1, 1), 1)] {
        check_weighted("up-convolution", (shape, (shape.1, outputs, 2, 2), outputs), |x, kernel, bias| {
            ops::up_convolve(x, kernel, Some(bias)).unwrap()
        });
    }
}

#[test]
fn linear() {
    for (images, inputs, outputs) in [(3, 5, 4), (1, 1, 1), (67, 2, 3), (2, 3, 66)] {
        check_weighted("linear", ((images, inputs), (outputs, inputs), outputs), |x, weights, bias| {
            ops::linear(x, weights, Some(bias)).unwrap()
        });
    }
}

#[test]
fn without_bias() {
    let (x_shape, kernel_shape, weights_shape) = ((2, 2, 2, 2), (2, 3, 2, 2), (3, 2));
    let values = [numbers(16, 1), numbers(24, 2), numbers(6, 3)];
    check("no bias", &values, |values| {
        let x: Maps<f64, Cpu> = tensor(x_shape, &values[0]);
        let (kernel, weights) = (tensor(kernel_shape, &values[1]), tensor(weights_shape, &values[2]));
        let y = ops::up_convolve(x.leaky_trace(), &kernel, None).unwrap();
        let y = ops::average(ops::max_pool(y).unwrap()).unwrap();
        let y = ops::linear(y, &tensor((2, 3), &[0.5, -1.0, 0.25, 2.0, 1.0, 0.125]), None).unwrap();
        let (loss, gradients) = weighted(ops::linear(y, &weights, None).unwrap());
        (
            loss,
            vec![
                gradients.get(&x).as_vec(),
                gradients.get(&kernel).as_vec(),
                gradients.get(&weights).as_vec(),
            ],
        )
    });
}

#[test]
fn positions() {
    for shape in [(2, 3, 4, 6), (1, 1, 2, 2), (3, 2, 6, 2)] {
        check_unary("max-pooling", shape, |x| ops::max_pool(x).unwrap());
        check_unary("subsampling", shape, |x| ops::subsample(x).unwrap());
    }
    for shape in [(2, 3, 5, 4), (1, 1, 1, 1), (2, 1, 3, 7)] {
        check_unary("average", shape, |x| ops::average(x).unwrap());
        check_unary("one position", shape, |x| ops::one_position(x).unwrap());
    }
}

#[test]
fn relu() {
    check_unary("relu", (2, 3, 5, 3), |x| ops::relu(x).unwrap());
    check_unary("relu", (3, 7), |x| ops::relu(x).unwrap());
}

#[test]
fn batch_normalisation() {
    for shape in [(3, 2, 3, 5), (1, 3, 2, 2), (5, 1, 1, 1)] {
        check_unary("own statistics", shape, |x| ops::batch_norm(x, 1e-2).unwrap());
    }
    check_unary("rows", (7, 3), |x| ops::batch_norm(x, 1e-2).unwrap());
}

#[test]
fn gain_and_shift() {
    for shape in [(3, 2, 3, 5), (1, 3, 2, 2), (5, 1, 1, 1)] {
        check_weighted("gain and shift", (shape, (shape.1,), shape.1), |x, gain, shift| {
            ops::affine(x, gain, shift).unwrap()
        });
    }
    check_weighted("rows", ((7, 3), (3,), 3), |x, gain, shift| ops::affine(x, gain, shift).unwrap());
}

/// A map used twice gets both gradients.
#[test]
fn concatenation() {
    for (x_shape, saved_shape) in [((2, 3, 2, 3), (2, 2, 2, 3)), ((1, 1, 3, 1), (1, 4, 3, 1))] {
        let count = |shape: MapShape| shape.0 * shape.1 * shape.2 * shape.3;
        check("concatenation", &[numbers(count(x_shape), 1), numbers(count(saved_shape), 2)], |values| {
            let (x, saved): (Plain<MapShape>, Plain<MapShape>) =
                (tensor(x_shape, &values[0]), tensor(saved_shape, &values[1]));
            let (loss, gradients) = weighted(ops::concatenate(x.leaky_trace(), &saved).unwrap());
            (loss, vec![gradients.get(&x).as_vec(), gradients.get(&saved).as_vec()])
        });
    }
    check_unary("skip", (2, 2, 4, 4), |x| {
        let x = ops::relu(x).unwrap();
        let (saved, tape) = x.split_tape();
        let x = ops::max_pool(saved.clone().put_tape(tape)).unwrap();
        let x = ops::up_convolve(x, &numbers::random((2, 1, 2, 2), 5), None).unwrap();
        ops::concatenate(x, &saved).unwrap()
    });
}

/// Pre-activations that only the ReLU has give it their memory; what used them before still gets its gradient.
#[test]
fn relus_in_place() {
    let kernel = |seed| numbers::random((2, 2, 3, 3), seed);
    let window = Window { stride: 1, padding: Padding::Reflect(1) };
    check_unary("twice", (2, 2, 4, 4), |x| {
        let x = ops::relu(ops::convolve(x, &kernel(5), None, window).unwrap()).unwrap();
        ops::relu(ops::convolve(x, &kernel(6), None, window).unwrap()).unwrap()
    });
    check_unary("used before", (2, 2, 4, 4), |x| {
        let (u, tape) = ops::convolve(x, &kernel(5), None, window).unwrap().split_tape();
        let small = ops::subsample(u.clone().put_tape(tape)).unwrap();
        let (side, tape) =
            ops::up_convolve(small, &numbers::random((2, 1, 2, 2), 7), None).unwrap().split_tape();
        ops::concatenate(ops::relu(u.put_tape(tape)).unwrap(), &side).unwrap()
    });
    check_unary("used later", (2, 2, 4, 4), |x| {
        let (u, tape) = ops::convolve(x, &kernel(5), None, window).unwrap().split_tape();
        ops::concatenate(ops::relu(u.clone().put_tape(tape)).unwrap(), &u).unwrap()
    });
}

#[test]
fn loss() {
    let labels = [2, 0, 1, 1, 2, 0];
    check("per image", &[numbers(18, 1)], |values| {
        let x: Plain<(usize, usize)> = tensor((6, 3), &values[0]);
        let loss = ops::cross_entropy(x.leaky_trace(), &labels).unwrap();
        (loss.array(), vec![loss.backward().get(&x).as_vec()])
    });
    check("per pixel", &[numbers(18, 1)], |values| {
        let x: Plain<MapShape> = tensor((2, 3, 1, 3), &values[0]);
        let loss = ops::cross_entropy_per_pixel(x.leaky_trace(), &labels).unwrap();
        (loss.array(), vec![loss.backward().get(&x).as_vec()])
    });
}
