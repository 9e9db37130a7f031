//! What a device must be able to do for a convolutional network: find the numbers of tensors, and run the kernels of an
//! [`Operation`] over them.

use crate::operation::{InPlace, Operation};
use crate::tensors::{Array, Slot};
use dfdx::dtypes::Dtype;
use dfdx::shapes::Shape;
use dfdx::tensor::{Storage, Tensor};
use dfdx::tensor_ops::Device;

/// A device that runs every operation: [`dfdx::tensor::Cpu`], and with the feature `cuda` an NVIDIA card.
pub trait Kernels<E: Dtype>: Device<E, Err: Send + Sync + 'static> {
    /// Where the first number of a tensor lies; nowhere if there is none.
    fn address<S: Shape>(x: &Tensor<S, E, Self>) -> Option<u64>;

    /// What an operation makes of its inputs.
    ///
    /// # Errors
    /// Those of the device.
    fn evaluate<Y: Shape, const N: usize>(
        &self,
        operation: &impl Operation<N>,
        inputs: [Option<&Array<E, Self>>; N],
        shape: Y,
    ) -> Result<Tensor<Y, E, Self>, Self::Err>;

    /// Adds to gradients, from that of the output, `dy`. Inputs and output are given as far as the operation reads them.
    ///
    /// # Errors
    /// Those of the device.
    fn differentiate<const N: usize>(
        &self,
        operation: &impl Operation<N>,
        inputs: [Option<&Array<E, Self>>; N],
        output: Option<&Array<E, Self>>,
        dy: &Slot<E, Self>,
        gradients: [Option<&mut Slot<E, Self>>; N],
    ) -> Result<(), Self::Err>;

    /// Turns x into the output without other memory and says so; or leaves it as it is, where something else refers to
    /// its memory as well.
    fn evaluate_in_place(&self, _: &impl InPlace, _: &mut Array<E, Self>) -> bool {
        false
    }

    /// Turns the gradient of the output into that of the input.
    ///
    /// # Errors
    /// Those of the device.
    fn differentiate_in_place(
        &self,
        operation: &impl InPlace,
        output: &Array<E, Self>,
        gradient: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err> {
        let dx = Storage::<E>::try_alloc_len(self, Storage::<E>::len(self, gradient))?;
        let dy = std::mem::replace(gradient, dx);
        self.differentiate(operation, [None], Some(output), &dy, [Some(gradient)])
    }
}
