//! Reading and changing the memory of dfdx's tensors on the processor without copying it.

use crate::tensors::Array;
use dfdx::dtypes::Unit;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Cpu, Tensor};

/// Where the first number of a tensor lies, if it has numbers.
pub(super) fn address<S: Shape, E: Unit>(x: &Tensor<S, E, Cpu>) -> Option<u64> {
    let first = || std::ptr::from_ref::<E>(&x[S::Concrete::default()]) as u64;
    (x.shape().num_elements() > 0).then(first)
}

/// The numbers of an array.
pub(super) fn read<E: Unit>(x: &Array<E, Cpu>) -> &[E] {
    let (count,) = *x.shape();
    if count == 0 {
        return &[];
    }
    let (first, last): (*const E, *const E) = (&x[[0]], &x[[count - 1]]);
    assert_eq!(last as usize - first as usize, (count - 1) * size_of::<E>());
    // SAFETY: a tensor on the processor keeps its elements in one `Vec`, which cannot change while `x` is borrowed.
    // Indexing checks bounds, so that the first and the last element lie in that `Vec`, and with the distance just
    // checked so do the `count` elements from the first on.
    unsafe { std::slice::from_raw_parts(first, count) }
}

/// The numbers of an array, to be changed where they are; none where another tensor has the same memory.
pub(super) fn own<E: Unit>(x: &mut Array<E, Cpu>) -> Option<&mut [E]> {
    let (count,) = *x.shape();
    let before = address(x)?;
    // Memory that is shared is copied by this: `x` then has moved.
    let first: *mut E = &mut x[[0]];
    if before != first as u64 {
        return None;
    }
    let last: *const E = &x[[count - 1]];
    assert_eq!(last as usize - first as usize, (count - 1) * size_of::<E>());
    // SAFETY: as in `read`, the `count` elements from the first on lie in the one `Vec` of `x`. Nothing else refers to that
    // `Vec`, or it would have been copied, and nothing can while `x` is borrowed.
    Some(unsafe { std::slice::from_raw_parts_mut(first, count) })
}
