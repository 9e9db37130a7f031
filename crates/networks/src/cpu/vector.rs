//! Numbers side by side, as many as a register of the processor holds. What the compiler makes of loops over arrays
//! depends on what it believes to be fast; here it has no choice. What computes with these is to be inlined to the last
//! function: no closures of the library's in between, which would not use the processor's instructions.

use pulp::Simd;
use std::ops::{Add, Sub};

/// What can be added, subtracted and multiplied by constants.
pub trait Arithmetic: Copy + Add<Output = Self> + Sub<Output = Self> {
    /// So many times this.
    fn times(self, factor: f64) -> Self;
}

/// A register of numbers.
pub trait Vector<S: Simd, E>: Arithmetic {
    /// How many numbers there are: 1, 2, 4, 8 or 16.
    const LANES: usize;

    /// The same number everywhere.
    fn splat(simd: S, number: E) -> Self;

    /// self · factor + term, rounded once where the processor does so as fast.
    fn multiply_add(self, factor: Self, term: Self) -> Self;

    /// The sum of the numbers.
    fn sum(self) -> E;

    /// The first numbers of a slice.
    ///
    /// # Panics
    /// When there are fewer.
    fn load(simd: S, from: &[E]) -> Self;

    /// Writes the numbers to the start of a slice.
    ///
    /// # Panics
    /// When it is shorter.
    fn store(self, to: &mut [E]);

    /// Four registers of fours become the first, second, third and fourth of each. The fours change their order: by one
    /// rule for all of E and S.
    fn split(fours: [Self; 4]) -> [Self; 4];

    /// The inverse of [`Vector::split`].
    fn join(columns: [Self; 4]) -> [Self; 4];
}

macro_rules! vector {
    ($name:ident, $number:ty, $numbers:ident, $lanes:ident, $splat:ident, $add:ident, $sub:ident, $mul:ident, $multiply_add:ident, $sum:ident, $slice:ident, $mut_slice:ident, $split:ident, $join:ident) => {
        /// Numbers of this type.
        #[derive(Clone, Copy)]
        pub struct $name<S: Simd> {
            simd: S,
            numbers: S::$numbers,
        }

        impl<S: Simd> Add for $name<S> {
            type Output = Self;

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self { numbers: self.simd.$add(self.numbers, other.numbers), ..self }
            }
        }

        impl<S: Simd> Sub for $name<S> {
            type Output = Self;

            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self { numbers: self.simd.$sub(self.numbers, other.numbers), ..self }
            }
        }

        impl<S: Simd> Arithmetic for $name<S> {
            #[inline(always)]
            fn times(self, factor: f64) -> Self {
                let factor = self.simd.$splat(factor as $number);
                Self { numbers: self.simd.$mul(self.numbers, factor), ..self }
            }
        }

        impl<S: Simd> Vector<S, $number> for $name<S> {
            const LANES: usize = S::$lanes;

            #[inline(always)]
            fn splat(simd: S, number: $number) -> Self {
                Self { simd, numbers: simd.$splat(number) }
            }

            #[inline(always)]
            fn multiply_add(self, factor: Self, term: Self) -> Self {
                let numbers = self.simd.$multiply_add(self.numbers, factor.numbers, term.numbers);
                Self { numbers, ..self }
            }

            #[inline(always)]
            fn sum(self) -> $number {
                self.simd.$sum(self.numbers)
            }

            #[inline(always)]
            fn load(simd: S, from: &[$number]) -> Self {
                Self { simd, numbers: S::$slice(&from[..Self::LANES]).0[0] }
            }

            #[inline(always)]
            fn store(self, to: &mut [$number]) {
                S::$mut_slice(&mut to[..Self::LANES]).0[0] = self.numbers;
            }

            #[inline(always)]
            fn split(fours: [Self; 4]) -> [Self; 4] {
                let ([a, b, c, d], simd) = (fours, fours[0].simd);
                let [a, b, c, d] = simd.$split([a.numbers, b.numbers, c.numbers, d.numbers]);
                [
                    Self { simd, numbers: a },
                    Self { simd, numbers: b },
                    Self { simd, numbers: c },
                    Self { simd, numbers: d },
                ]
            }

            #[inline(always)]
            fn join(columns: [Self; 4]) -> [Self; 4] {
                let ([a, b, c, d], simd) = (columns, columns[0].simd);
                let [a, b, c, d] = simd.$join([a.numbers, b.numbers, c.numbers, d.numbers]);
                [
                    Self { simd, numbers: a },
                    Self { simd, numbers: b },
                    Self { simd, numbers: c },
                    Self { simd, numbers: d },
                ]
            }
        }
    };
}

vector!(
    Singles,
    f32,
    f32s,
    F32_LANES,
    splat_f32s,
    add_f32s,
    sub_f32s,
    mul_f32s,
    mul_add_e_f32s,
    reduce_sum_f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    deinterleave_shfl_f32s,
    interleave_shfl_f32s
);
vector!(
    Doubles,
    f64,
    f64s,
    F64_LANES,
    splat_f64s,
    add_f64s,
    sub_f64s,
    mul_f64s,
    mul_add_e_f64s,
    reduce_sum_f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    deinterleave_shfl_f64s,
    interleave_shfl_f64s
);

#[cfg(test)]
impl Arithmetic for f64 {
    fn times(self, factor: f64) -> Self {
        self * factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_traits::Float;
    use pulp::{Arch, WithSimd};

    /// Fours of `Real` numbers, sorted by column and put together again.
    struct Sorted;

    impl WithSimd for Sorted {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            check::<S, f32, Singles<S>>(simd);
            check::<S, f64, Doubles<S>>(simd);
        }
    }

    #[inline(always)]
    fn check<S: Simd, E: Float, V: Vector<S, E>>(simd: S) {
        let lanes = V::LANES;
        let fours: Vec<E> = (0..4 * lanes).map(|number| E::from(number).unwrap()).collect();
        let read =
            |numbers: &[E]| -> [V; 4] { std::array::from_fn(|part| V::load(simd, &numbers[part * lanes..])) };
        let write = |vectors: [V; 4]| {
            let mut numbers = vec![E::zero(); 4 * lanes];
            vectors.iter().zip(numbers.chunks_exact_mut(lanes)).for_each(|(vector, to)| vector.store(to));
            numbers
        };
        let split = write(V::split(read(&fours)));
        for place in 0..lanes {
            let four: Vec<f64> =
                (0..4).map(|column| split[column * lanes + place].to_f64().unwrap()).collect();
            assert!(four.iter().zip(0..4).all(|(number, column)| *number == four[0] + f64::from(column)));
            assert_eq!(four[0] % 4.0, 0.0);
        }
        assert!(write(V::join(read(&split))) == fours);
    }

    #[test]
    fn fours_are_sorted_by_column_and_put_together_again() {
        Arch::new().dispatch(Sorted);
        #[cfg(target_arch = "x86_64")]
        if let Some(narrower) = pulp::x86::V3::try_new() {
            Sorted.with_simd(narrower);
        }
        Sorted.with_simd(pulp::Scalar);
    }
}
