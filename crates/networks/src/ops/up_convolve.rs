//! The up-convolution of the U-Net: a transposed convolution of 2×2 with stride 2, where no two windows overlap.

use super::tape::{Weighted, record_weighted};
use crate::failure::{Failure, agree, nonzero};
use crate::kernels::{Kernel, Kernels, Maps, PerChannel};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{PutTape, SplitTape, Tape};

/// Doubles height and width: each position becomes a 2×2 block, weighted by a kernel of in × out × 2 × 2, plus a bias per
/// output channel. Fails where shapes do not fit.
pub fn up_convolve<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
    kernel: &Kernel<E, D>,
    bias: Option<&PerChannel<E, D>>,
) -> Result<Maps<E, D, T>, Failure> {
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
    let (x, mut tape) = x.split_tape();
    let y = x.device().up_convolve(&x, kernel, bias).map_err(Failure::device)?;
    let layer = Weighted { x, weights: kernel.clone(), bias: bias.cloned(), input: true };
    record_weighted(&mut tape, layer, &y, move |device, x, kernel, dy, gradients| {
        device.up_convolve_backward(x, kernel, dy, gradients)
    })?;
    Ok(y.put_tape(tape))
}
