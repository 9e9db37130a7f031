//! Runs of Section {{number}}: a run holds everything its result depends on, and imports nothing that draws or judges.

use experiment::{Context, Experiment, ExperimentError};
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

/// The experiments of Section {{number}}.
pub struct {{type}};

impl Experiment for {{type}} {
    type Params = Params;
    type Run = Run;
    type Outcome = Outcome;

    fn runs(params: &Params) -> Vec<Run> {
        INPUT_COSINES.map(|input_cosine| Run { input_cosine, depth: params.depth.get() }).to_vec()
    }

    fn name(run: &Run) -> String {
        format!("cosine-{}", run.input_cosine)
    }

    // region: iterate
    fn execute(
        run: &Run,
        _: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Outcome, ExperimentError> {
        let gaps = (0..=run.depth).zip(Gaps::from_gap(1.0 - run.input_cosine));
        let cosine = |(layer, gap)| {
            progress(layer, run.depth);
            1.0 - gap
        };
        Ok(gaps.map(cosine).collect())
    }
    // endregion: iterate
}
