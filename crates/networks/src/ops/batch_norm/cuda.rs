//! Batch normalisation on a card.

use super::{Moments, Normalisation};
use crate::cuda::pass::Pass;
use crate::cuda::{Address, Machine};
use crate::operation::{Backward, CudaKernel, CudaPass, Launched};

/// Parameters of the kernels that normalise.
#[derive(Clone, Copy)]
#[repr(C)]
struct Parameters {
    maps: Pass,
    statistics: Address,
    epsilon: f64,
}

impl CudaKernel<1> for Moments {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Launched<M> {
        machine.sums("moments", self.extents[1], Pass { x, to, ..Pass::along(self.extents) })
    }

    /// [`Normalisation`] goes back through these as well.
    fn backward<M: Machine>(&self, _: &M, _: CudaPass<1>) -> Launched<M> {
        Ok(())
    }
}

impl CudaKernel<2> for Normalisation {
    fn forward<M: Machine>(&self, machine: &M, [x, statistics]: [Address; 2], to: Address) -> Launched<M> {
        let maps = Pass { x, to, ..Pass::along(self.extents) };
        let parameters = Parameters { maps, statistics, epsilon: self.epsilon };
        machine.each("normalise", self.extents.iter().product(), parameters)
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<2>) -> Launched<M> {
        let Backward { inputs: [_, statistics], output: x, dy: gradient, gradients: [to, _] } = pass;
        let maps = Pass { x, gradient, to, ..Pass::along(self.extents) };
        let parameters = Parameters { maps, statistics, epsilon: self.epsilon };
        machine.sums("normalise_back", self.extents[1], parameters)
    }
}
