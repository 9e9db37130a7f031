//! How many layers fresh samples last with the statistics of a batch.

use mean_field::evaluation;
use report::{Table, TableError};
use statistics::Estimate;

use crate::experiment::runs::{Outcome, Question, Run};

/// The mean square that is passed.
const LEVEL: f64 = 2.0;

/// The table `evaluation`.
pub(crate) fn table(outcomes: &[(Run, Outcome)]) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for (run, outcome) in outcomes {
        let (Question::Evaluation { .. }, Outcome::Evaluation(networks)) = (run.question, outcome) else {
            continue;
        };
        let layer = Estimate::mean_of(&networks.iter().map(|fresh| median(fresh)).collect::<Vec<_>>());
        let wide = evaluation::layer_beyond(LEVEL, run.samples).map_err(TableError::content)?;
        let large = evaluation::constant() * (run.samples as f64).sqrt();
        let counts = [run.samples, run.width, run.networks].map(|count| count as u64);
        rows.push((counts, [wide, layer.value, layer.standard_error, large]));
    }
    let names = ["wide_layer", "layer", "standard_error", "large_batch"];
    super::table("evaluation", ["batch", "width", "networks"], names, &rows)
}

/// The layer of the median fresh sample; not a number where it stays within.
fn median(layers: &[Option<f64>]) -> f64 {
    let mut layers: Vec<f64> = layers.iter().map(|layer| layer.unwrap_or(f64::INFINITY)).collect();
    layers.sort_by(f64::total_cmp);
    let middle = layers.len() / 2;
    let median = 0.5 * (layers[(layers.len() - 1) / 2] + layers[middle]);
    if median.is_finite() { median } else { f64::NAN }
}
