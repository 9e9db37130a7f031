//! How many layers fresh samples last with the statistics of a batch.

use mean_field::evaluation;
use report::{Table, TableError};

use crate::experiment::runs::{Outcome, Question, Run};
use crate::report::tables::{median, table as whole_then_numbers};

/// The mean square that is passed.
const LEVEL: f64 = 2.0;

/// The table `evaluation`: the median over networks of the layer of the median fresh sample, which is there as long as most
/// networks reach it within the layers that are followed.
pub(crate) fn table(outcomes: &[(Run, Outcome)]) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for (run, outcome) in outcomes {
        let (Question::Evaluation { .. }, Outcome::Evaluation(networks)) = (run.question, outcome) else {
            continue;
        };
        let layers: Vec<f64> = networks.iter().map(|fresh| of_median_sample(fresh)).collect();
        let reached = layers.iter().filter(|layer| layer.is_finite()).count();
        let layer = median(layers);
        let wide = evaluation::layer_beyond(LEVEL, run.samples).map_err(TableError::content)?;
        let large = evaluation::constant() * (run.samples as f64).sqrt();
        let counts = [run.samples, run.width, run.networks, reached, run.depth].map(|count| count as u64);
        rows.push((counts, [wide, layer.value, layer.standard_error, large]));
    }
    let counts = ["batch", "width", "networks", "reached", "followed"];
    whole_then_numbers("evaluation", counts, ["wide_layer", "layer", "standard_error", "large_batch"], &rows)
}

/// The layer of the median fresh sample; infinite where it stays within.
fn of_median_sample(layers: &[Option<f64>]) -> f64 {
    let mut layers: Vec<f64> = layers.iter().map(|layer| layer.unwrap_or(f64::INFINITY)).collect();
    layers.sort_by(f64::total_cmp);
    0.5 * (layers[(layers.len() - 1) / 2] + layers[layers.len() / 2])
}
