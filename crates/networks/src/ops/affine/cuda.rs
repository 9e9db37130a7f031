//! Gain and shift of each channel on a card.

use super::Affine;
use crate::cuda::pass::{Pass, add_channel_sums};
use crate::cuda::{Address, Machine};
use crate::operation::{Backward, CudaKernel, CudaPass, Launched};

/// Parameters of the kernels.
#[derive(Clone, Copy)]
#[repr(C)]
struct Parameters {
    maps: Pass,
    gain: Address,
    shift: Address,
}

impl CudaKernel<3> for Affine {
    fn forward<M: Machine>(&self, machine: &M, [x, gain, shift]: [Address; 3], to: Address) -> Launched<M> {
        let maps = Pass { x, to, ..Pass::along(self.extents) };
        machine.each("affine", self.extents.iter().product(), Parameters { maps, gain, shift })
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<3>) -> Launched<M> {
        let Backward { inputs: [x, gain, _], dy: gradient, gradients: [dx, dgain, dshift], .. } = pass;
        let maps = Pass { x, gradient, ..Pass::along(self.extents) };
        add_channel_sums(machine, self.extents, gradient, dshift)?;
        machine.sums("channel_products", self.extents[1], Pass { to: dgain, ..maps })?;
        if dx == 0 {
            return Ok(());
        }
        let parameters = Parameters { maps: Pass { to: dx, ..maps }, gain, shift: 0 };
        machine.each("affine_back", self.extents.iter().product(), parameters)
    }
}
