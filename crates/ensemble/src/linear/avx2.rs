//! Products of blocks on processors with AVX2 and fused multiply-add but without AVX-512. A library that serves every
//! shape packs and unpacks more than these few shapes need, and leaves a third of such a processor's arithmetic unused.
//! Every entry is summed in an order that depends on the number of rows alone.

mod transposed;

use std::arch::x86_64::{
    __m256, _mm256_add_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_setzero_ps,
    _mm256_storeu_ps,
};

/// Numbers in a vector.
const LANES: usize = 8;
/// Rows of a tile of a product.
const HIGH: usize = 2 * LANES;
/// Columns of a tile of a product: its sums, two vectors of the left factor and an entry of the right one fill the
/// registers.
const WIDE: usize = 5;
/// Proof that the processor has what the kernels need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(());

/// A right factor, in panels of [`WIDE`] columns; of each row of a panel its entries. Rows that are zero to the end of a
/// panel are left out.
#[derive(Debug)]
pub(super) struct Panels {
    panels: Vec<Vec<[f32; WIDE]>>,
    rows: usize,
    proof: Avx2,
}

impl Avx2 {
    /// Where the kernels serve best: with wider vectors the library's are faster.
    pub(super) fn detect() -> Option<Self> {
        let serves = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && !is_x86_feature_detected!("avx512f");
        serves.then_some(Self(()))
    }

    /// Lays out a matrix of so many `rows` and `columns`; column j has nothing below its first `depth(j)` entries.
    pub(super) fn panels(
        self,
        [rows, columns]: [usize; 2],
        entry: impl Fn(usize, usize) -> f32,
        depth: impl Fn(usize) -> usize,
    ) -> Panels {
        let panel = |first: usize| {
            let last = columns.min(first + WIDE);
            let mut panel = vec![[0.0; WIDE]; (first..last).map(&depth).max().unwrap_or(0)];
            for column in first..last {
                let slots = panel.iter_mut().take(depth(column)).map(|row| &mut row[column - first]);
                slots.enumerate().for_each(|(row, slot)| *slot = entry(row, column));
            }
            panel
        };
        Panels { panels: (0..columns).step_by(WIDE).map(panel).collect(), rows, proof: self }
    }

    /// `out` (k×m, by rows) gains `left`ᵀ · `right`, for blocks `left` b×k and `right` b×m by columns: each block's sums in
    /// single precision, the total in double. If `triangle`, only what stands on and above the diagonal.
    pub(super) fn add_transposed_times(
        self,
        out: &mut [f64],
        left: &[f32],
        right: &[f32],
        columns: [usize; 2],
        triangle: bool,
    ) {
        // SAFETY: the processor has the features, as `self` proves.
        unsafe { transposed::add_single(out, left, right, columns, triangle) };
    }

    /// `out` (k×k, by rows) gains `block`ᵀ · `block`, for a block b×k by columns, on and above the diagonal.
    pub(super) fn add_gram(self, out: &mut [f64], block: &[f64], k: usize) {
        // SAFETY: as above.
        unsafe { transposed::add_double(out, block, block, [k, k], true) };
    }
}

impl Panels {
    /// `out` (b×m) becomes, or if `GAIN` gains, `left` (b×k) times this matrix; blocks by columns.
    pub(super) fn times<const GAIN: bool>(&self, out: &mut [f32], left: &[f32]) {
        let Avx2(()) = self.proof;
        // SAFETY: the processor has the features, as `proof` proves.
        unsafe { times::<GAIN>(&self.panels, self.rows, out, left) };
    }
}

/// [`Panels::times`], tile by tile.
#[target_feature(enable = "avx2,fma")]
fn times<const GAIN: bool>(panels: &[Vec<[f32; WIDE]>], rows: usize, out: &mut [f32], left: &[f32]) {
    let b = left.len() / rows;
    let mut strip = vec![[0.0; HIGH]; rows];
    for first in (0..b).step_by(HIGH) {
        let height = HIGH.min(b - first);
        for (row, column) in strip.iter_mut().zip(left.chunks_exact(b)) {
            match column[first..].first_chunk::<HIGH>() {
                Some(column) => *row = *column,
                None => row[..height].copy_from_slice(&column[first..]),
            }
        }
        for (panel, columns) in panels.iter().zip(out.chunks_mut(WIDE * b)) {
            let sums = multiply(&strip, panel);
            if height == HIGH && columns.len() == WIDE * b {
                for (index, sums) in sums.into_iter().enumerate() {
                    put::<GAIN>(&mut columns[index * b + first..][..HIGH], sums);
                }
            } else {
                for (column, sums) in columns.chunks_exact_mut(b).zip(sums) {
                    let mut whole = [0.0; HIGH];
                    let part = &mut column[first..first + height];
                    whole[..height].copy_from_slice(part);
                    put::<GAIN>(&mut whole, sums);
                    part.copy_from_slice(&whole[..height]);
                }
            }
        }
    }
}

/// A tile of a product, column by column: as many rows of `strip`, columns of the left factor, as `panel` has rows.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn multiply(strip: &[[f32; HIGH]], panel: &[[f32; WIDE]]) -> [[__m256; 2]; WIDE] {
    let mut sums = [[_mm256_setzero_ps(); 2]; WIDE];
    for (column, entries) in strip.iter().zip(panel) {
        let (low, high) = column.split_at(LANES);
        // SAFETY: both halves are of one vector's length.
        let [low, high] = unsafe { [_mm256_loadu_ps(low.as_ptr()), _mm256_loadu_ps(high.as_ptr())] };
        for (sums, entry) in sums.iter_mut().zip(entries) {
            let entry = _mm256_set1_ps(*entry);
            sums[0] = _mm256_fmadd_ps(low, entry, sums[0]);
            sums[1] = _mm256_fmadd_ps(high, entry, sums[1]);
        }
    }
    sums
}

/// `out`, [`HIGH`] numbers, becomes or gains a column of a tile.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn put<const GAIN: bool>(out: &mut [f32], sums: [__m256; 2]) {
    for (out, sum) in out.chunks_exact_mut(LANES).zip(sums) {
        // SAFETY: the piece is of a vector's length.
        unsafe {
            let sum = if GAIN { _mm256_add_ps(_mm256_loadu_ps(out.as_ptr()), sum) } else { sum };
            _mm256_storeu_ps(out.as_mut_ptr(), sum);
        }
    }
}
