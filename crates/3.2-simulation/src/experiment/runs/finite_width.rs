//! Ensembles of one width: the ratio r^l of Eq. 9 in every layer, sample mean and sample variance, and both sides of
//! Eq. 6.
//!
//! Means over networks come with their standard deviation (unbiased variance), from which tables make standard errors
//! s/√networks. Those called *controlled* are of values from which the part that is known to vanish on average has been
//! taken: see [`control`](super::control).

use ensemble::{Config, Record};
use experiment::ExperimentError;
use mean_field::finite_samples::over_samples;
use mean_field::{Inputs, SampleMoments};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use statistics::{Summary, unbiased_squared_mean, unbiased_variance};

use super::MISSING;
use super::control::{Controlled, controlled};

/// One layer over all networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerRow {
    /// l, from 1.
    pub layer: u64,
    /// r^l predicted for infinite width and T samples.
    pub prediction: f64,
    /// r^l predicted for infinite width and all samples.
    pub all_samples: f64,
    /// r^l of Eq. 9.
    pub ratio: Summary,
    /// r^l over its prediction for T samples, controlled.
    pub relative_ratio: Summary,
    /// Share of the sample variance in the mean square, over its prediction for T samples.
    pub relative_share: Summary,
    /// The same, controlled.
    pub controlled_share: Summary,
    /// (m^l)², free of the bias of T samples.
    pub squared_mean: Summary,
    /// The same, controlled.
    pub controlled_squared_mean: Summary,
    /// (v^l)², free of the bias of T samples.
    pub variance: Summary,
    /// The same, controlled.
    pub controlled_variance: Summary,
    /// (2/n) <x_a·x_b> of the layer below, over pairs of different samples.
    pub twice_inner: Summary,
    /// Squared mean minus that, network by network.
    pub inner_difference: Summary,
}

/// An ensemble of one width.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FiniteWidth {
    /// The ensemble as it ran.
    pub ran: Config,
    /// Layers 1 to L.
    pub layers: Vec<LayerRow>,
    /// The difference of the two sides of Eq. 6, averaged over the layers of each network.
    pub inner_difference: Summary,
}

/// Reduces an ensemble of which moments and Gram matrices were observed.
///
/// # Errors
/// Where they were not.
pub(super) fn reduced(record: Record) -> Result<FiniteWidth, ExperimentError> {
    let Config { depth, samples, width, .. } = record.config;
    let predictions: Vec<SampleMoments> = Inputs::STANDARD.moments().take(depth).collect();
    let cosines: Vec<f64> = predictions.iter().map(|moments| 0.5 * moments.squared_mean).collect();
    let units = (record.config.input_width() as f64, width as f64);
    let networks: Option<Vec<Vec<Controlled>>> =
        record.networks.par_iter().map(|network| controlled(network, units, samples, &cosines)).collect();
    let networks = networks.ok_or(MISSING)?;
    let values: Result<Vec<Vec<Values>>, ExperimentError> = networks
        .iter()
        .map(|layers| {
            layers.iter().zip(&predictions).map(|(found, all)| values(found, *all, samples)).collect()
        })
        .collect();
    let values = values?;
    let rows: Result<Vec<LayerRow>, ExperimentError> =
        predictions.iter().map(|all| row(*all, samples, &values)).collect();
    let average =
        |layers: &Vec<Values>| layers.iter().map(|of| of.inner_difference).sum::<f64>() / depth as f64;
    Ok(FiniteWidth {
        ran: record.config,
        layers: rows?,
        inner_difference: over_networks(values.iter().map(average)),
    })
}

/// One layer of one network.
struct Values {
    ratio: f64,
    relative_ratio: f64,
    relative_share: f64,
    controlled_share: f64,
    squared_mean: f64,
    controlled_squared_mean: f64,
    variance: f64,
    controlled_variance: f64,
    twice_inner: f64,
    inner_difference: f64,
}

// region: values
fn values(found: &Controlled, all: SampleMoments, samples: usize) -> Result<Values, ExperimentError> {
    let predicted = over_samples(all, samples)?;
    let t = samples as f64;
    let (a, b) = (found.squared_mean_deviation, found.variance_deviation);
    let unbiased = |a, b| (unbiased_squared_mean(a, b, t), unbiased_variance(b, t));
    let (squared_mean, variance) = unbiased(found.moments.squared_mean, found.moments.variance);
    // Linear in both, so that the deviations go the same way.
    let (mean_deviation, variance_deviation) = unbiased(a, b);
    // r = √(A/B) and the share s = B/(A + B) deviate from their predictions by these parts, to first order.
    let of_ratio = 0.5 * (a / predicted.squared_mean - b / predicted.variance);
    let of_share = b / predicted.variance - (a + b) / predicted.total_variance;
    let relative_share =
        found.moments.variance / found.moments.mean_square / (predicted.variance / predicted.total_variance);
    let twice_inner = 2.0 * found.below.inner;
    Ok(Values {
        ratio: found.moments.ratio(),
        relative_ratio: found.moments.ratio() / predicted.ratio() - of_ratio,
        relative_share,
        controlled_share: relative_share - of_share,
        squared_mean,
        controlled_squared_mean: squared_mean - mean_deviation,
        variance,
        controlled_variance: variance - variance_deviation,
        twice_inner,
        inner_difference: squared_mean - twice_inner,
    })
}
// endregion: values

fn row(all: SampleMoments, samples: usize, networks: &[Vec<Values>]) -> Result<LayerRow, ExperimentError> {
    let over = |pick: &dyn Fn(&Values) -> f64| {
        over_networks(networks.iter().map(|layers| pick(&layers[all.layer - 1])))
    };
    Ok(LayerRow {
        layer: all.layer as u64,
        prediction: over_samples(all, samples)?.ratio(),
        all_samples: all.ratio(),
        ratio: over(&|of| of.ratio),
        relative_ratio: over(&|of| of.relative_ratio),
        relative_share: over(&|of| of.relative_share),
        controlled_share: over(&|of| of.controlled_share),
        squared_mean: over(&|of| of.squared_mean),
        controlled_squared_mean: over(&|of| of.controlled_squared_mean),
        variance: over(&|of| of.variance),
        controlled_variance: over(&|of| of.controlled_variance),
        twice_inner: over(&|of| of.twice_inner),
        inner_difference: over(&|of| of.inner_difference),
    })
}

fn over_networks(values: impl Iterator<Item = f64>) -> Summary {
    Summary::of(&values.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ensemble::{Ensemble, Observables};

    /// Standard errors within which an average of zero is found, in eight layers, four times.
    const ERRORS: f64 = 4.5;

    fn ensemble_of(width: usize, networks: usize, samples: usize) -> Vec<Vec<Controlled>> {
        let depth = 8;
        let config =
            Config { width, networks, depth, samples, shared_inputs: false, seed: 11, ..Config::default() };
        let observe = Observables::none().moments().grams((0..depth).collect::<Vec<_>>());
        let record = Ensemble::new(config, observe).unwrap().run().unwrap();
        let cosines: Vec<f64> =
            Inputs::STANDARD.moments().take(depth).map(|of| 0.5 * of.squared_mean).collect();
        let units = (width as f64, width as f64);
        record.networks.iter().map(|network| controlled(network, units, samples, &cosines).unwrap()).collect()
    }

    /// What is subtracted vanishes on average at any width, whether weights are drawn (narrow) or not (wide).
    #[test]
    fn what_is_subtracted_vanishes_on_average() {
        for width in [25, 80] {
            let networks = ensemble_of(width, 3000, 10);
            for layer in 0..8 {
                for pick in
                    [|of: &Controlled| of.squared_mean_deviation, |of: &Controlled| of.variance_deviation]
                {
                    let found = over_networks(networks.iter().map(|layers| pick(&layers[layer])));
                    let off = found.mean.abs() / found.standard_error();
                    assert!(
                        off < ERRORS,
                        "width {width}, layer {}: {off} standard errors from zero",
                        layer + 1
                    );
                }
            }
        }
    }

    /// In a wide network little is left of the fluctuations, and the average has not moved.
    #[test]
    fn what_is_left_fluctuates_less() {
        let networks = ensemble_of(1000, 60, 10);
        for (index, all) in Inputs::STANDARD.moments().take(8).enumerate() {
            let found: Vec<Values> =
                networks.iter().map(|layers| values(&layers[index], all, 10).unwrap()).collect();
            let predicted = over_samples(all, 10).unwrap().ratio();
            let plain = over_networks(found.iter().map(|of| of.ratio / predicted));
            let left = over_networks(found.iter().map(|of| of.relative_ratio));
            assert!(left.sd() < 0.25 * plain.sd(), "layer {}: {} of {}", index + 1, left.sd(), plain.sd());
            assert!((left.mean - plain.mean).abs() < ERRORS * plain.standard_error());
        }
    }
}
