//! Scalar products of columns, three of one block with four of another at a time: twelve sums in as many registers.

use std::arch::x86_64::{
    __m256, __m256d, _mm_add_ps, _mm_storeu_ps, _mm256_add_pd, _mm256_castps256_ps128, _mm256_extractf128_ps,
    _mm256_fmadd_pd, _mm256_fmadd_ps, _mm256_hadd_pd, _mm256_hadd_ps, _mm256_loadu_pd, _mm256_loadu_ps,
    _mm256_permute2f128_pd, _mm256_setzero_pd, _mm256_setzero_ps, _mm256_storeu_pd,
};

/// Columns of the two factors whose scalar products are formed together.
const LEFT: usize = 3;
const RIGHT: usize = 4;
/// Columns of the left factor that stay in the nearest cache while those of the right one pass.
const STRIP: usize = 4 * LEFT;

/// A function that adds the product of two blocks, and its kernel, for one type of numbers.
macro_rules! add_scalar_products {
    ($name:ident, $tile:ident, $number:ty, $zero:ident, $load:ident, $multiply_add:ident, $sums_of:ident) => {
        /// `out` (k×m, by rows) gains `left`ᵀ · `right`, for blocks `left` b×k and `right` b×m by columns. If `triangle`, what
        /// stands below the diagonal is left undefined.
        #[target_feature(enable = "avx2,fma")]
        pub(super) fn $name(
            out: &mut [f64],
            left: &[$number],
            right: &[$number],
            [k, m]: [usize; 2],
            triangle: bool,
        ) {
            let b = left.len() / k;
            let fits = left.len() == k * b && right.len() == m * b && out.len() == k * m;
            assert!(fits, "blocks of the same rows");
            for strip in (0..k).step_by(STRIP) {
                for second in (if triangle { strip } else { 0 }..m).step_by(RIGHT) {
                    let end = k.min(strip + STRIP).min(if triangle { second + RIGHT } else { k });
                    for first in (strip..end).step_by(LEFT) {
                        // A tile that reaches over the edge takes the last column again and drops the sums.
                        let columns = [0, 1, 2].map(|next| (first + next).min(k - 1) * b);
                        let others = [0, 1, 2, 3].map(|next| (second + next).min(m - 1) * b);
                        let columns = columns.map(|start| left.as_ptr().wrapping_add(start));
                        let others = others.map(|start| right.as_ptr().wrapping_add(start));
                        // SAFETY: every column has `b` elements, as asserted above.
                        let sums = unsafe { $tile(columns, others, b) };
                        for (row, sums) in out[first * m..].chunks_exact_mut(m).zip(&sums) {
                            let row = &mut row[second..];
                            if let Some(row) = row.first_chunk_mut::<RIGHT>() {
                                for (out, sum) in row.iter_mut().zip(sums) {
                                    *out += f64::from(*sum);
                                }
                            } else {
                                for (out, sum) in row.iter_mut().zip(sums) {
                                    *out += f64::from(*sum);
                                }
                            }
                        }
                    }
                }
            }
        }

        /// The scalar products of three columns with four others.
        ///
        /// # Safety
        /// Every column has `rows` elements.
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn $tile(
            left: [*const $number; LEFT],
            right: [*const $number; RIGHT],
            rows: usize,
        ) -> [[$number; RIGHT]; LEFT] {
            const LANES: usize = 32 / size_of::<$number>();
            let mut sums = [[$zero(); RIGHT]; LEFT];
            let whole = rows / LANES * LANES;
            for row in (0..whole).step_by(LANES) {
                // SAFETY: a vector from `row` on ends within `whole` elements.
                let load = |column: *const $number| unsafe { $load(column.add(row)) };
                let [a, b, c] = left.map(load);
                for (index, other) in right.into_iter().enumerate() {
                    let other = load(other);
                    sums[0][index] = $multiply_add(a, other, sums[0][index]);
                    sums[1][index] = $multiply_add(b, other, sums[1][index]);
                    sums[2][index] = $multiply_add(c, other, sums[2][index]);
                }
            }
            let mut out = [[0.0; RIGHT]; LEFT];
            for (out, sums) in out.iter_mut().zip(sums) {
                *out = $sums_of(sums);
            }
            for row in whole..rows {
                for (out, left) in out.iter_mut().zip(left) {
                    for (out, right) in out.iter_mut().zip(right) {
                        // SAFETY: `row` is below `rows`.
                        *out = unsafe { (*left.add(row)).mul_add(*right.add(row), *out) };
                    }
                }
            }
            out
        }
    };
}

add_scalar_products!(
    add_single,
    single_tile,
    f32,
    _mm256_setzero_ps,
    _mm256_loadu_ps,
    _mm256_fmadd_ps,
    sums_of_single
);
add_scalar_products!(
    add_double,
    double_tile,
    f64,
    _mm256_setzero_pd,
    _mm256_loadu_pd,
    _mm256_fmadd_pd,
    sums_of_double
);

/// The sum of each vector's elements.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn sums_of_single([p, q, r, s]: [__m256; RIGHT]) -> [f32; RIGHT] {
    let fours = _mm256_hadd_ps(_mm256_hadd_ps(p, q), _mm256_hadd_ps(r, s));
    let sums = _mm_add_ps(_mm256_castps256_ps128(fours), _mm256_extractf128_ps::<1>(fours));
    let mut out = [0.0; RIGHT];
    // SAFETY: half a vector has as many elements as the result.
    unsafe { _mm_storeu_ps(out.as_mut_ptr(), sums) };
    out
}

/// The sum of each vector's elements.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn sums_of_double([p, q, r, s]: [__m256d; RIGHT]) -> [f64; RIGHT] {
    let (left, right) = (_mm256_hadd_pd(p, q), _mm256_hadd_pd(r, s));
    let [low, high] =
        [_mm256_permute2f128_pd::<0x20>(left, right), _mm256_permute2f128_pd::<0x31>(left, right)];
    let mut out = [0.0; RIGHT];
    // SAFETY: a vector has as many elements as the result.
    unsafe { _mm256_storeu_pd(out.as_mut_ptr(), _mm256_add_pd(low, high)) };
    out
}
