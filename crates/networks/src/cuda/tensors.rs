//! Passes over tensors and gradients: where they lie, what is new, and what a kernel is told.

use super::card::{Card, address, slot, tensor};
use super::machine::Address;
use super::pass::Pass;
use crate::kernels::{PerChannel, Slot};
use dfdx::shapes::Shape;
use dfdx::tensor::{Cuda, CudaError, Tensor, TensorFromVec, ZerosTensor};

/// What dfdx's operations on a card return.
pub(super) type Outcome<T> = Result<T, CudaError>;

/// A class for each position.
type Labels = Tensor<(usize,), usize, Cuda>;

/// A new tensor, and where it lies: nobody else has it, so kernels may write it.
pub(super) fn fresh<S: Shape>(cuda: &Cuda, shape: S) -> Outcome<(Address, Tensor<S, f32, Cuda>)> {
    let y = cuda.try_zeros_like(&shape)?;
    Ok((address(&y)?, y))
}

/// Where a bias lies, and what keeps it there; nowhere if there is none.
pub(super) fn optional(
    bias: Option<&PerChannel<f32, Cuda>>,
) -> Outcome<(Address, Option<PerChannel<f32, Cuda>>)> {
    let found = bias.map(tensor).transpose()?;
    Ok(found.map_or((0, None), |(address, bias)| (address, Some(bias))))
}

/// Classes, one for each position, on the card.
pub(super) fn classes(cuda: &Cuda, labels: &[usize]) -> Outcome<(Address, Labels)> {
    let labels = cuda.try_tensor_from_vec(labels.to_vec(), (labels.len(),))?;
    Ok((address(&labels)?, labels))
}

/// Images, channels, height and width.
pub(super) fn sizes((images, channels, height, width): (usize, usize, usize, usize)) -> [usize; 4] {
    [images, channels, height, width]
}

/// The same, of maps whose height and width do not matter.
pub(super) fn lines([images, channels, positions]: [usize; 3]) -> [usize; 4] {
    [images, channels, positions, 1]
}

/// Adds the gradient of a bias: the sums of dy over images and positions.
pub(super) fn bias_gradient(
    card: &Card,
    extents: [usize; 3],
    dy: Address,
    bias: Option<&mut Slot<f32, Cuda>>,
) -> Outcome<()> {
    let Some(bias) = bias else { return Ok(()) };
    Pass { gradient: dy, to: slot(bias), ..Pass::over(lines(extents)) }.run(card, "channel_sums")
}

/// Runs a kernel from one tensor to a new one.
pub(super) fn forward<S: Shape, T: Shape>(
    cuda: &Cuda,
    kernel: &'static str,
    (x, over): (&Tensor<S, f32, Cuda>, [usize; 4]),
    shape: T,
) -> Outcome<Tensor<T, f32, Cuda>> {
    let ((from, _x), (to, y)) = (tensor(x)?, fresh(cuda, shape)?);
    Pass { x: from, to, ..Pass::over(over) }.run(&Card::of(cuda)?, kernel)?;
    Ok(y)
}

/// Runs a kernel that adds to a gradient.
pub(super) fn backward(
    cuda: &Cuda,
    kernel: &'static str,
    over: [usize; 4],
    (dy, dx): (&Slot<f32, Cuda>, &mut Slot<f32, Cuda>),
) -> Outcome<()> {
    let pass = Pass { gradient: slot(dy), to: slot(dx), ..Pass::over(over) };
    pass.run(&Card::of(cuda)?, kernel)
}

/// As [`backward`], for a kernel that looks at a tensor too.
pub(super) fn backward_through<S: Shape>(
    cuda: &Cuda,
    kernel: &'static str,
    (x, over): (&Tensor<S, f32, Cuda>, [usize; 4]),
    (dy, dx): (&Slot<f32, Cuda>, &mut Slot<f32, Cuda>),
) -> Outcome<()> {
    let (x, _x) = tensor(x)?;
    let pass = Pass { x, gradient: slot(dy), to: slot(dx), ..Pass::over(over) };
    pass.run(&Card::of(cuda)?, kernel)
}
