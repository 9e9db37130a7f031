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
    let mut rows: Vec<(Normalisation, u64, Estimate, Estimate)> = Vec::new();
    for run in runs {
        let last = run.ran.depth;
        for layer in 0..=last {
            let perturbation =
                over(run.networks, |network| (network.perturbation[layer] / network.perturbation[0]).ln());
            let gradient =
                over(run.networks, |network| (network.gradient[layer] / network.gradient[last]).ln());
            rows.push((run.ran.normalisation, layer as u64, perturbation, gradient));
        }
    }
    Table::new("regimes")
        .words("setting", rows.iter().map(|row| row.0))?
        .counts("layer", rows.iter().map(|row| row.1))?
        .numbers("log_perturbation", rows.iter().map(|row| row.2.value))?
        .numbers("perturbation_error", rows.iter().map(|row| row.2.standard_error))?
        .numbers("log_gradient", rows.iter().map(|row| row.3.value))?
        .numbers("gradient_error", rows.iter().map(|row| row.3.standard_error))
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
            return Err(TableError::Content(format!("no prediction for {} samples", run.ran.samples)));
        };
        rows.push((run.ran, [forward, backward], [perturbation, gradient]));
    }
    Table::new("growth")
        .words("setting", rows.iter().map(|row| row.0.normalisation))?
        .counts("samples", rows.iter().map(|row| row.0.samples as u64))?
        .counts("networks", rows.iter().map(|row| row.0.networks as u64))?
        .numbers("perturbation", rows.iter().map(|row| row.1[0].value))?
        .numbers("perturbation_error", rows.iter().map(|row| row.1[0].standard_error))?
        .numbers("perturbation_predicted", rows.iter().map(|row| row.2[0]))?
        .numbers("gradient", rows.iter().map(|row| row.1[1].value))?
        .numbers("gradient_error", rows.iter().map(|row| row.1[1].standard_error))?
        .numbers("gradient_predicted", rows.iter().map(|row| row.2[1]))
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
