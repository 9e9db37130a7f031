//! What `dfdx::tensor` is to the host, as far as it is used: tensors without numbers.

use crate::driver::CudaSlice;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

pub(crate) struct Cuda;

pub(crate) struct Tensor<D>(PhantomData<D>);

pub(crate) trait ZerosTensor: Sized {
    fn try_zeros_like(&self, _: &(usize, usize)) -> Result<Tensor<Self>, Infallible> {
        Ok(Tensor(PhantomData))
    }
}

impl ZerosTensor for Cuda {}

/// A gradient's memory.
pub(crate) struct Slot(CudaSlice);

impl Deref for Slot {
    type Target = CudaSlice;

    fn deref(&self) -> &CudaSlice {
        &self.0
    }
}

impl DerefMut for Slot {
    fn deref_mut(&mut self) -> &mut CudaSlice {
        &mut self.0
    }
}

pub(crate) struct Gradients<E, D>(Slot, PhantomData<(E, D)>);

impl<E, D> Gradients<E, D> {
    pub(crate) fn leaky() -> Self {
        Self(Slot(CudaSlice), PhantomData)
    }

    pub(crate) fn get_or_alloc_mut(&mut self, _: &Tensor<D>) -> Result<&mut Slot, Infallible> {
        Ok(&mut self.0)
    }

    pub(crate) fn get(&self, _: &Tensor<D>) -> Tensor<D> {
        Tensor(PhantomData)
    }
}
