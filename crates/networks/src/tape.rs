//! How operations get on dfdx's tape. Where a tensor carries no tape nothing is registered, and otherwise only what the
//! backward kernel reads is kept alive until then.

use crate::error::NetworkError;
use crate::kernels::Kernels;
use crate::operation::{InPlace, Operation};
use crate::tensors::{Array, Slot};
use dfdx::dtypes::Dtype;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{PutTape, SplitTape, Storage, Tape, Tensor};
use dfdx::tensor_ops::ReshapeTo;

/// One input of an operation.
pub(crate) struct Input<E: Dtype, D: Kernels<E>> {
    /// Its numbers. dfdx gives it the identity, and so the gradient, of the tensor, unless it had to copy.
    array: Array<E, D>,
    copied: bool,
    constant: bool,
}

impl<E: Dtype, D: Kernels<E>> Input<E, D> {
    /// An input that the loss is differentiated by.
    pub(crate) fn of<S: Shape>(x: &Tensor<S, E, D>) -> Result<Self, NetworkError> {
        let array = flat(x.clone())?;
        Ok(Self { copied: D::address(x) != D::address(&array), array, constant: false })
    }

    /// One that it is not differentiated by.
    pub(crate) fn constant<S: Shape>(x: &Tensor<S, E, D>) -> Result<Self, NetworkError> {
        Ok(Self { constant: true, ..Self::of(x)? })
    }
}

/// The numbers of a tensor, copied only where they do not lie in the order of its shape.
fn flat<S: Shape, E: Dtype, D: Kernels<E>>(x: Tensor<S, E, D>) -> Result<Array<E, D>, NetworkError> {
    let count = x.shape().num_elements();
    x.try_reshape_like(&(count,)).map_err(NetworkError::device)
}

/// Takes a gradient out of its slot, so that several can be used at once; whoever takes it puts it back.
fn take<E, D: Storage<E>>(device: &D, slot: &mut Slot<E, D>) -> Result<Slot<E, D>, D::Err> {
    Ok(std::mem::replace(slot, device.try_alloc_len(1)?))
}

/// What an operation makes of its inputs, the first of which is there.
///
/// # Errors
/// An input to differentiate by is a view in another order than its shape's, or is there twice; or those of the device.
pub(crate) fn apply<Y: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>, const N: usize>(
    operation: impl Operation<N>,
    inputs: [Option<Input<E, D>>; N],
    shape: Y,
    mut tape: T,
) -> Result<Tensor<Y, E, D, T>, NetworkError> {
    let arrays = inputs.each_ref().map(|input| input.as_ref().map(|input| &input.array));
    let device = arrays.iter().flatten().next().expect("every operation has an input").device().clone();
    if T::OWNS_TAPE {
        let mut found = Vec::new();
        for input in inputs.iter().flatten().filter(|input| !input.constant) {
            if input.copied {
                return Err(NetworkError::Strided);
            }
            let address = D::address(&input.array);
            if address.is_some() && found.contains(&address) {
                return Err(NetworkError::Twice);
            }
            found.push(address);
        }
    }
    let y = device.evaluate(&operation, arrays, shape).map_err(NetworkError::device)?;
    if T::OWNS_TAPE {
        record(operation, inputs, &y, &mut tape)?;
    }
    Ok(y.put_tape(tape))
}

/// Registers the backward kernel.
fn record<Y: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>, O: Operation<N>, const N: usize>(
    operation: O,
    mut inputs: [Option<Input<E, D>>; N],
    y: &Tensor<Y, E, D>,
    tape: &mut T,
) -> Result<(), NetworkError> {
    let output = if O::READS_OUTPUT { Some(flat(y.clone())?) } else { None };
    let (device, y) = (y.device().clone(), y.ghost());
    let ghosts = inputs
        .each_ref()
        .map(|input| input.as_ref().filter(|input| !input.constant).map(|input| input.array.ghost()));
    let kept: [Option<Array<E, D>>; N] = std::array::from_fn(|index| {
        inputs[index].take().filter(|_| O::READS[index]).map(|input| input.array)
    });
    tape.add_backward_op(move |grads| {
        let dy = take::<E, D>(&device, grads.get_or_alloc_mut(&y)?)?;
        let mut gradients: [Option<Slot<E, D>>; N] = [const { None }; N];
        for (gradient, ghost) in gradients.iter_mut().zip(&ghosts) {
            if let Some(ghost) = ghost {
                *gradient = Some(take::<E, D>(&device, grads.get_or_alloc_mut(ghost)?)?);
            }
        }
        let reads = kept.each_ref().map(Option::as_ref);
        let writes = gradients.each_mut().map(Option::as_mut);
        device.differentiate(&operation, reads, output.as_ref(), &dy, writes)?;
        *grads.get_or_alloc_mut(&y)? = dy;
        for (gradient, ghost) in gradients.into_iter().zip(&ghosts) {
            if let (Some(gradient), Some(ghost)) = (gradient, ghost) {
                *grads.get_or_alloc_mut(ghost)? = gradient;
            }
        }
        Ok(())
    });
    Ok(())
}

/// As [`apply`]; where nothing else refers to the memory of x, the output takes it, and the identity of x with it. Whoever
/// used x did so before this, and adds to its gradient after it.
pub(crate) fn apply_in_place<S: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    operation: impl InPlace,
    x: Tensor<S, E, D, T>,
) -> Result<Tensor<S, E, D, T>, NetworkError> {
    let (x, mut tape) = x.split_tape();
    let (shape, device) = (*x.shape(), x.device().clone());
    let before = D::address(&x);
    let mut array = flat(x)?;
    let copied = D::address(&array) != before;
    if !copied && device.evaluate_in_place(&operation, &mut array) {
        let (y, kept) = (array.ghost(), array.clone());
        tape.add_backward_op(move |grads| {
            device.differentiate_in_place(&operation, &kept, grads.get_or_alloc_mut(&y)?)
        });
        let y = array.try_reshape_like(&shape).map_err(NetworkError::device)?;
        return Ok(y.put_tape(tape));
    }
    apply(operation, [Some(Input { array, copied, constant: false })], shape, tape)
}
