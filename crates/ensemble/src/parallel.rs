//! Where the work is spread over threads. Networks run side by side, each on one thread; or the chunks of one network's
//! layers do; or the draws and products of one block. Results are always taken in order.

use rayon::prelude::*;
use std::ops::Range;

/// Where the threads go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    /// Over networks: within one, work is sequential.
    Networks,
    /// Over the chunks of a layer.
    Chunks,
    /// Within the device that multiplies: chunks are taken one after the other.
    Device,
}

/// Chunks whose results exist at the same time.
const AT_ONCE: usize = 64;

impl Threads {
    /// Applies `map` to each piece of work and `fold` to the results, in order.
    pub(crate) fn fold<W: Send, T: Send, E: Send>(
        self,
        work: Vec<W>,
        map: impl Fn(W) -> Result<T, E> + Sync,
        mut fold: impl FnMut(T),
    ) -> Result<(), E> {
        let mut work = work.into_iter();
        match self {
            Self::Networks | Self::Device => work.try_for_each(|piece| map(piece).map(&mut fold)),
            Self::Chunks => loop {
                let some = work.by_ref().take(AT_ONCE).collect::<Vec<_>>();
                if some.is_empty() {
                    return Ok(());
                }
                let results = some.into_par_iter().map(&map).collect::<Result<Vec<_>, _>>()?;
                results.into_iter().for_each(&mut fold);
            },
        }
    }
}

/// Divides a matrix of `width` columns into the rows of each chunk; an empty matrix into empty pieces.
pub(crate) fn pieces<'a, T>(
    mut matrix: &'a mut [T],
    width: usize,
    rows: &[Range<usize>],
) -> Vec<&'a mut [T]> {
    let mut pieces = Vec::with_capacity(rows.len());
    for rows in rows {
        let length = (rows.len() * width).min(matrix.len());
        let (piece, rest) = matrix.split_at_mut(length);
        pieces.push(piece);
        matrix = rest;
    }
    pieces
}
