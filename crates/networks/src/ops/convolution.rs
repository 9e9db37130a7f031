//! Convolution: one output channel is the sum over input channels of maps correlated with kernels, plus a bias.

mod cpu;
mod cuda;
#[cfg(test)]
mod tests;
mod window;

pub(super) use cpu::add_in_order;
pub(super) use cuda::{kernel_gradient, write_input, write_output};
pub use window::{Convolution, Padding, Window};

use crate::error::{NetworkError, agree};
use crate::kernels::Kernels;
use crate::operation::Operation;
use crate::tape::{Input, apply};
use crate::tensors::{Kernel, Maps, PerChannel};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{SplitTape, Tape};

/// Convolves maps with a kernel and adds a bias per output channel.
///
/// # Errors
/// Shapes that do not fit.
pub fn convolve<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
    kernel: &Kernel<E, D>,
    bias: Option<&PerChannel<E, D>>,
    window: Window,
) -> Result<Maps<E, D, T>, NetworkError> {
    convolve_input(x, Input::of, kernel, bias, window)
}

/// As [`convolve`], for images: data that the loss is not differentiated by, which spares their gradient's work.
///
/// # Errors
/// Shapes that do not fit.
pub fn convolve_images<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    images: Maps<E, D, T>,
    kernel: &Kernel<E, D>,
    bias: Option<&PerChannel<E, D>>,
    window: Window,
) -> Result<Maps<E, D, T>, NetworkError> {
    convolve_input(images, Input::constant, kernel, bias, window)
}

fn convolve_input<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
    input: impl Fn(&Maps<E, D>) -> Result<Input<E, D>, NetworkError>,
    kernel: &Kernel<E, D>,
    bias: Option<&PerChannel<E, D>>,
    window: Window,
) -> Result<Maps<E, D, T>, NetworkError> {
    let convolution = Convolution::new(*x.shape(), *kernel.shape(), window)?;
    if let Some(bias) = bias {
        agree("the number of biases", convolution.outputs, bias.shape().0)?;
    }
    let (x, tape) = x.split_tape();
    let inputs = [Some(input(&x)?), Some(Input::of(kernel)?), bias.map(Input::of).transpose()?];
    apply(convolution, inputs, convolution.out_shape(), tape)
}

impl Operation<3> for Convolution {
    const READS: [bool; 3] = [true, true, false];
}
