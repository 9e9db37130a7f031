//! Parameters of Section {{number}}.

use experiment::Count;

experiment::parameters! {
    /// What is computed, and how far.
    pub struct Params {
        /// Layers followed.
        depth: Count<2, 100_000> = 20, 50, 50;
    }
}
