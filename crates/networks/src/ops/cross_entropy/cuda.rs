//! The cross entropy on a card.

use super::CrossEntropy;
use crate::cuda::pass::Pass;
use crate::cuda::{Address, Machine};
use crate::operation::{Backward, CudaKernel, CudaPass, Launched};

/// Parameters of the kernels.
#[derive(Clone, Copy)]
#[repr(C)]
struct Parameters {
    maps: Pass,
    losses: Address,
    labels: Address,
}

impl CrossEntropy {
    fn upload<M: Machine>(&self, machine: &M) -> Result<M::Buffer, M::Error> {
        machine.upload(self.labels.iter().map(|label| *label as u64).collect())
    }
}

impl CudaKernel<1> for CrossEntropy {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Launched<M> {
        let (labels, losses) = (self.upload(machine)?, machine.buffer(self.labels.len() * size_of::<f64>())?);
        let maps = Pass { x, to, ..Pass::along(self.extents) };
        let parameters = Parameters { maps, losses: M::address(&losses), labels: M::address(&labels) };
        machine.each("losses", self.labels.len(), parameters)?;
        machine.sums("mean_loss", 1, parameters)
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<1>) -> Launched<M> {
        let Backward { inputs: [x], dy: gradient, gradients: [to], .. } = pass;
        let labels = self.upload(machine)?;
        let maps = Pass { x, gradient, to, ..Pass::along(self.extents) };
        let parameters = Parameters { maps, losses: 0, labels: M::address(&labels) };
        machine.each("losses_back", self.labels.len(), parameters)
    }
}
