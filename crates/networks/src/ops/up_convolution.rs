//! The up-convolution of the U-Net: a transposed convolution of 2×2 with stride 2, where no two windows overlap.

mod cpu;
mod cuda;
#[cfg(test)]
pub(super) mod tests;

use crate::error::{NetworkError, agree, nonzero};
use crate::kernels::Kernels;
use crate::operation::Operation;
use crate::tape::{Input, apply};
use crate::tensors::{Kernel, Maps, PerChannel};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{SplitTape, Tape};

/// Doubles height and width: each position becomes a 2×2 block, weighted by a kernel of in × out × 2 × 2, plus a bias per
/// output channel.
///
/// # Errors
/// Shapes that do not fit.
pub fn up_convolve<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
    kernel: &Kernel<E, D>,
    bias: Option<&PerChannel<E, D>>,
) -> Result<Maps<E, D, T>, NetworkError> {
    let (images, inputs, height, width) = *x.shape();
    let (kernel_inputs, outputs, kernel_height, kernel_width) = *kernel.shape();
    agree("the kernel's input channels", inputs, kernel_inputs)?;
    agree("the height of an up-convolution's kernel", 2, kernel_height)?;
    agree("the width of an up-convolution's kernel", 2, kernel_width)?;
    nonzero("the size of the maps", images * inputs * height * width)?;
    nonzero("output channels", outputs)?;
    if let Some(bias) = bias {
        agree("the number of biases", outputs, bias.shape().0)?;
    }
    let (x, tape) = x.split_tape();
    let arrays = [Some(Input::of(&x)?), Some(Input::of(kernel)?), bias.map(Input::of).transpose()?];
    let operation = UpConvolution { images, inputs, outputs, height, width };
    apply(operation, arrays, (images, outputs, 2 * height, 2 * width), tape)
}

/// y\[2i+a, 2j+b\] = Σ x\[i, j\] kernel\[a, b\] + bias, of x (images × inputs × height × width), kernel (inputs × outputs ×
/// 2 × 2) and bias.
#[derive(Clone, Copy)]
struct UpConvolution {
    images: usize,
    inputs: usize,
    outputs: usize,
    height: usize,
    width: usize,
}

impl Operation<3> for UpConvolution {
    const READS: [bool; 3] = [true, true, false];
}
