//! What does not fit is refused, with a reason, and never by a panic.

use crate::setup::random;
use dfdx::tensor::{Cpu, Trace};
use dfdx::tensor_ops::PermuteTo;
use networks::ops::{self, Padding, Window};
use networks::{Maps, NetworkError, Rows};

fn maps(shape: (usize, usize, usize, usize)) -> Maps<f32, Cpu> {
    random(shape, 1)
}

fn convolve(
    shape: (usize, usize, usize, usize),
    kernel: (usize, usize, usize, usize),
    stride: usize,
    padding: Padding,
) -> Result<(), NetworkError> {
    ops::convolve(maps(shape), &maps(kernel), None, Window { stride, padding }).map(drop)
}

#[test]
fn convolutions() {
    let padding = Padding::None;
    let mismatch = NetworkError::Mismatch { what: "the kernel's input channels", expected: 2, found: 3 };
    assert_eq!(convolve((1, 2, 4, 4), (1, 3, 3, 3), 1, padding), Err(mismatch));
    assert_eq!(
        convolve((1, 2, 4, 4), (1, 2, 3, 3), 0, padding),
        Err(NetworkError::Zero { what: "the stride" })
    );
    for (shape, kernel) in [
        ((0, 2, 4, 4), (1, 2, 3, 3)),
        ((1, 0, 4, 4), (1, 0, 3, 3)),
        ((1, 2, 0, 4), (1, 2, 3, 3)),
        ((1, 2, 4, 0), (1, 2, 3, 3)),
        ((1, 2, 4, 4), (0, 2, 3, 3)),
        ((1, 2, 4, 4), (1, 2, 0, 3)),
        ((1, 2, 4, 4), (1, 2, 3, 0)),
    ] {
        assert!(
            matches!(convolve(shape, kernel, 1, padding), Err(NetworkError::Zero { .. })),
            "{shape:?} {kernel:?}"
        );
    }
    let reflection = NetworkError::Reflection { padding: 3, height: 5, width: 3 };
    assert_eq!(convolve((1, 1, 5, 3), (1, 1, 3, 3), 1, Padding::Reflect(3)), Err(reflection));
    assert_eq!(convolve((1, 1, 5, 4), (1, 1, 3, 3), 1, Padding::Reflect(3)), Ok(()));
    let too_large = NetworkError::KernelTooLarge { kernel_height: 3, kernel_width: 7, height: 5, width: 6 };
    assert_eq!(convolve((1, 1, 3, 4), (1, 1, 3, 7), 1, Padding::Zero(1)), Err(too_large));
    let bias = NetworkError::Mismatch { what: "the number of biases", expected: 4, found: 3 };
    let window = Window { stride: 1, padding };
    let refused = ops::convolve(maps((1, 2, 4, 4)), &maps((4, 2, 3, 3)), Some(&random((3,), 1)), window);
    assert_eq!(refused.map(drop), Err(bias));
}

#[test]
fn up_convolutions() {
    let refused = |shape, kernel| ops::up_convolve(maps(shape), &maps(kernel), None).map(drop);
    for (kernel, what) in [
        ((3, 2, 2, 2), "the kernel's input channels"),
        ((2, 2, 3, 2), "the height of an up-convolution's kernel"),
        ((2, 2, 2, 1), "the width of an up-convolution's kernel"),
    ] {
        let found = refused((1, 2, 4, 4), kernel);
        assert!(
            matches!(found, Err(NetworkError::Mismatch { what: found, .. }) if found == what),
            "{found:?}"
        );
    }
    assert!(matches!(refused((0, 2, 4, 4), (2, 2, 2, 2)), Err(NetworkError::Zero { .. })));
    assert!(matches!(refused((1, 2, 4, 4), (2, 0, 2, 2)), Err(NetworkError::Zero { .. })));
}

#[test]
fn windows() {
    for (height, width) in [(3, 4), (4, 3), (1, 1)] {
        let odd = |operation| NetworkError::OddSize { operation, height, width };
        assert_eq!(ops::max_pool(maps((1, 1, height, width))).map(drop), Err(odd("max-pooling")));
        assert_eq!(ops::subsample(maps((1, 1, height, width))).map(drop), Err(odd("subsampling")));
    }
    assert!(matches!(ops::max_pool(maps((1, 1, 0, 2))).map(drop), Err(NetworkError::Zero { .. })));
    assert!(matches!(ops::subsample(maps((1, 1, 2, 0))).map(drop), Err(NetworkError::Zero { .. })));
    assert!(matches!(ops::average(maps((1, 1, 0, 2))).map(drop), Err(NetworkError::Zero { .. })));
    assert!(matches!(ops::one_position(maps((1, 1, 2, 0))).map(drop), Err(NetworkError::Zero { .. })));
}

#[test]
fn shapes_that_differ() {
    for other in [(2, 1, 4, 4), (1, 1, 5, 4), (1, 1, 4, 5)] {
        let refused = ops::concatenate(maps((1, 3, 4, 4)), &maps(other)).map(drop);
        assert!(matches!(refused, Err(NetworkError::Mismatch { .. })), "{other:?}");
    }
    let rows: Rows<f32, Cpu> = random((2, 3), 1);
    let weights: Rows<f32, Cpu> = random((4, 5), 1);
    assert!(matches!(ops::linear(rows, &weights, None).map(drop), Err(NetworkError::Mismatch { .. })));
    let refused = ops::batch_norm(maps((0, 2, 3, 3)), 1e-5).map(drop);
    assert!(matches!(refused, Err(NetworkError::Zero { .. })));
}

#[test]
fn labels() {
    let rows = || -> Rows<f32, Cpu> { random((2, 3), 1) };
    let loss = |labels: &[usize]| ops::cross_entropy(rows(), labels).map(drop);
    assert_eq!(loss(&[0, 3]), Err(NetworkError::NoSuchClass { label: 3, position: 1, last: 2 }));
    assert!(matches!(loss(&[0]), Err(NetworkError::Mismatch { .. })));
    let pixels = ops::cross_entropy_per_pixel(maps((1, 2, 2, 2)), &[0, 1, 1]).map(drop);
    assert!(matches!(pixels, Err(NetworkError::Mismatch { expected: 4, found: 3, .. })));
    let none: Rows<f32, Cpu> = random((0, 3), 1);
    assert!(matches!(ops::cross_entropy(none, &[]).map(drop), Err(NetworkError::Zero { .. })));
}

/// The gradient of a transposed tensor would be added in the wrong places.
#[test]
fn views_with_a_tape() {
    let view =
        || maps((1, 1, 2, 4)).permute::<(usize, usize, usize, usize), dfdx::shapes::Axes4<0, 1, 3, 2>>();
    assert_eq!(ops::relu(view().leaky_trace()).map(drop).unwrap_err(), NetworkError::Strided);
    assert!(ops::relu(view()).is_ok());
}

/// Nor can one gradient be two at once.
#[test]
fn a_tensor_beside_itself() {
    let x = maps((1, 1, 2, 4));
    assert_eq!(ops::concatenate(x.leaky_trace(), &x).map(drop).unwrap_err(), NetworkError::Twice);
    assert!(ops::concatenate(x.clone(), &x).is_ok());
}
