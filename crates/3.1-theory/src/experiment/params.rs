//! Parameters of Section 3.1.

use experiment::Count;

experiment::parameters! {
    /// What is computed, and how far: the paper's depth, and the horizon at which the exact rate shows.
    pub struct Params {
        /// Layers of the curves m^l, v^l, σ^l: the paper shows 50.
        depth: Count<2, 100_000> = 50;
        /// Points of the grid over [-1, 1] on which the three routes to K are compared.
        grid: Count<3, 10_001> = 41, 201, 201;
        /// Layers over which the approach to the fixed point is followed.
        horizon: Count<10_000, 100_000_000> = 100000, 1000000, 1000000;
    }
}
