//! What does not fit is refused, with a reason, and never by a panic.

use crate::operations::{Operation, case};
use crate::setup::random;
use dfdx::tensor::{Cpu, Trace};
use dfdx::tensor_ops::PermuteTo;
use networks::ops::{self, Padding, Window};
use networks::{Maps, NetworkError};

#[test]
fn shapes_and_labels_that_do_not_fit() {
    use Operation::{
        Affine, Average, BatchNorm, Concatenate, CrossEntropy, CrossEntropyPerPixel, Linear, MaxPool,
        OnePosition, Subsample, UpConvolve,
    };
    let convolve = |stride, padding| Operation::Convolve(Window { stride, padding });
    let plain = convolve(1, Padding::None);
    let cases: &[(Operation, &[&[usize]], &str)] = &[
        (plain.clone(), &[&[1, 2, 4, 4], &[1, 3, 3, 3]], "the kernel's input channels must be 2, not 3"),
        (plain.clone(), &[&[1, 2, 4, 4], &[4, 2, 3, 3], &[3]], "the number of biases must be 4, not 3"),
        (convolve(0, Padding::None), &[&[1, 2, 4, 4], &[1, 2, 3, 3]], "the stride must be at least 1, not 0"),
        (plain.clone(), &[&[0, 2, 4, 4], &[1, 2, 3, 3]], "must be at least 1, not 0"),
        (plain.clone(), &[&[1, 0, 4, 4], &[1, 0, 3, 3]], "must be at least 1, not 0"),
        (plain.clone(), &[&[1, 2, 0, 4], &[1, 2, 3, 3]], "must be at least 1, not 0"),
        (plain.clone(), &[&[1, 2, 4, 0], &[1, 2, 3, 3]], "must be at least 1, not 0"),
        (plain.clone(), &[&[1, 2, 4, 4], &[0, 2, 3, 3]], "must be at least 1, not 0"),
        (plain.clone(), &[&[1, 2, 4, 4], &[1, 2, 0, 3]], "must be at least 1, not 0"),
        (plain, &[&[1, 2, 4, 4], &[1, 2, 3, 0]], "must be at least 1, not 0"),
        (
            convolve(1, Padding::Reflect(3)),
            &[&[1, 1, 5, 3], &[1, 1, 3, 3]],
            "maps of 5×3 cannot be padded by reflection with 3",
        ),
        (
            convolve(1, Padding::Zero(1)),
            &[&[1, 1, 3, 4], &[1, 1, 3, 7]],
            "a kernel of 3×7 does not fit on maps of 5×6",
        ),
        (UpConvolve, &[&[1, 2, 4, 4], &[3, 2, 2, 2]], "the kernel's input channels must be"),
        (
            UpConvolve,
            &[&[1, 2, 4, 4], &[2, 2, 3, 2]],
            "the height of an up-convolution's kernel must be 2, not 3",
        ),
        (
            UpConvolve,
            &[&[1, 2, 4, 4], &[2, 2, 2, 1]],
            "the width of an up-convolution's kernel must be 2, not 1",
        ),
        (UpConvolve, &[&[0, 2, 4, 4], &[2, 2, 2, 2]], "must be at least 1, not 0"),
        (UpConvolve, &[&[1, 2, 4, 4], &[2, 0, 2, 2]], "must be at least 1, not 0"),
        (MaxPool, &[&[1, 1, 3, 4]], "max-pooling needs even heights and widths, not 3×4"),
        (MaxPool, &[&[1, 1, 0, 2]], "must be at least 1, not 0"),
        (Subsample, &[&[1, 1, 4, 3]], "subsampling needs even heights and widths, not 4×3"),
        (Subsample, &[&[1, 1, 2, 0]], "must be at least 1, not 0"),
        (Average, &[&[1, 1, 0, 2]], "must be at least 1, not 0"),
        (OnePosition, &[&[1, 1, 2, 0]], "must be at least 1, not 0"),
        (Concatenate, &[&[1, 3, 4, 4], &[2, 1, 4, 4]], "must be 1, not 2"),
        (Concatenate, &[&[1, 3, 4, 4], &[1, 1, 5, 4]], "must be 4, not 5"),
        (Concatenate, &[&[1, 3, 4, 4], &[1, 1, 4, 5]], "must be 4, not 5"),
        (Linear, &[&[2, 3], &[4, 5]], "must be 3, not 5"),
        (Affine, &[&[2, 3], &[4], &[3]], "the number of gains must be 3, not 4"),
        (Affine, &[&[2, 3], &[3], &[4]], "the number of shifts must be 3, not 4"),
        (BatchNorm(1e-5), &[&[0, 2, 3, 3]], "must be at least 1, not 0"),
        (CrossEntropy(vec![0, 3]), &[&[2, 3]], "label 3 at position 1, but classes run from 0 to 2"),
        (CrossEntropy(vec![0]), &[&[2, 3]], "must be 2, not 1"),
        (CrossEntropy(vec![]), &[&[0, 3]], "must be at least 1, not 0"),
        (CrossEntropyPerPixel(vec![0, 1, 1]), &[&[1, 2, 2, 2]], "must be 4, not 3"),
    ];
    for (operation, shapes, reason) in cases {
        let case = case(operation.clone(), shapes);
        let refused = case.evaluate::<f32, _>(&Cpu::default(), &case.inputs(1), None).map(|_| ());
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(reason), "{case:?}: {refused}");
    }
}

/// The gradient of a transposed tensor would be added in the wrong places, and one gradient cannot be two at once.
#[test]
fn views_with_a_tape_and_a_tensor_beside_itself() {
    let x: Maps<f32, Cpu> = random((1, 1, 2, 4), 1);
    let view = x.clone().permute::<(usize, usize, usize, usize), dfdx::shapes::Axes4<0, 1, 3, 2>>();
    assert_eq!(ops::relu(view.leaky_trace()).map(drop).unwrap_err(), NetworkError::Strided);
    assert!(ops::relu(view).is_ok());
    assert_eq!(ops::concatenate(x.leaky_trace(), &x).map(drop).unwrap_err(), NetworkError::Twice);
    assert!(ops::concatenate(x.clone(), &x).is_ok());
}
