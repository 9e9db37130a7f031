//! Operations that keep fewer positions, on a card.

use super::{Average, MaxPool, OnePosition, Subsample};
use crate::cuda::pass::Pass;
use crate::cuda::{Address, Machine};
use crate::operation::{CudaKernel, CudaPass, Launched};
use crate::tensors::MapShape;

/// From a tensor to a new one.
fn forward(maps: MapShape, x: Address, to: Address) -> Pass {
    Pass { x, to, ..Pass::over(maps.into()) }
}

/// From the gradient of the output to that of the input; through the input, where it is read.
fn backward(maps: MapShape, pass: CudaPass<1>) -> Pass {
    let ([x], [to]) = (pass.inputs, pass.gradients);
    Pass { x, gradient: pass.dy, to, ..Pass::over(maps.into()) }
}

/// 2×2 windows.
fn windows((images, channels, height, width): MapShape) -> usize {
    images * channels * height * width / 4
}

impl CudaKernel<1> for MaxPool {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Launched<M> {
        machine.each("max_pool", windows(self.maps), forward(self.maps, x, to))
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<1>) -> Launched<M> {
        machine.each("max_pool_back", windows(self.maps), backward(self.maps, pass))
    }
}

impl CudaKernel<1> for Subsample {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Launched<M> {
        machine.each("subsample", windows(self.maps), forward(self.maps, x, to))
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<1>) -> Launched<M> {
        machine.each("subsample_back", windows(self.maps), backward(self.maps, pass))
    }
}

impl CudaKernel<1> for Average {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Launched<M> {
        let (images, channels, ..) = self.maps;
        machine.sums("average", images * channels, forward(self.maps, x, to))
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<1>) -> Launched<M> {
        let (images, channels, height, width) = self.maps;
        machine.each("average_back", images * channels * height * width, backward(self.maps, pass))
    }
}

impl CudaKernel<1> for OnePosition {
    fn forward<M: Machine>(&self, machine: &M, [x]: [Address; 1], to: Address) -> Launched<M> {
        let (images, channels, ..) = self.maps;
        machine.each("one_position", images * channels, forward(self.maps, x, to))
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<1>) -> Launched<M> {
        let (images, channels, ..) = self.maps;
        machine.each("one_position_back", images * channels, backward(self.maps, pass))
    }
}
