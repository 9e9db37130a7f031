//! Runs operations on the processor.

use super::memory::{address, own, read};
use super::real::Real;
use crate::kernels::Kernels;
use crate::operation::{Backward, CpuKernel, InPlace, Operation};
use crate::tensors::{Array, Slot};
use dfdx::shapes::Shape;
use dfdx::tensor::{Cpu, CpuError, Tensor, TensorFromVec};
use dfdx::tensor_ops::Device;
use std::ops::DerefMut;

/// The numbers of an array; an empty one stands for none.
fn numbers<E: Real>(array: Option<&Array<E, Cpu>>) -> &[E] {
    array.map_or(&[], read)
}

impl<E: Real> Kernels<E> for Cpu
where
    Cpu: Device<E, Err = CpuError>,
    Slot<E, Cpu>: DerefMut<Target = Vec<E>>,
{
    fn address<S: Shape>(x: &Tensor<S, E, Self>) -> Option<u64> {
        address(x)
    }

    fn evaluate<Y: Shape, const N: usize>(
        &self,
        operation: &impl Operation<N>,
        inputs: [Option<&Array<E, Self>>; N],
        shape: Y,
    ) -> Result<Tensor<Y, E, Self>, CpuError> {
        self.try_tensor_from_vec(CpuKernel::forward(operation, inputs.map(numbers)), shape)
    }

    fn differentiate<const N: usize>(
        &self,
        operation: &impl Operation<N>,
        inputs: [Option<&Array<E, Self>>; N],
        output: Option<&Array<E, Self>>,
        dy: &Slot<E, Self>,
        gradients: [Option<&mut Slot<E, Self>>; N],
    ) -> Result<(), CpuError> {
        let gradients = gradients.map(|slot| slot.map_or(&mut [][..], |slot| slot.as_mut_slice()));
        let pass = Backward { inputs: inputs.map(numbers), output: numbers(output), dy, gradients };
        CpuKernel::backward(operation, pass);
        Ok(())
    }

    fn evaluate_in_place(&self, operation: &impl InPlace, x: &mut Array<E, Self>) -> bool {
        own(x).map(|x| operation.forward_in_place(x)).is_some()
    }

    fn differentiate_in_place(
        &self,
        operation: &impl InPlace,
        output: &Array<E, Self>,
        gradient: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        operation.backward_in_place(read(output), gradient);
        Ok(())
    }
}
