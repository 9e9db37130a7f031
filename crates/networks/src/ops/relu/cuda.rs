//! The rectified linear unit on a card.

use super::Relu;
use crate::cuda::pass::Pass;
use crate::cuda::{Address, Machine};
use crate::operation::{Backward, CudaKernel, CudaPass, Launched};

impl CudaKernel<1> for Relu {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Launched<M> {
        machine.each("relu", self.count, Pass { x, to, ..Pass::along([1, 1, self.count]) })
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<1>) -> Launched<M> {
        let Backward { output: x, dy: gradient, gradients: [to], .. } = pass;
        machine.each("relu_back", self.count, Pass { x, gradient, to, ..Pass::along([1, 1, self.count]) })
    }
}
