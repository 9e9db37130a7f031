//! What most kernels are told: the arrays of an operation that passes over its maps once or twice, and the maps' sizes.

use super::machine::{Address, Machine};

/// What a pass reads and writes; each kernel uses some of it.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Pass {
    /// What goes into the operation; in some backward kernels what came out of it.
    pub(crate) x: Address,
    /// The gradient with respect to what comes out.
    pub(crate) gradient: Address,
    /// What comes out, or the gradient with respect to what goes in.
    pub(crate) to: Address,
    /// The maps' sizes.
    pub(crate) images: i64,
    pub(crate) channels: i64,
    pub(crate) height: i64,
    pub(crate) width: i64,
}

impl Pass {
    /// A pass over maps: images, channels, height, width.
    pub(crate) fn over(maps: [usize; 4]) -> Self {
        let [images, channels, height, width] = maps.map(|size| size as i64);
        Self { images, channels, height, width, ..Self::default() }
    }

    /// A pass over channels: images, channels, positions.
    pub(crate) fn along([images, channels, positions]: [usize; 3]) -> Self {
        Self::over([images, channels, positions, 1])
    }
}

/// Adds to `to` the sum of each channel over images and positions, which is the gradient with respect to a bias, if there
/// is one.
pub(crate) fn add_channel_sums<M: Machine>(
    machine: &M,
    extents: [usize; 3],
    dy: Address,
    to: Address,
) -> Result<(), M::Error> {
    if to == 0 {
        return Ok(());
    }
    machine.sums("channel_sums", extents[1], Pass { gradient: dy, to, ..Pass::along(extents) })
}
