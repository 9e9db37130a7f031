//! Operations that keep fewer positions, on a card.

use super::{Average, MaxPool, OnePosition, Subsample};
use crate::cuda::pass::Pass;
use crate::cuda::{Address, Machine};
use crate::operation::{Backward, CudaKernel};

impl CudaKernel<1> for MaxPool {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Result<(), M::Error> {
        let (images, channels, height, width) = self.maps;
        let pass = Pass { x, to, ..Pass::over(self.maps.into()) };
        machine.each("max_pool", images * channels * height * width / 4, pass)
    }

    fn backward<M: Machine>(&self, machine: &M, pass: Backward<1, Address, Address>) -> Result<(), M::Error> {
        let (images, channels, height, width) = self.maps;
        let Backward { inputs: [x], dy: gradient, gradients: [to], .. } = pass;
        let pass = Pass { x, gradient, to, ..Pass::over(self.maps.into()) };
        machine.each("max_pool_back", images * channels * height * width / 4, pass)
    }
}

impl CudaKernel<1> for Subsample {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Result<(), M::Error> {
        let (images, channels, height, width) = self.maps;
        let pass = Pass { x, to, ..Pass::over(self.maps.into()) };
        machine.each("subsample", images * channels * height * width / 4, pass)
    }

    fn backward<M: Machine>(
        &self,
        machine: &M,
        Backward { dy: gradient, gradients: [to], .. }: Backward<1, Address, Address>,
    ) -> Result<(), M::Error> {
        let (images, channels, height, width) = self.maps;
        let pass = Pass { gradient, to, ..Pass::over(self.maps.into()) };
        machine.each("subsample_back", images * channels * height * width / 4, pass)
    }
}

impl CudaKernel<1> for Average {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Result<(), M::Error> {
        let (images, channels, ..) = self.maps;
        machine.sums("average", images * channels, Pass { x, to, ..Pass::over(self.maps.into()) })
    }

    fn backward<M: Machine>(
        &self,
        machine: &M,
        Backward { dy: gradient, gradients: [to], .. }: Backward<1, Address, Address>,
    ) -> Result<(), M::Error> {
        let (images, channels, height, width) = self.maps;
        let pass = Pass { gradient, to, ..Pass::over(self.maps.into()) };
        machine.each("average_back", images * channels * height * width, pass)
    }
}

impl CudaKernel<1> for OnePosition {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Result<(), M::Error> {
        let (images, channels, ..) = self.maps;
        machine.each("one_position", images * channels, Pass { x, to, ..Pass::over(self.maps.into()) })
    }

    fn backward<M: Machine>(
        &self,
        machine: &M,
        Backward { dy: gradient, gradients: [to], .. }: Backward<1, Address, Address>,
    ) -> Result<(), M::Error> {
        let (images, channels, ..) = self.maps;
        let pass = Pass { gradient, to, ..Pass::over(self.maps.into()) };
        machine.each("one_position_back", images * channels, pass)
    }
}
