//! Every operation with all its gradients, on any device and in any precision, and sizes to try it at.

use crate::numbers::{numbers, on, wide};
use dfdx::dtypes::Dtype;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Gradients, OwnedTape, PutTape, SplitTape, Tensor, Trace};
use dfdx::tensor_ops::{Backward, SumTo};
use networks::ops::{self, Padding, Window};
use networks::{Kernels, Maps, NetworkError, PerChannel, Rows};

/// What an operation takes from and adds to the tape.
pub type Taped<S, E, D> = Tensor<S, E, D, OwnedTape<E, D>>;

/// An operation with its settings.
#[derive(Clone, Debug)]
pub enum Operation {
    Convolve(Window),
    UpConvolve,
    Linear,
    Affine,
    Concatenate,
    Relu,
    MaxPool,
    Subsample,
    Average,
    OnePosition,
    BatchNorm(f64),
    CrossEntropy(Vec<usize>),
    CrossEntropyPerPixel(Vec<usize>),
}

/// An operation and the shapes of what it is given: a tensor, for some another one or weights, for some of these a bias.
#[derive(Clone, Debug)]
pub struct Case {
    pub operation: Operation,
    pub shapes: Vec<Vec<usize>>,
}

/// The output, a loss that weights each of its elements differently, and the gradient of the loss for each input.
pub struct Evaluated {
    pub output: Vec<f64>,
    pub loss: f64,
    pub gradients: Vec<Vec<f64>>,
}

impl Evaluated {
    /// Compares output and gradients; differences are in units of the largest number of each.
    pub fn agrees(&self, what: &str, expected: &Self, tolerance: f64) {
        near(&format!("{what}, output"), &self.output, &expected.output, tolerance);
        assert_eq!(self.gradients.len(), expected.gradients.len(), "{what}");
        for (input, (found, expected)) in self.gradients.iter().zip(&expected.gradients).enumerate() {
            near(&format!("{what}, gradient {input}"), found, expected, tolerance);
        }
    }
}

/// Compares numbers; differences are in units of the largest.
pub fn near(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(0.0, |largest: f64, next| largest.max(next.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let near = (found - expected).abs() <= tolerance * scale;
        assert!(near, "{what}, number {index}: {found}, not {expected}");
    }
}

impl Case {
    /// Numbers from -1 to 1 for each input; `salt` tells sets of them apart.
    pub fn inputs(&self, salt: u64) -> Vec<Vec<f64>> {
        (salt..).zip(&self.shapes).map(|(salt, shape)| numbers(shape.iter().product(), salt)).collect()
    }

    /// Evaluates the operation, unless it refuses its inputs; `weights` of the loss are made up where none are given.
    pub fn evaluate<E: Dtype, D: Kernels<E>>(
        &self,
        device: &D,
        inputs: &[Vec<f64>],
        weights: Option<&[f64]>,
    ) -> Result<Evaluated, NetworkError> {
        let maps = |index: usize| -> Maps<E, D> {
            let [images, channels, height, width] = self.shapes[index][..] else { panic!("{self:?}") };
            on(device, (images, channels, height, width), &inputs[index])
        };
        let rows = |index: usize| -> Rows<E, D> {
            let [images, features] = self.shapes[index][..] else { panic!("{self:?}") };
            on(device, (images, features), &inputs[index])
        };
        let list = |index: usize| inputs.get(index).map(|values| on(device, (values.len(),), values));
        let gain = || -> PerChannel<E, D> { list(1).unwrap() };
        match (&self.operation, self.shapes[0].len()) {
            (Operation::Convolve(window), _) => {
                let convolve = |x, kernel: &_, bias: Option<&_>| ops::convolve(x, kernel, bias, *window);
                of_several(weights, maps(0), maps(1), list(2), convolve)
            }
            (Operation::UpConvolve, _) => of_several(weights, maps(0), maps(1), list(2), ops::up_convolve),
            (Operation::Linear, _) => of_several(weights, rows(0), rows(1), list(2), ops::linear),
            (Operation::Affine, 4) => of_several(weights, maps(0), gain(), list(2), affine),
            (Operation::Affine, _) => of_several(weights, rows(0), gain(), list(2), affine),
            (Operation::Concatenate, _) => {
                of_several(weights, maps(0), maps(1), None, |x, y, _| ops::concatenate(x, y))
            }
            (Operation::Relu, 4) => of_one(weights, maps(0), ops::relu),
            (Operation::Relu, _) => of_one(weights, rows(0), ops::relu),
            (Operation::MaxPool, _) => of_one(weights, maps(0), ops::max_pool),
            (Operation::Subsample, _) => of_one(weights, maps(0), ops::subsample),
            (Operation::Average, _) => of_one(weights, maps(0), ops::average),
            (Operation::OnePosition, _) => of_one(weights, maps(0), ops::one_position),
            (Operation::BatchNorm(epsilon), 4) => of_one(weights, maps(0), |x| ops::batch_norm(x, *epsilon)),
            (Operation::BatchNorm(epsilon), _) => of_one(weights, rows(0), |x| ops::batch_norm(x, *epsilon)),
            (Operation::CrossEntropy(labels), _) => {
                of_one(weights, rows(0), |x| ops::cross_entropy(x, labels))
            }
            (Operation::CrossEntropyPerPixel(labels), _) => {
                of_one(weights, maps(0), |x| ops::cross_entropy_per_pixel(x, labels))
            }
        }
    }
}

fn affine<S, E: Dtype, D: Kernels<E>>(
    x: Taped<S, E, D>,
    gain: &PerChannel<E, D>,
    shift: Option<&PerChannel<E, D>>,
) -> Result<Taped<S, E, D>, NetworkError>
where
    S: networks::tensors::Channels,
{
    ops::affine(x, gain, shift.unwrap())
}

/// Any operation of one tensor.
pub fn of_one<S: Shape, Y: Shape, E: Dtype, D: Kernels<E>>(
    weights: Option<&[f64]>,
    x: Tensor<S, E, D>,
    operation: impl FnOnce(Taped<S, E, D>) -> Result<Taped<Y, E, D>, NetworkError>,
) -> Result<Evaluated, NetworkError> {
    let (output, loss, gradients) = back(weights, operation(x.leaky_trace())?);
    Ok(Evaluated { output, loss, gradients: vec![wide(&gradients.get(&x))] })
}

/// Any operation of two tensors, and for some a bias.
fn of_several<S: Shape, W: Shape, Y: Shape, E: Dtype, D: Kernels<E>>(
    weights: Option<&[f64]>,
    x: Tensor<S, E, D>,
    second: Tensor<W, E, D>,
    bias: Option<PerChannel<E, D>>,
    operation: impl FnOnce(
        Taped<S, E, D>,
        &Tensor<W, E, D>,
        Option<&PerChannel<E, D>>,
    ) -> Result<Taped<Y, E, D>, NetworkError>,
) -> Result<Evaluated, NetworkError> {
    let (output, loss, found) = back(weights, operation(x.leaky_trace(), &second, bias.as_ref())?);
    let mut gradients = vec![wide(&found.get(&x)), wide(&found.get(&second))];
    gradients.extend(bias.map(|bias| wide(&found.get(&bias))));
    Ok(Evaluated { output, loss, gradients })
}

/// The output, its product with the weights, and the gradients of that.
pub fn back<Y: Shape, E: Dtype, D: Kernels<E>>(
    weights: Option<&[f64]>,
    y: Taped<Y, E, D>,
) -> (Vec<f64>, f64, Gradients<E, D>) {
    let (y, tape) = y.split_tape();
    let output = wide(&y);
    let weights = weights.map_or_else(|| numbers(output.len(), 99), <[f64]>::to_vec);
    let loss = output.iter().zip(&weights).map(|(y, weight)| y * weight).sum();
    let weights = on(y.device(), *y.shape(), &weights);
    (output, loss, (y.put_tape(tape) * weights).sum::<(), Y::AllAxes>().backward())
}

/// Images, channels, height and width; outputs, height and width of the kernel; stride and padding.
type Convolution = ([usize; 4], [usize; 3], usize, Padding);

/// Every operation at sizes small enough for differences of the loss, element by element.
pub fn small() -> Vec<Case> {
    use Padding::{None, Reflect, Zero};
    let convolutions: [Convolution; 14] = [
        ([2, 3, 5, 4], [2, 3, 3], 1, Zero(1)),
        ([2, 3, 5, 4], [2, 3, 3], 1, Reflect(1)),
        ([1, 2, 5, 7], [3, 3, 3], 2, Reflect(1)),
        ([3, 1, 7, 5], [2, 3, 3], 3, Reflect(2)),
        ([2, 2, 6, 7], [2, 3, 2], 3, Zero(1)),
        ([1, 3, 4, 5], [4, 1, 1], 1, None),
        ([2, 3, 4, 5], [2, 1, 1], 2, None),
        ([2, 3, 3, 4], [2, 1, 1], 1, Reflect(1)),
        ([1, 1, 1, 1], [2, 1, 1], 1, None),
        ([1, 2, 4, 4], [1, 5, 5], 1, Reflect(3)),
        ([2, 1, 3, 3], [2, 5, 5], 2, Reflect(2)),
        ([1, 2, 3, 3], [2, 5, 3], 1, Zero(4)),
        ([2, 1, 2, 6], [2, 2, 4], 1, Reflect(1)),
        ([1, 1, 5, 5], [1, 5, 5], 1, None),
    ];
    let mut cases = convolutions.map(convolution).to_vec();
    for (x, outputs) in [([2, 3, 3, 2], 2), ([1, 1, 1, 5], 3), ([1, 9, 2, 3], 1), ([3, 1, 1, 1], 1)] {
        cases.push(up_convolution(x, outputs));
    }
    for sizes in [[3, 5, 4], [1, 1, 1], [67, 2, 3], [2, 3, 66]] {
        cases.push(linear(sizes));
    }
    for mut without_bias in [cases[0].clone(), up_convolution([2, 2, 2, 2], 3), linear([2, 3, 2])] {
        without_bias.shapes.truncate(2);
        cases.push(without_bias);
    }
    for [n, c, h, w] in [[3, 2, 3, 5], [1, 3, 2, 2], [5, 1, 1, 1]] {
        cases.push(case(Operation::Affine, &[&[n, c, h, w], &[c], &[c]]));
        cases.push(case(Operation::BatchNorm(1e-2), &[&[n, c, h, w]]));
        cases.push(case(Operation::Average, &[&[n, c, h, w]]));
        cases.push(case(Operation::OnePosition, &[&[n, c, h, w]]));
        cases.push(case(Operation::MaxPool, &[&[n, c, 2 * h, 2 * w]]));
        cases.push(case(Operation::Subsample, &[&[n, c, 2 * h, 2 * w]]));
        cases.push(case(Operation::Concatenate, &[&[n, c, h, w], &[n, c + 1, h, w]]));
    }
    let labels = vec![2, 0, 1, 1, 2, 0];
    cases.extend([
        case(Operation::Affine, &[&[7, 3], &[3], &[3]]),
        case(Operation::BatchNorm(1e-2), &[&[7, 3]]),
        case(Operation::Relu, &[&[2, 3, 5, 3]]),
        case(Operation::Relu, &[&[3, 7]]),
        case(Operation::CrossEntropy(labels.clone()), &[&[6, 3]]),
        case(Operation::CrossEntropyPerPixel(labels), &[&[2, 3, 1, 3]]),
    ]);
    cases
}

/// Every operation at sizes of several blocks and of none, whole and broken, whichever way the kernels divide the work.
pub fn large() -> Vec<Case> {
    use Padding::{None, Reflect, Zero};
    let convolutions: [Convolution; 30] = [
        ([5, 3, 6, 5], [4, 3, 3], 1, Reflect(1)),
        ([70, 2, 5, 4], [3, 3, 3], 1, Zero(1)),
        ([3, 4, 17, 16], [5, 3, 3], 1, Zero(1)),
        ([2, 3, 33, 35], [7, 3, 3], 1, Reflect(1)),
        ([2, 3, 67, 41], [2, 3, 3], 2, Reflect(1)),
        ([1, 70, 13, 11], [9, 3, 3], 2, Reflect(1)),
        ([1, 2, 5, 700], [3, 3, 3], 1, Reflect(1)),
        ([1, 2, 700, 3], [3, 3, 3], 3, Reflect(2)),
        ([2, 17, 24, 23], [33, 1, 1], 1, None),
        ([5, 17, 9, 8], [16, 1, 1], 1, None),
        ([3, 10, 6, 6], [130, 1, 1], 1, None),
        ([2, 16, 31, 33], [3, 1, 1], 1, None),
        ([2, 3, 31, 25], [3, 1, 1], 2, None),
        ([2, 17, 9, 8], [100, 5, 3], 3, Zero(2)),
        ([1, 2, 9, 8], [3, 7, 6], 1, Reflect(5)),
        ([1, 40, 50, 47], [3, 5, 4], 1, Reflect(3)),
        ([1, 1, 4, 4], [2, 7, 7], 2, Reflect(3)),
        ([2, 2, 3, 4], [2, 2, 5], 3, Zero(7)),
        ([1, 16, 3, 3], [16, 3, 3], 1, Reflect(1)),
        ([3, 17, 7, 9], [19, 3, 3], 1, Reflect(1)),
        ([2, 18, 5, 6], [16, 3, 3], 1, Zero(2)),
        ([2, 16, 9, 8], [21, 3, 3], 1, None),
        ([3, 40, 33, 30], [36, 3, 3], 1, Reflect(2)),
        ([1, 33, 8, 150], [32, 3, 3], 1, Zero(1)),
        ([3, 17, 9, 14], [19, 3, 3], 2, Reflect(1)),
        ([2, 16, 32, 31], [40, 3, 3], 2, Zero(1)),
        ([5, 33, 8, 16], [16, 3, 3], 2, None),
        ([1, 16, 7, 200], [17, 3, 3], 2, Reflect(3)),
        ([2, 512, 16, 16], [40, 3, 3], 1, Reflect(1)),
        ([2, 512, 16, 16], [40, 3, 3], 2, Reflect(1)),
    ];
    let mut cases = convolutions.map(convolution).to_vec();
    for (x, outputs) in [([2, 3, 5, 4], 9), ([1, 20, 70, 13], 2), ([1, 1, 1, 600], 1), ([3, 105, 5, 9], 70)] {
        cases.push(up_convolution(x, outputs));
    }
    let labels = (0..700).map(|i| i * i % 3).collect::<Vec<_>>();
    cases.extend([
        linear([70, 5, 3]),
        linear([9, 33, 7]),
        case(Operation::Affine, &[&[3, 5, 7, 9], &[5], &[5]]),
        case(Operation::Relu, &[&[3, 5, 7, 900]]),
        case(Operation::MaxPool, &[&[3, 5, 6, 34]]),
        case(Operation::Subsample, &[&[3, 5, 6, 34]]),
        case(Operation::Average, &[&[3, 5, 23, 29]]),
        case(Operation::OnePosition, &[&[3, 5, 23, 29]]),
        case(Operation::BatchNorm(1e-5), &[&[3, 4, 23, 29]]),
        case(Operation::BatchNorm(1e-5), &[&[40, 2, 4, 5]]),
        case(Operation::CrossEntropy(labels.clone()), &[&[700, 3]]),
        case(Operation::CrossEntropyPerPixel(labels), &[&[7, 3, 10, 10]]),
        case(Operation::Concatenate, &[&[2, 3, 7, 5], &[2, 4, 7, 5]]),
    ]);
    cases
}

pub fn case(operation: Operation, shapes: &[&[usize]]) -> Case {
    Case { operation, shapes: shapes.iter().map(|shape| shape.to_vec()).collect() }
}

fn convolution((x, [outputs, height, width], stride, padding): Convolution) -> Case {
    let kernel = [outputs, x[1], height, width];
    case(Operation::Convolve(Window { stride, padding }), &[&x, &kernel, &[outputs]])
}

fn up_convolution(x: [usize; 4], outputs: usize) -> Case {
    case(Operation::UpConvolve, &[&x, &[x[1], outputs, 2, 2], &[outputs]])
}

fn linear([images, inputs, outputs]: [usize; 3]) -> Case {
    case(Operation::Linear, &[&[images, inputs], &[outputs, inputs], &[outputs]])
}
