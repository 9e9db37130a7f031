//! Runs operations on a card, in single precision.

use super::card::{Card, locate};
use super::machine::Address;
use crate::kernels::Kernels;
use crate::operation::{Backward, CudaKernel, Operation};
use crate::tensors::{Array, Slot};
use cudarc::driver::{DevicePtr, DriverError, sys};
use dfdx::shapes::Shape;
use dfdx::tensor::{Cuda, CudaError, Tensor, ZerosTensor};

/// Where a tensor lies; at 0, if there is none.
fn address<S: Shape>(x: Option<&Tensor<S, f32, Cuda>>) -> Result<Address, CudaError> {
    let lost = CudaError::Driver(DriverError(sys::CUresult::CUDA_ERROR_INVALID_ADDRESS_SPACE));
    x.map_or(Ok(0), |x| locate(x).ok_or(lost))
}

/// Where several lie.
fn addresses<const N: usize>(arrays: [Option<&Array<f32, Cuda>>; N]) -> Result<[Address; N], CudaError> {
    let mut found = [0; N];
    for (found, array) in found.iter_mut().zip(arrays) {
        *found = address(array)?;
    }
    Ok(found)
}

impl Kernels<f32> for Cuda {
    fn address<S: Shape>(x: &Tensor<S, f32, Self>) -> Option<u64> {
        locate(x)
    }

    fn evaluate<Y: Shape, const N: usize>(
        &self,
        operation: &impl Operation<N>,
        inputs: [Option<&Array<f32, Self>>; N],
        shape: Y,
    ) -> Result<Tensor<Y, f32, Self>, CudaError> {
        // Nobody else has it yet, so that kernels may write it.
        let y = self.try_zeros_like(&shape)?;
        CudaKernel::forward(operation, &Card::of(self)?, addresses(inputs)?, address(Some(&y))?)?;
        Ok(y)
    }

    fn differentiate<const N: usize>(
        &self,
        operation: &impl Operation<N>,
        inputs: [Option<&Array<f32, Self>>; N],
        output: Option<&Array<f32, Self>>,
        dy: &Slot<f32, Self>,
        gradients: [Option<&mut Slot<f32, Self>>; N],
    ) -> Result<(), CudaError> {
        let pass = Backward {
            inputs: addresses(inputs)?,
            output: address(output)?,
            dy: *dy.device_ptr(),
            gradients: gradients.map(|slot| slot.map_or(0, |slot| *slot.device_ptr())),
        };
        CudaKernel::backward(operation, &Card::of(self)?, pass)
    }
}
