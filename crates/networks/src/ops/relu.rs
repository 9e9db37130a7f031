//! The rectified linear unit.

mod cpu;
mod cuda;
#[cfg(test)]
pub(super) mod tests;

use crate::error::NetworkError;
use crate::kernels::Kernels;
use crate::operation::Operation;
use crate::tape::apply_in_place;
use dfdx::dtypes::Dtype;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Tape, Tensor};

/// max(0, x), element by element; the derivative at 0 is 0. What is not a number stays so.
pub fn relu<S: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Tensor<S, E, D, T>,
) -> Result<Tensor<S, E, D, T>, NetworkError> {
    let count = x.shape().num_elements();
    apply_in_place(Relu { count }, x)
}

/// max(0, x) of so many numbers.
struct Relu {
    count: usize,
}

impl Operation<1> for Relu {
    /// The sign of the output is that of the input: the pre-activations need not stay alive.
    const READS_OUTPUT: bool = true;
}
