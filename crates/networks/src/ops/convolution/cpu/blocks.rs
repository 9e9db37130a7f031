//! What forward and backward passes share: the maps of an image, and the columns of a block.

use super::unfold::{Block, unfold};
use crate::operation::Real;
use crate::ops::Convolution;

/// Whether the kernel sees exactly one position: unfolding would only copy.
pub(super) fn is_pointwise(shape: &Convolution) -> bool {
    shape.kernel_height * shape.kernel_width * shape.window.stride == 1 && shape.window.padding.size() == 0
}

/// The maps of one image.
pub(super) fn image<E>(maps: &[E], channels: usize, positions: usize, image: usize) -> &[E] {
    &maps[image * channels * positions..(image + 1) * channels * positions]
}

/// Unfolds a block; the result is fan-in × positions of the block.
pub(super) fn unfold_block<E: Real>(x: &[E], shape: &Convolution, block: &Block, columns: &mut Vec<E>) {
    let stride = block.positions(shape);
    columns.resize(shape.fan_in() * stride, E::zero());
    let each = stride / block.images.len();
    for (place, index) in block.images.clone().enumerate() {
        let maps = image(x, shape.inputs, shape.height * shape.width, index);
        unfold(maps, shape, &block.rows, columns, place * each, stride);
    }
}
