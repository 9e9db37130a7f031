//! Parameters of Section 3.1.

use experiment::Count;
use serde::{Deserialize, Serialize};

/// What is computed, and how far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Layers of the curves m^l, v^l, σ^l: the paper shows 50.
    pub depth: Count<2, 100_000>,
    /// Points of the grid over [-1, 1] on which the three routes to K are compared.
    pub grid: Count<3, 10_001>,
    /// Layers over which the approach to the fixed point is followed.
    pub horizon: Count<10_000, 100_000_000>,
}

/// Name, meaning and range of every parameter.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("depth", "layers of the curves m, v and σ, 2 to 100000"),
    ("grid", "points of the grid over [-1, 1] for the three routes to K, 3 to 10001"),
    ("horizon", "layers over which 1 - c is followed, 10000 to 100000000"),
];

/// The paper's depth, and the horizon at which the exact rate shows.
pub const FULL: Params = Params { depth: Count::of(50), grid: Count::of(201), horizon: Count::of(1_000_000) };

/// For tests.
pub const SMOKE: Params = Params { depth: Count::of(50), grid: Count::of(41), horizon: Count::of(100_000) };
