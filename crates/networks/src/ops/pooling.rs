//! Operations that keep fewer positions: the largest or the first of every 2×2 window, the mean of all positions or the
//! one in the centre.

mod cpu;
mod cuda;
#[cfg(test)]
pub(super) mod tests;

use crate::error::{NetworkError, nonzero};
use crate::kernels::Kernels;
use crate::operation::Operation;
use crate::tape::{Input, apply};
use crate::tensors::{MapShape, Maps, Rows};
use dfdx::dtypes::Dtype;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{SplitTape, Tape, Tensor};

/// The largest of each 2×2 window, with stride 2. What is not a number counts as largest.
///
/// # Errors
/// Odd heights and widths: a row or column would be lost.
pub fn max_pool<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
) -> Result<Maps<E, D, T>, NetworkError> {
    let shape = halved("max-pooling", *x.shape())?;
    keep(MaxPool { maps: *x.shape() }, x, shape)
}

/// The top left of each 2×2 window, with stride 2: max-pooling without the maximum.
///
/// # Errors
/// Odd heights and widths.
pub fn subsample<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
) -> Result<Maps<E, D, T>, NetworkError> {
    let shape = halved("subsampling", *x.shape())?;
    keep(Subsample { maps: *x.shape() }, x, shape)
}

/// Global average pooling: the mean of each channel over positions.
///
/// # Errors
/// Maps without positions.
pub fn average<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
) -> Result<Rows<E, D, T>, NetworkError> {
    let shape = features(*x.shape())?;
    keep(Average { maps: *x.shape() }, x, shape)
}

/// The value of each channel at one position, the centre (row ⌊height / 2⌋, column ⌊width / 2⌋): [`average`] without the
/// averaging.
///
/// # Errors
/// Maps without positions.
pub fn one_position<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
) -> Result<Rows<E, D, T>, NetworkError> {
    let shape = features(*x.shape())?;
    keep(OnePosition { maps: *x.shape() }, x, shape)
}

/// The largest of each 2×2 window, in a tie the first, row by row.
struct MaxPool {
    maps: MapShape,
}

/// The first of each 2×2 window.
struct Subsample {
    maps: MapShape,
}

/// The mean of each map.
struct Average {
    maps: MapShape,
}

/// The centre of each map.
struct OnePosition {
    maps: MapShape,
}

impl Operation<1> for MaxPool {
    const READS: [bool; 1] = [true];
}

impl Operation<1> for Subsample {}

impl Operation<1> for Average {}

impl Operation<1> for OnePosition {}

fn keep<Y: Shape, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    operation: impl Operation<1>,
    x: Maps<E, D, T>,
    shape: Y,
) -> Result<Tensor<Y, E, D, T>, NetworkError> {
    let (x, tape) = x.split_tape();
    apply(operation, [Some(Input::of(&x)?)], shape, tape)
}

/// Maps of half the height and width. Refuses what 2×2 windows with stride 2 do not cover.
fn halved(operation: &'static str, maps: MapShape) -> Result<MapShape, NetworkError> {
    features(maps)?;
    let (images, channels, height, width) = maps;
    match height % 2 == 0 && width % 2 == 0 {
        true => Ok((images, channels, height / 2, width / 2)),
        false => Err(NetworkError::OddSize { operation, height, width }),
    }
}

/// One position of each map. Refuses maps without positions.
fn features((images, channels, height, width): MapShape) -> Result<(usize, usize), NetworkError> {
    nonzero("the size of the maps", height * width)?;
    Ok((images, channels))
}
