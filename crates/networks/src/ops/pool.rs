//! Operations that keep fewer positions: the largest or the first of every 2×2 window, the mean of all positions or the
//! one in the centre.

use super::tape::record;
use crate::failure::{Failure, nonzero};
use crate::kernels::{Kernels, Maps, Rows};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{PutTape, SplitTape, Tape};

/// Refuses maps that 2×2 windows with stride 2 do not cover.
fn even<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    operation: &'static str,
    x: &Maps<E, D, T>,
) -> Result<(), Failure> {
    some(x)?;
    let (.., height, width) = *x.shape();
    let fits = height % 2 == 0 && width % 2 == 0;
    if fits { Ok(()) } else { Err(Failure::OddSize { operation, height, width }) }
}

/// The largest of each 2×2 window, with stride 2. Odd heights and widths are refused: a row or column would be lost.
pub fn max_pool<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(x: Maps<E, D, T>) -> Result<Maps<E, D, T>, Failure> {
    even("max-pooling", &x)?;
    let (x, mut tape) = x.split_tape();
    let y = x.device().max_pool(&x).map_err(Failure::device)?;
    let kept = x.clone();
    record(&mut tape, &x, &y, move |device, dy, dx| device.max_pool_backward(&kept, dy, dx))?;
    Ok(y.put_tape(tape))
}

/// The top left of each 2×2 window, with stride 2: max-pooling without the maximum. Odd heights and widths are refused.
pub fn subsample<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(x: Maps<E, D, T>) -> Result<Maps<E, D, T>, Failure> {
    even("subsampling", &x)?;
    let (x, mut tape) = x.split_tape();
    let shape = *x.shape();
    let y = x.device().subsample(&x).map_err(Failure::device)?;
    record(&mut tape, &x, &y, move |device, dy, dx| device.subsample_backward(shape, dy, dx))?;
    Ok(y.put_tape(tape))
}

/// Refuses maps without positions.
fn some<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(x: &Maps<E, D, T>) -> Result<(), Failure> {
    let (.., height, width) = *x.shape();
    nonzero("the size of the maps", height * width)
}

/// Global average pooling: the mean of each channel over positions.
pub fn average<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(x: Maps<E, D, T>) -> Result<Rows<E, D, T>, Failure> {
    some(&x)?;
    let (x, mut tape) = x.split_tape();
    let shape = *x.shape();
    let y = x.device().average(&x).map_err(Failure::device)?;
    record(&mut tape, &x, &y, move |device, dy, dx| device.average_backward(shape, dy, dx))?;
    Ok(y.put_tape(tape))
}

/// The value of each channel at one position, the centre (row ⌊height / 2⌋, column ⌊width / 2⌋): [`average`] without the
/// averaging.
pub fn one_position<E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Maps<E, D, T>,
) -> Result<Rows<E, D, T>, Failure> {
    some(&x)?;
    let (x, mut tape) = x.split_tape();
    let shape = *x.shape();
    let y = x.device().one_position(&x).map_err(Failure::device)?;
    record(&mut tape, &x, &y, move |device, dy, dx| device.one_position_backward(shape, dy, dx))?;
    Ok(y.put_tape(tape))
}
