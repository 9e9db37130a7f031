//! Checkpoints: all that the rest of a run depends on.

use experiment::{Checkpoints, ExperimentError};
use serde::{Deserialize, Serialize};

use crate::experiment::runs::Outcome;

/// A run on its way. Its place in the order of minibatches is the number of losses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The network's, one list per tensor.
    pub parameters: Vec<Vec<f32>>,
    /// Steps that the optimiser took.
    pub steps: u64,
    /// What it remembers of them.
    pub memory: Vec<Vec<f32>>,
    /// What the run gave so far.
    pub outcome: Outcome,
}

impl Checkpoint {
    /// The newest of a run that can be read.
    pub fn newest(of: &dyn Checkpoints) -> Option<Self> {
        postcard::from_bytes(&of.newest()?).ok()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// Never for a checkpoint: where it cannot be written, that is told and costs time alone.
    pub fn keep(&self, with: &dyn Checkpoints) -> Result<(), ExperimentError> {
        with.keep(self.outcome.losses.len() as u64, &postcard::to_stdvec(self)?);
        Ok(())
    }
}
