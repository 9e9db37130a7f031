//! The up-convolution on a card: the adjoint of the convolution of its 2×2 blocks with stride 2.

use super::UpConvolution;
use crate::cuda::pass::add_channel_sums;
use crate::cuda::{Address, Machine};
use crate::operation::{Backward, CudaKernel, CudaPass, Launched};
use crate::ops::convolution::{Convolution, Padding, Window, kernel_gradient, write_input, write_output};

impl UpConvolution {
    /// The convolution of y to x.
    fn adjoint(&self) -> Convolution {
        let Self { images, inputs, outputs, height, width } = *self;
        let window = Window { stride: 2, padding: Padding::None };
        Convolution::new((images, outputs, 2 * height, 2 * width), (inputs, outputs, 2, 2), window)
            .expect("the operation refuses maps without positions")
    }
}

impl CudaKernel<3> for UpConvolution {
    fn forward<M: Machine>(&self, machine: &M, [x, kernel, bias]: [Address; 3], y: Address) -> Launched<M> {
        write_input(machine, &self.adjoint(), [x, kernel, bias, y], false)
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<3>) -> Launched<M> {
        let Backward { inputs: [x, kernel, _], dy, gradients: [dx, dkernel, dbias], .. } = pass;
        let adjoint = self.adjoint();
        add_channel_sums(machine, [self.images, self.outputs, 4 * self.height * self.width], dy, dbias)?;
        kernel_gradient(machine, &adjoint, [dy, x, dkernel])?;
        match dx {
            0 => Ok(()),
            dx => write_output(machine, &adjoint, [dy, kernel, 0, dx], true),
        }
    }
}
