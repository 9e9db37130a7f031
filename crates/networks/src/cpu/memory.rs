//! Reading and changing the memory of dfdx's tensors on the processor without copying it.

use dfdx::dtypes::Unit;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Cpu, Tensor};
use std::borrow::Cow;

/// Whether the elements lie in the order of the shape: a step along each axis is a step of its contiguous stride.
pub(super) fn is_contiguous<S: Shape, E: Unit>(x: &Tensor<S, E, Cpu>) -> bool {
    let (sizes, strides) = (x.shape().concrete(), x.shape().strides());
    if x.shape().num_elements() == 0 {
        return true;
    }
    let origin = S::Concrete::default();
    let first: *const E = &x[origin];
    (0..S::NUM_DIMS).filter(|axis| sizes[*axis] > 1).all(|axis| {
        let mut next = origin;
        next[axis] = 1;
        let next: *const E = &x[next];
        next as usize == (first as usize).wrapping_add(strides[axis] * size_of::<E>())
    })
}

/// The first and the last index of a shape that has elements.
fn ends<S: Shape>(shape: &S) -> [S::Concrete; 2] {
    let (sizes, first) = (shape.concrete(), S::Concrete::default());
    let mut last = first;
    (0..S::NUM_DIMS).for_each(|axis| last[axis] = sizes[axis] - 1);
    [first, last]
}

/// The elements in the order of the shape: the tensor's own memory, or a copy where it is a view in another order.
pub(super) fn read<S: Shape, E: Unit>(x: &Tensor<S, E, Cpu>) -> Cow<'_, [E]> {
    let count = x.shape().num_elements();
    if count == 0 || !is_contiguous(x) {
        return Cow::Owned(x.as_vec());
    }
    let [first, last] = ends(x.shape());
    let (first, last): (*const E, *const E) = (&x[first], &x[last]);
    assert_eq!(last as usize - first as usize, (count - 1) * size_of::<E>());
    // SAFETY: a tensor on the processor keeps its elements in one `Vec`, which cannot change while `x` is borrowed.
    // Indexing checks bounds, so that the first and the last element lie in that `Vec`, and with the distance just
    // checked so do the `count` elements from the first on.
    Cow::Borrowed(unsafe { std::slice::from_raw_parts(first, count) })
}

/// The elements in the order of the shape, to be changed where they are; none where another tensor has the same memory, or
/// in another order.
pub(super) fn own<S: Shape, E: Unit>(x: &mut Tensor<S, E, Cpu>) -> Option<&mut [E]> {
    let count = x.shape().num_elements();
    if count == 0 || !is_contiguous(x) {
        return None;
    }
    let [first, last] = ends(x.shape());
    let before: *const E = &x[first];
    // Memory that is shared is copied by this: `x` then has moved.
    let place: *mut E = &mut x[first];
    if !std::ptr::eq(before, place) {
        return None;
    }
    let last: *const E = &x[last];
    assert_eq!(last as usize - place as usize, (count - 1) * size_of::<E>());
    // SAFETY: as in `read`, the `count` elements from the first on lie in the one `Vec` of `x`. Nothing else refers to that
    // `Vec`, or it would have been copied, and nothing can while `x` is borrowed.
    Some(unsafe { std::slice::from_raw_parts_mut(place, count) })
}
