//! Convolution on the processor: most 3×3 convolutions of stride 1 go the way of `winograd`, the others that of `direct`.

mod direct;
mod flat;
mod padded;
mod winograd;

pub(in crate::ops) use direct::add_in_order;

use super::Convolution;
use crate::cpu::allocator::keep_freed;
use crate::cpu::sums::add_channel_sums;
use crate::operation::{Backward, CpuKernel, CpuPass, Real};
use winograd::Winograd;

impl CpuKernel<3> for Convolution {
    fn forward<E: Real>(&self, [x, kernel, bias]: [&[E]; 3]) -> Vec<E> {
        keep_freed();
        let bias = Some(bias).filter(|bias| !bias.is_empty());
        match Winograd::serves(self) {
            Some(fast) => fast.convolve(x, kernel, bias),
            None => direct::convolve(x, kernel, bias, self),
        }
    }

    fn backward<E: Real>(&self, pass: CpuPass<'_, 3, E>) {
        let Backward { inputs: [x, kernel, _], dy, gradients: [dx, dkernel, dbias], .. } = pass;
        add_channel_sums(dy, [self.images, self.outputs, self.positions()], dbias);
        let dx = Some(dx).filter(|dx| !dx.is_empty());
        if let Some(fast) = Winograd::serves(self) {
            return fast.backward(x, kernel, dy, dx, dkernel);
        }
        direct::weights(x, self, dy, dkernel);
        if let Some(dx) = dx {
            direct::input(kernel, self, dy, dx);
        }
    }
}
