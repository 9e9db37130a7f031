//! How operations get on dfdx's tape. Only what the backward kernel reads is kept alive until then.

use crate::failure::Failure;
use crate::kernels::{Gradients, Kernels, PerChannel, Slot};
use dfdx::dtypes::Dtype;
use dfdx::shapes::Shape;
use dfdx::tensor::{Storage, Tape, Tensor};

/// Takes a gradient out of its slot, so that several can be used at once; whoever takes it puts it back.
fn take<E, D: Storage<E>>(device: &D, slot: &mut Slot<E, D>) -> Result<Slot<E, D>, D::Err> {
    Ok(std::mem::replace(slot, device.try_alloc_len(1)?))
}

/// Refuses tensors whose gradient is not laid out in the order of their shape, as after a transposition.
fn contiguous<S: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(x: &Tensor<S, E, D>) -> Result<(), Failure> {
    if T::OWNS_TAPE && !x.device().is_contiguous(x) { Err(Failure::Strided) } else { Ok(()) }
}

/// Records that y comes from x; `backward` is given dy and adds to dx.
pub(super) fn record<X: Shape, Y: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    tape: &mut T,
    x: &Tensor<X, E, D>,
    y: &Tensor<Y, E, D>,
    backward: impl FnOnce(&D, &Slot<E, D>, &mut Slot<E, D>) -> Result<(), D::Err> + 'static,
) -> Result<(), Failure> {
    contiguous::<_, _, _, T>(x)?;
    let (device, x, y) = (x.device().clone(), x.ghost(), y.ghost());
    tape.add_backward_op(move |grads| {
        let dy = take::<E, D>(&device, grads.get_or_alloc_mut(&y)?)?;
        backward(&device, &dy, grads.get_or_alloc_mut(&x)?)?;
        *grads.get_or_alloc_mut(&y)? = dy;
        Ok(())
    });
    Ok(())
}

/// Records that y took the memory and the identity of what it comes from: `backward` is given dy and makes dx of it.
pub(super) fn record_in_place<Y: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    tape: &mut T,
    y: &Tensor<Y, E, D>,
    backward: impl FnOnce(&D, &mut Slot<E, D>) -> Result<(), D::Err> + 'static,
) {
    let (device, y) = (y.device().clone(), y.ghost());
    tape.add_backward_op(move |grads| backward(&device, grads.get_or_alloc_mut(&y)?));
}

/// A layer with weights: what its backward kernel reads.
pub(super) struct Weighted<X: Shape, W: Shape, E, D: Storage<E>> {
    pub(super) x: Tensor<X, E, D>,
    pub(super) weights: Tensor<W, E, D>,
    pub(super) bias: Option<PerChannel<E, D>>,
    /// Whether the loss is differentiated by x.
    pub(super) input: bool,
}

/// Records that y comes from a layer; `backward` is given x, the weights and dy, and adds to the layer's gradients.
pub(super) fn record_weighted<X: Shape, W: Shape, Y: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    tape: &mut T,
    layer: Weighted<X, W, E, D>,
    y: &Tensor<Y, E, D>,
    backward: impl FnOnce(
        &D,
        &Tensor<X, E, D>,
        &Tensor<W, E, D>,
        &Slot<E, D>,
        Gradients<'_, Slot<E, D>>,
    ) -> Result<(), D::Err>
    + 'static,
) -> Result<(), Failure> {
    contiguous::<_, _, _, T>(&layer.x)?;
    contiguous::<_, _, _, T>(&layer.weights)?;
    let (device, y) = (y.device().clone(), y.ghost());
    tape.add_backward_op(move |grads| {
        let Weighted { x, weights, bias, input } = layer;
        let dy = take::<E, D>(&device, grads.get_or_alloc_mut(&y)?)?;
        let mut dweights = take::<E, D>(&device, grads.get_or_alloc_mut(&weights)?)?;
        let mut dbias = match &bias {
            Some(bias) => Some(take::<E, D>(&device, grads.get_or_alloc_mut(bias)?)?),
            None => None,
        };
        let input = if input { Some(grads.get_or_alloc_mut(&x)?) } else { None };
        let gradients = Gradients { input, weights: &mut dweights, bias: dbias.as_mut() };
        backward(&device, &x, &weights, &dy, gradients)?;
        *grads.get_or_alloc_mut(&y)? = dy;
        *grads.get_or_alloc_mut(&weights)? = dweights;
        if let (Some(bias), Some(dbias)) = (&bias, dbias) {
            *grads.get_or_alloc_mut(bias)? = dbias;
        }
        Ok(())
    });
    Ok(())
}
