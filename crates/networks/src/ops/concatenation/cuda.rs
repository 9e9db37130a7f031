//! Maps stacked along channels, on a card.

use super::Concatenation;
use crate::cuda::pass::Pass;
use crate::cuda::{Address, Machine};
use crate::operation::{Backward, CudaKernel, CudaPass, Launched};

/// Parameters of the kernels.
#[derive(Clone, Copy)]
#[repr(C)]
struct Parameters {
    maps: Pass,
    first: i64,
    all: i64,
}

impl Concatenation {
    /// Runs a kernel for one part after the other.
    fn run<M: Machine>(&self, machine: &M, kernel: &'static str, parts: [Pass; 2]) -> Launched<M> {
        let all = (self.channels[0] + self.channels[1]) as i64;
        for ((maps, channels), first) in parts.into_iter().zip(self.channels).zip([0, self.channels[0]]) {
            let count = self.images * channels * self.positions;
            machine.each(kernel, count, Parameters { maps, first: first as i64, all })?;
        }
        Ok(())
    }

    fn over(&self, part: usize) -> Pass {
        Pass::along([self.images, self.channels[part], self.positions])
    }
}

impl CudaKernel<2> for Concatenation {
    fn forward<M: Machine>(&self, machine: &M, inputs: [Address; 2], to: Address) -> Launched<M> {
        let parts = [0, 1].map(|part| Pass { x: inputs[part], to, ..self.over(part) });
        self.run(machine, "concatenate", parts)
    }

    fn backward<M: Machine>(
        &self,
        machine: &M,
        Backward { dy: gradient, gradients, .. }: CudaPass<2>,
    ) -> Launched<M> {
        let parts = [0, 1].map(|part| Pass { gradient, to: gradients[part], ..self.over(part) });
        self.run(machine, "concatenate_back", parts)
    }
}
