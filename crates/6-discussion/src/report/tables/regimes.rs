//! Growth of perturbations forward beside growth of gradients backward.

use ensemble::{Config, Normalisation};
use mean_field::batch_gradient::{self, Through};
use report::{Estimate, Table, TableError};

use super::{RegimeRan, over};

/// Layers left out at either end: the step from the inputs and the one next to the loss grow otherwise.
const MARGIN: usize = 1;

/// ln of the mean square of a perturbation of the inputs and of the gradient at the output, layer by layer, averaged over
/// networks.
pub(super) fn layers(runs: &[RegimeRan]) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for run in runs {
        let last = run.ran.depth;
        for layer in 0..=last {
            let perturbation =
                over(run.networks, |network| (network.perturbation[layer] / network.perturbation[0]).ln());
            let gradient =
                over(run.networks, |network| (network.gradient[layer] / network.gradient[last]).ln());
            rows.push((run.ran.normalisation, layer, perturbation, gradient));
        }
    }
    Table::of("regimes", &rows)
        .word("setting", |row| row.0)
        .count("layer", |row| row.1)
        .estimate(["log_perturbation", "perturbation_error"], |row| row.2)
        .estimate(["log_gradient", "gradient_error"], |row| row.3)
        .table()
}

// region: growth
/// ln of the growth per layer: of the perturbation from layer to layer, and of the gradient back from it, over all layers
/// but the outermost. Predicted for the same batch; perturbations leave the batch's statistics alone.
pub(super) fn growth(runs: &[RegimeRan]) -> Result<Table, TableError> {
    let per_layer = |ran: &Config, curve: &[f64]| {
        let (first, last) = (MARGIN, ran.depth - MARGIN);
        (curve[last] / curve[first]).ln() / (last - first) as f64
    };
    let mut rows: Vec<(&Config, [Estimate; 2], [f64; 2])> = Vec::new();
    for run in runs {
        let forward = over(run.networks, |network| per_layer(run.ran, &network.perturbation));
        let backward = over(run.networks, |network| -per_layer(run.ran, &network.gradient));
        let [perturbation, gradient] = predicted(run.ran.normalisation);
        let growth = |setting| batch_gradient::growth(setting, run.ran.samples).map(f64::ln);
        let expected = [growth(perturbation), growth(gradient)];
        let [Ok(perturbation), Ok(gradient)] = expected else {
            return Err(TableError::content(format!("no prediction for {} samples", run.ran.samples)));
        };
        rows.push((run.ran, [forward, backward], [perturbation, gradient]));
    }
    Table::of("growth", &rows)
        .word("setting", |row| row.0.normalisation)
        .count("samples", |row| row.0.samples)
        .count("networks", |row| row.0.networks)
        .measured("perturbation", |row| row.1[0])
        .number("perturbation_predicted", |row| row.2[0])
        .measured("gradient", |row| row.1[1])
        .number("gradient_predicted", |row| row.2[1])
        .table()
}

/// Perturbation and gradient: with the batch's statistics held fixed, a perturbation grows as a gradient that does not
/// pass through them.
fn predicted(setting: Normalisation) -> [batch_gradient::Normalisation; 2] {
    use batch_gradient::Normalisation::{BatchNorm, Kaiming, ScaleBias};
    match setting {
        Normalisation::Kaiming => [Kaiming, Kaiming],
        Normalisation::ScaleBias => [ScaleBias, ScaleBias],
        Normalisation::BatchNorm => [BatchNorm(Through::FixedStatistics), BatchNorm(Through::Full)],
    }
}
// endregion: growth
