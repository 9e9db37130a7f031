//! Parameters of Section 3.4. The paper states no sizes here.

use ensemble::Engine;
use experiment::Count;
use serde::{Deserialize, Serialize};

/// How many matrices, draws and networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Matrices for each set of vectors of Eq. 10.
    pub matrices: Count<3, 100_000_000>,
    /// Draws from each law of Eq. 11, beside its integrals.
    pub draws: Count<2, 100_000_000>,
    /// Units per layer of the deep networks (n).
    pub width: Count<1, 1_000_000>,
    /// Their layers (L).
    pub depth: Count<1, 10_000>,
    /// How many of them.
    pub networks: Count<3, 10_000_000>,
    /// Input vectors of each (T).
    pub samples: Count<2, 10_000>,
    /// How their weights are sampled.
    pub engine: Engine,
}

/// Name, meaning and range of every parameter.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("matrices", "matrices for each set of vectors of Eq. 10, 3 to 100000000"),
    ("draws", "draws from each law of Eq. 11, 2 to 100000000"),
    ("width", "units per layer of the deep networks, 1 to 1000000"),
    ("depth", "layers of the deep networks, 1 to 10000"),
    ("networks", "deep networks, 3 to 10000000"),
    ("samples", "input vectors of each deep network, 2 to 10000"),
    ("engine", "how weights of the deep networks are sampled: exact or direct"),
];

/// A first look: deep networks as deep as those of the paper's figures, and as many as show a matrix step to be flat
/// where a ReLU step is least steep.
pub const QUICK: Params = Params {
    matrices: Count::of(20_000),
    draws: Count::of(50_000),
    width: Count::of(3000),
    depth: Count::of(50),
    networks: Count::of(120),
    samples: Count::of(16),
    engine: Engine::Exact,
};

/// The same with smaller errors.
pub const PAPER: Params =
    Params { matrices: Count::of(200_000), draws: Count::of(1_000_000), networks: Count::of(2000), ..QUICK };

/// For tests.
pub const SMOKE: Params = Params {
    matrices: Count::of(5000),
    draws: Count::of(5000),
    width: Count::of(100),
    depth: Count::of(6),
    networks: Count::of(2000),
    samples: Count::of(8),
    engine: Engine::Exact,
};
