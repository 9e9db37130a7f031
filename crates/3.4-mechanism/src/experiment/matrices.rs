//! Eq. 10 by literal multiplication: both of its sides for a set of vectors and many random matrices.
//!
//! Why it holds: for independent elements of zero mean and unit variance ⟨WᵀW⟩ is the number of rows times the identity.
//! Squared mean and variance are both sums of squared lengths of vectors that depend on the set alone, and every such
//! length becomes the same multiple of itself, on average over W. So the two averages have the ratio they had; the
//! average of the ratio does not.

use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use statistics::{Estimate, pseudo_values};

use crate::experiment::vectors::{ELEMENTS, Kind, Vectors};

/// Rows of a matrix: few, so that the ratio of one matrix strays far from the ratio of the averages.
pub const ROWS: usize = 8;

/// Both sides of Eq. 10 for one set of vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sides {
    /// T.
    pub vectors: u64,
    /// The right-hand side.
    pub before: f64,
    /// The left-hand side: the average numerator over the average denominator.
    pub after: Estimate,
    /// The logarithm of left over right.
    pub log_ratio: Estimate,
    /// The average of the ratio instead.
    pub mean_of_ratios: Estimate,
}

// region: matrices
/// Multiplies the vectors of a set by `matrices` matrices with independent N(0, 1) elements.
pub fn sides(kind: Kind, matrices: u64, seed: u64) -> Sides {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let vectors = Vectors::draw(kind, &mut random);
    let (squared_mean, variance) = vectors.squared_mean_and_variance();
    let before = squared_mean / variance;
    let (over, under): (Vec<f64>, Vec<f64>) = (0..matrices).map(|_| product(&vectors, &mut random)).unzip();
    let ratios: Vec<f64> = over.iter().zip(&under).map(|(over, under)| over / under).collect();
    let pseudo = |function: &dyn Fn(f64, f64) -> f64| {
        Estimate::mean_of(&pseudo_values([&over, &under], |[over, under]| function(over, under)))
    };
    Sides {
        vectors: vectors.count() as u64,
        before,
        after: pseudo(&|over, under| over / under),
        log_ratio: pseudo(&|over, under| (over / under / before).ln()),
        mean_of_ratios: Estimate::mean_of(&ratios),
    }
}

// endregion: matrices

// region: product
/// Squared mean and variance, summed over the elements of W x, for one W.
fn product(vectors: &Vectors, random: &mut Xoshiro256PlusPlus) -> (f64, f64) {
    let count = vectors.count() as f64;
    let mut sums = (0.0, 0.0);
    for _ in 0..ROWS {
        let row: [f64; ELEMENTS] = std::array::from_fn(|_| StandardNormal.sample(random));
        let dot = |x: &[f64]| row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>();
        let add = |(sum, squares), u: f64| (sum + u, squares + u * u);
        let (sum, squares) = vectors.iter().map(dot).fold((0.0, 0.0), add);
        let squared_mean = (sum / count).powi(2);
        sums = (sums.0 + squared_mean, sums.1 + squares / count - squared_mean);
    }
    sums
}
// endregion: product
