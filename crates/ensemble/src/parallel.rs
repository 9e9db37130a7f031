//! Where the work is spread over threads: over networks, of which each then has one thread, or over the pieces of one
//! network's layers. Results are always taken in order.

use rayon::prelude::*;
use std::ops::Range;

/// The threads that work is spread over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    /// The calling one.
    One,
    /// All.
    All,
}

/// Results that exist at the same time, where there are no more threads.
const AT_ONCE: usize = 64;

impl Threads {
    /// Those that are left to each piece of work that is spread so.
    pub(crate) fn within(self) -> Self {
        if self == Self::All { Self::One } else { Self::All }
    }

    /// Applies `map` to each piece of work and `fold` to the results, in order.
    pub(crate) fn fold<W: Send, T: Send, E: Send>(
        self,
        mut work: impl Iterator<Item = W>,
        map: impl Fn(W) -> Result<T, E> + Sync,
        mut fold: impl FnMut(T),
    ) -> Result<(), E> {
        if self == Self::One {
            return work.try_for_each(|piece| map(piece).map(&mut fold));
        }
        let at_once = AT_ONCE.max(rayon::current_num_threads());
        loop {
            let some = work.by_ref().take(at_once).collect::<Vec<_>>();
            if some.is_empty() {
                return Ok(());
            }
            let results = some.into_par_iter().map(&map).collect::<Result<Vec<_>, _>>()?;
            results.into_iter().for_each(&mut fold);
        }
    }
}

/// Divides a matrix of `width` columns into the rows of each chunk; an empty matrix into empty pieces.
pub(crate) fn pieces<T>(
    mut matrix: &mut [T],
    width: usize,
    rows: impl Iterator<Item = Range<usize>>,
) -> impl Iterator<Item = &mut [T]> {
    rows.map(move |rows| {
        let length = (rows.len() * width).min(matrix.len());
        matrix.split_off_mut(..length).unwrap_or_default()
    })
}
