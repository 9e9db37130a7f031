//! Parameters of Section 3.4. The paper states no sizes here.

use ensemble::Engine;
use experiment::Count;

experiment::parameters! {
    /// How many matrices, draws and networks: networks as deep as those of the paper's figures, and as many as show a matrix
    /// step to be flat where a ReLU step is least steep.
    pub struct Params {
        /// Matrices for each set of vectors of Eq. 10.
        matrices: Count<3, 100_000_000> = 5000, 20000, 200000;
        /// Draws from each law of Eq. 11, beside its integrals.
        draws: Count<2, 100_000_000> = 5000, 50000, 1000000;
        /// Units per layer of the deep networks (n).
        width: Count<1, 1_000_000> = 100, 3000, 3000;
        /// Their layers (L).
        depth: Count<1, 10_000> = 6, 50, 50;
        /// How many of them.
        networks: Count<3, 10_000_000> = 2000, 120, 2000;
        /// Input vectors of each (T).
        samples: Count<2, 10_000> = 8, 16, 16;
        /// How their weights are sampled: directly, on the device asked for, or exactly, on the processor.
        engine: Engine = { Engine::Exact };
    }
}
