//! Convolution: one output channel is the sum over input channels of maps correlated with kernels, plus a bias.

use super::tape::{Weighted, record_weighted};
use super::window::{Convolution, Window};
use crate::failure::{Failure, agree};
use crate::kernels::{Kernel, Kernels, Maps, PerChannel};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{PutTape, SplitTape, Tape};

/// Convolves maps with a kernel and adds a bias per output channel. Fails where shapes do not fit.
pub fn convolve<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
    kernel: &Kernel<E, D>,
    bias: Option<&PerChannel<E, D>>,
    window: Window,
) -> Result<Maps<E, D, T>, Failure> {
    differentiable(x, kernel, bias, window, true)
}

/// As [`convolve`], for images: data that the loss is not differentiated by, which spares their gradient's work.
pub fn convolve_images<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    images: Maps<E, D, T>,
    kernel: &Kernel<E, D>,
    bias: Option<&PerChannel<E, D>>,
    window: Window,
) -> Result<Maps<E, D, T>, Failure> {
    differentiable(images, kernel, bias, window, false)
}

fn differentiable<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
    kernel: &Kernel<E, D>,
    bias: Option<&PerChannel<E, D>>,
    window: Window,
    with_input: bool,
) -> Result<Maps<E, D, T>, Failure> {
    let shape = Convolution::new(*x.shape(), *kernel.shape(), window)?;
    if let Some(bias) = bias {
        agree("the number of biases", shape.outputs, bias.shape().0)?;
    }
    let (x, mut tape) = x.split_tape();
    let y = x.device().convolve(&x, kernel, bias, &shape).map_err(Failure::device)?;
    let layer = Weighted { x, weights: kernel.clone(), bias: bias.cloned(), input: with_input };
    record_weighted(&mut tape, layer, &y, move |device, x, kernel, dy, gradients| {
        device.convolve_backward(x, kernel, &shape, dy, gradients)
    })?;
    Ok(y.put_tape(tape))
}
