//! The fully connected layer on a card: the convolution of maps with one position.

use super::Linear;
use crate::cuda::{Address, Machine};
use crate::operation::{CudaKernel, CudaPass, Launched};
use crate::ops::convolution::{Convolution, Padding, Window};

impl Linear {
    fn convolution(&self) -> Convolution {
        let Self { images, inputs, outputs } = *self;
        let window = Window { stride: 1, padding: Padding::None };
        Convolution::new((images, inputs, 1, 1), (outputs, inputs, 1, 1), window)
            .expect("the operation refuses rows without entries")
    }
}

impl CudaKernel<3> for Linear {
    fn forward<M: Machine>(&self, machine: &M, inputs: [Address; 3], y: Address) -> Launched<M> {
        CudaKernel::forward(&self.convolution(), machine, inputs, y)
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<3>) -> Launched<M> {
        CudaKernel::backward(&self.convolution(), machine, pass)
    }
}
