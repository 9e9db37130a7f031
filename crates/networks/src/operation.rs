//! What an operation is: an object that knows its sizes, with a kernel forward and a kernel backward for the processor and
//! the same for NVIDIA cards. Each is a folder of [`ops`](crate::ops).
//!
//! Kernels see arrays, which hold the numbers of tensors in the order of their shapes. What there is none of, such as the
//! bias of a layer without, is an empty array on the processor and lies at address 0 on a card. Backward kernels *add*
//! to gradients. Sums run in an order that depends on sizes alone, never on the number of threads.

pub use crate::cpu::Real;
use crate::cuda::{Address, Machine};

/// An operation that makes one array of `N`. Its sizes are checked before it is made, so that kernels may rely on them.
pub trait Operation<const N: usize>: CpuKernel<N> + CudaKernel<N> + 'static {
    /// Which inputs the backward kernels read; the others need not stay alive until then.
    const READS: [bool; N] = [false; N];
    /// Whether they read the output.
    const READS_OUTPUT: bool = false;
}

/// What a backward kernel is given: arrays to read as `R`, and gradients to add to as `W`.
#[derive(Debug)]
pub struct Backward<const N: usize, R, W> {
    /// The inputs that [`Operation::READS`] names.
    pub inputs: [R; N],
    /// The output, if [`Operation::READS_OUTPUT`] says so.
    pub output: R,
    /// The gradient of the loss with respect to the output.
    pub dy: R,
    /// Those with respect to the inputs; none where an input is a constant.
    pub gradients: [W; N],
}

/// What a backward kernel for the processor is given.
pub type CpuPass<'a, const N: usize, E> = Backward<N, &'a [E], &'a mut [E]>;
/// What a backward kernel for a card is given.
pub type CudaPass<const N: usize> = Backward<N, Address, Address>;
/// Whether kernels were launched.
pub type Launched<M> = Result<(), <M as Machine>::Error>;

/// The kernels for the processor.
pub trait CpuKernel<const N: usize> {
    /// The output.
    fn forward<E: Real>(&self, inputs: [&[E]; N]) -> Vec<E>;

    /// Adds to the gradients.
    fn backward<E: Real>(&self, pass: CpuPass<'_, N, E>);
}

/// The kernels for a card.
pub trait CudaKernel<const N: usize> {
    /// Writes the output to `y`.
    ///
    /// # Errors
    /// Those of the machine.
    fn forward<M: Machine>(&self, machine: &M, inputs: [Address; N], y: Address) -> Launched<M>;

    /// Adds to the gradients.
    ///
    /// # Errors
    /// Those of the machine.
    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<N>) -> Launched<M>;
}

/// An operation that can make its output where its input lies, on the processor.
pub trait InPlace: Operation<1> {
    /// x becomes y.
    fn forward_in_place<E: Real>(&self, x: &mut [E]);

    /// The gradient with respect to y becomes that with respect to x.
    fn backward_in_place<E: Real>(&self, y: &[E], gradient: &mut [E]);
}
