//! The kernels for a card, run on the processor, against the kernels for the processor, in double and in single precision,
//! with gradients that are not zero beforehand.

mod nvidia;
mod processor;
pub(crate) mod recorder;

use super::Address;
use crate::operation::{Backward, CpuKernel, CudaKernel, Operation, Real};
use num_traits::ToPrimitive;
use processor::Processor;
use std::any::type_name;
use std::sync::LazyLock;

/// Images × channels × positions: many positions, many images, and neither.
pub(crate) const EXTENTS: [[usize; 3]; 3] = [[3, 4, 23 * 29], [700, 3, 1], [40, 2, 20]];

/// An operation, and the lengths of its inputs.
pub(crate) struct Case<O, const N: usize> {
    operation: O,
    lengths: [usize; N],
    nonnegative: Option<usize>,
}

impl<O: Operation<N>, const N: usize> Case<O, N> {
    pub(crate) fn of(operation: O, lengths: [usize; N]) -> Self {
        Self { operation, lengths, nonnegative: None }
    }

    /// One of the inputs has no negative numbers.
    pub(crate) fn nonnegative(self, input: usize) -> Self {
        Self { nonnegative: Some(input), ..self }
    }

    /// Forward and backward on both sides, with differences in units of the largest number.
    fn check<E: Real>(&self, card: &Processor<E>, tolerance: f64) {
        let what = format!("{} of {:?} {}", type_name::<O>(), self.lengths, type_name::<E>());
        let mut inputs: [Vec<E>; N] = std::array::from_fn(|index| numbers(self.lengths[index], index));
        if let Some(input) = self.nonnegative {
            inputs[input].iter_mut().for_each(|number| *number = number.abs());
        }
        let y = CpuKernel::forward(&self.operation, inputs.each_ref().map(Vec::as_slice));
        let mut on_card = vec![E::nan(); y.len()];
        let addresses = inputs.each_ref().map(|input| address(input));
        let Ok(()) = CudaKernel::forward(&self.operation, card, addresses, target(&mut on_card));
        near(&what, &on_card, &y, tolerance);

        let dy = numbers(y.len(), 10);
        let reads = |read: bool, array: &[E]| if read { address(array) } else { 0 };
        let slots: [Vec<E>; N] = std::array::from_fn(|index| numbers(self.lengths[index], 20 + index));
        let (mut expected, mut found) = (slots.clone(), slots);
        let pass = Backward {
            inputs: std::array::from_fn(|index| if O::READS[index] { &inputs[index][..] } else { &[] }),
            output: if O::READS_OUTPUT { &y } else { &[] },
            dy: &dy[..],
            gradients: expected.each_mut().map(Vec::as_mut_slice),
        };
        CpuKernel::backward(&self.operation, pass);
        let pass = Backward {
            inputs: std::array::from_fn(|index| reads(O::READS[index], &inputs[index])),
            output: reads(O::READS_OUTPUT, &y),
            dy: address(&dy),
            gradients: found.each_mut().map(|gradient| target(gradient)),
        };
        let Ok(()) = CudaKernel::backward(&self.operation, card, pass);
        for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
            near(&format!("gradient {index} of {what}"), found, expected, tolerance);
        }
    }
}

/// Checks operations in both precisions.
pub(crate) fn agree<O: Operation<N>, const N: usize>(cases: &[Case<O, N>]) {
    static DOUBLE: LazyLock<Processor<f64>> = LazyLock::new(|| Processor::new("double"));
    static SINGLE: LazyLock<Processor<f32>> = LazyLock::new(|| Processor::new("float"));
    for case in cases {
        case.check(&DOUBLE, 1e-13);
        case.check(&SINGLE, 1e-6);
    }
}

/// Numbers between -1 and 1 that look random.
fn numbers<E: Real>(count: usize, salt: usize) -> Vec<E> {
    let mut state = (salt as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let number = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        E::narrow((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0)
    };
    std::iter::repeat_with(number).take(count).collect()
}

/// Where numbers lie that a kernel reads.
fn address<E>(numbers: &[E]) -> Address {
    numbers.as_ptr() as Address
}

/// Where numbers lie that a kernel writes.
fn target<E>(numbers: &mut [E]) -> Address {
    numbers.as_mut_ptr() as Address
}

fn near<E: ToPrimitive>(what: &str, found: &[E], expected: &[E], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let wide = |number: &E| number.to_f64().unwrap();
    let scale = expected.iter().map(|number| wide(number).abs()).fold(0.0, f64::max);
    let differences = found.iter().zip(expected).map(|(a, b)| (wide(a) - wide(b)).abs());
    // Not `max`, which overlooks what is not a number.
    let worst = differences.fold(0.0, |worst, next| if next <= worst { worst } else { next });
    assert!(worst <= tolerance * scale, "{what}: {worst} of {scale}");
}
