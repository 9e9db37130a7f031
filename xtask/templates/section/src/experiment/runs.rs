//! Runs of Section {{number}}: a run holds everything its result depends on, and imports nothing that draws or judges.

use mean_field::iterate::Gaps;
use serde::{Deserialize, Serialize};

use crate::experiment::params::Params;

/// Cosine similarities of the inputs that are compared.
const INPUT_COSINES: [f64; 3] = [0.0, 0.5, 0.9];

/// One run: one cosine similarity of the inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// c⁰.
    pub input_cosine: f64,
    /// Layers followed.
    pub depth: u64,
}

/// What a run gives: c^l for l = 0, 1, …
pub type Outcome = Vec<f64>;

impl Run {
    /// Its name.
    pub fn name(&self) -> String {
        format!("cosine-{}", self.input_cosine)
    }
}

/// The runs that the parameters call for.
pub fn runs(params: &Params) -> Vec<Run> {
    INPUT_COSINES.map(|input_cosine| Run { input_cosine, depth: params.depth.get() }).to_vec()
}

// region: iterate
/// Executes a run.
pub fn execute(run: &Run, progress: &(dyn Fn(u64, u64) + Sync)) -> Outcome {
    let gaps = (0..=run.depth).zip(Gaps::from_gap(1.0 - run.input_cosine));
    let cosine = |(layer, gap)| {
        progress(layer, run.depth);
        1.0 - gap
    };
    gaps.map(cosine).collect()
}
// endregion: iterate
