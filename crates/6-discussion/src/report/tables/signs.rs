//! Units that are always on or always off, and how alike the samples have become.

use ensemble::{Config, Normalisation};
use mean_field::cosine_map;
use mean_field::orthant::same_sign_probability;
use mean_field::{DomainError, Gaps, Inputs};
use report::{Estimate, Table, TableError};

use super::{SignsRan, is_kaiming, over};
use crate::experiment::units::watched_layers;

/// Points of the predicted share against the number of samples, per decade.
const PER_DECADE: u32 = 8;
/// Decades of samples.
const DECADES: u32 = 5;

pub(super) fn failed(error: DomainError) -> TableError {
    TableError::Content(error.to_string())
}

/// 1 - c^{l-1}, the gap that the pre-activations of layer `layer` see.
pub(super) fn gap_below(layer: usize) -> f64 {
    Inputs::STANDARD.gaps().nth(layer - 1).expect("the gaps never end")
}

// region: signs
/// The share of units with one sign over all samples, in layers 1 to L. Infinite width predicts it for Kaiming
/// initialisation; a unit whose sample mean has been taken away cannot have one sign.
pub(super) fn signs(runs: &[SignsRan]) -> Result<Table, TableError> {
    let mut rows: Vec<(&Config, u64, Estimate, f64)> = Vec::new();
    for run in runs {
        for layer in 1..=run.ran.depth {
            let share = over(run.networks, |network| network.one_sided[layer - 1]);
            let predicted = if is_kaiming(run.ran) {
                same_sign_probability(gap_below(layer), run.ran.samples).map_err(failed)?
            } else {
                0.0
            };
            rows.push((run.ran, layer as u64, share, predicted));
        }
    }
    Table::new("signs")
        .words("setting", rows.iter().map(|row| row.0.normalisation))?
        .counts("width", rows.iter().map(|row| row.0.width as u64))?
        .counts("samples", rows.iter().map(|row| row.0.samples as u64))?
        .counts("networks", rows.iter().map(|row| row.0.networks as u64))?
        .counts("layer", rows.iter().map(|row| row.1))?
        .numbers("share", rows.iter().map(|row| row.2.value))?
        .numbers("standard_error", rows.iter().map(|row| row.2.standard_error))?
        .numbers("predicted", rows.iter().map(|row| row.3))
}
// endregion: signs

/// The runs of the main width.
pub(super) fn main_runs<'a>(
    runs: &'a [SignsRan<'a>],
    main: &'a Config,
) -> impl Iterator<Item = &'a SignsRan<'a>> {
    runs.iter().filter(|run| run.ran.width == main.width)
}

/// Differences between marked layers, network by network: what a layer has more than an earlier one.
fn steps_of(name: &str, rows: &[(Normalisation, u64, u64, Estimate)]) -> Result<Table, TableError> {
    Table::new(name)
        .words("setting", rows.iter().map(|row| row.0))?
        .counts("from_layer", rows.iter().map(|row| row.1))?
        .counts("to_layer", rows.iter().map(|row| row.2))?
        .numbers("step", rows.iter().map(|row| row.3.value))?
        .numbers("standard_error", rows.iter().map(|row| row.3.standard_error))
}

/// By how much the share of one-sided units grows from one marked layer to the next.
pub(super) fn steps(runs: &[SignsRan], main: &Config) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for run in main_runs(runs, main) {
        for pair in watched_layers(main.depth).windows(2) {
            let step =
                over(run.networks, |network| network.one_sided[pair[1] - 1] - network.one_sided[pair[0] - 1]);
            rows.push((run.ran.normalisation, pair[0] as u64, pair[1] as u64, step));
        }
    }
    steps_of("sign_steps", &rows)
}

/// The predicted share against the number of samples over which a unit must keep its sign, in a shallow layer and the
/// last.
pub(super) fn against_samples(main: &Config) -> Result<Table, TableError> {
    let [shallow, deep] = [(main.depth / 5).max(1), main.depth];
    let at = |index: u32| 10f64.powf(f64::from(index) / f64::from(PER_DECADE)).round() as usize;
    let mut samples: Vec<usize> = (0..=PER_DECADE * DECADES).map(at).chain([main.samples]).collect();
    samples.sort_unstable();
    samples.dedup();
    let shares = |layer: usize| -> Result<Vec<f64>, TableError> {
        samples
            .iter()
            .map(|&samples| same_sign_probability(gap_below(layer), samples).map_err(failed))
            .collect()
    };
    Table::new("against_samples")
        .counts("samples", samples.iter().map(|samples| *samples as u64))?
        .counts("shallow_layer", samples.iter().map(|_| shallow as u64))?
        .numbers("shallow", shares(shallow)?)?
        .counts("deep_layer", samples.iter().map(|_| deep as u64))?
        .numbers("deep", shares(deep)?)
}

/// The share of one-sided units in the last layer of narrow networks under Kaiming initialisation, over ever more samples, with
/// what infinite width predicts.
pub(super) fn narrow(runs: &[(&Config, &[Vec<f64>])]) -> Result<Table, TableError> {
    let shares = || runs.iter().map(|(ran, networks)| over(networks, |network| network[ran.depth - 1]));
    let predicted =
        |(ran, _): &(&Config, _)| same_sign_probability(gap_below(ran.depth), ran.samples).map_err(failed);
    Table::new("narrow")
        .counts("width", runs.iter().map(|(ran, _)| ran.width as u64))?
        .counts("samples", runs.iter().map(|(ran, _)| ran.samples as u64))?
        .counts("networks", runs.iter().map(|(ran, _)| ran.networks as u64))?
        .counts("layer", runs.iter().map(|(ran, _)| ran.depth as u64))?
        .numbers("share", shares().map(|share| share.value))?
        .numbers("standard_error", shares().map(|share| share.standard_error))?
        .numbers("predicted", runs.iter().map(predicted).collect::<Result<Vec<_>, _>>()?)
}

// region: gaps
/// 1 - c^l between two samples' activations, for l = 0, …, L. Where units are centred over T samples, two
/// pre-activations have correlation -1/(T-1) in every layer and the activations K of it.
pub(super) fn gaps(runs: &[SignsRan], main: &Config) -> Result<Table, TableError> {
    let mut rows: Vec<(&Config, u64, Estimate, f64)> = Vec::new();
    for run in main_runs(runs, main) {
        let centred = 1.0 - cosine_map::value(-1.0 / (run.ran.samples as f64 - 1.0));
        for (layer, kaiming) in (0..=run.ran.depth).zip(Gaps::from_gap(1.0)) {
            let gap = over(run.networks, |network| 1.0 - network.cosine[layer]);
            let predicted = if is_kaiming(run.ran) || layer == 0 { kaiming } else { centred };
            rows.push((run.ran, layer as u64, gap, predicted));
        }
    }
    Table::new("gaps")
        .words("setting", rows.iter().map(|row| row.0.normalisation))?
        .counts("networks", rows.iter().map(|row| row.0.networks as u64))?
        .counts("layer", rows.iter().map(|row| row.1))?
        .numbers("gap", rows.iter().map(|row| row.2.value))?
        .numbers("standard_error", rows.iter().map(|row| row.2.standard_error))?
        .numbers("predicted", rows.iter().map(|row| row.3))
}
// endregion: gaps

/// By how much the logarithm of the gap changes from one marked layer to the next.
pub(super) fn gap_steps(runs: &[SignsRan], main: &Config) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for run in main_runs(runs, main) {
        for pair in watched_layers(main.depth).windows(2) {
            let step = over(run.networks, |network| {
                ((1.0 - network.cosine[pair[1]]) / (1.0 - network.cosine[pair[0]])).ln()
            });
            rows.push((run.ran.normalisation, pair[0] as u64, pair[1] as u64, step));
        }
    }
    steps_of("gap_steps", &rows)
}

/// Numbers that the page quotes, each in a column of its own and of one row: what was not run is NaN.
pub(super) fn summary(tables: &[Table], main: &Config) -> Result<Table, TableError> {
    let cell = |table: &str, conditions: &[(&str, String)], column: &str| {
        let mut rows = tables.iter().find(|other| other.name() == table)?.clone();
        for (column, value) in conditions {
            rows = rows.only(column, value).ok()?;
        }
        rows.number(column).ok()
    };
    let last = ("layer", main.depth.to_string());
    let setting = |name: &str| ("setting", name.to_owned());
    let deep_kaiming = [setting("kaiming"), ("width", main.width.to_string()), last.clone()];
    let share = |samples: u64| cell("against_samples", &[("samples", samples.to_string())], "deep");
    let mut quoted = vec![
        ("depth".to_owned(), Some(main.depth as f64)),
        ("share".to_owned(), cell("signs", &deep_kaiming, "share")),
        ("share_predicted".to_owned(), cell("signs", &deep_kaiming, "predicted")),
        ("share_of_ten_samples".to_owned(), share(10)),
        ("share_of_thousand_samples".to_owned(), share(1000)),
        ("share_of_many_samples".to_owned(), share(100_000)),
    ];
    for name in ["kaiming", "scale_bias", "batch_norm"] {
        quoted.push((format!("{name}_gap"), cell("gaps", &[setting(name), last.clone()], "gap")));
        for column in ["perturbation", "gradient"] {
            quoted.push((format!("{name}_{column}"), cell("growth", &[setting(name)], column).map(f64::exp)));
        }
    }
    let one = |table: Table, (name, value): (String, Option<f64>)| {
        table.numbers(&name, [value.unwrap_or(f64::NAN)])
    };
    quoted.into_iter().try_fold(Table::new("summary"), one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_layer_sees_orthogonal_inputs() {
        assert_eq!(gap_below(1), 1.0);
        assert!((gap_below(2) - (1.0 - std::f64::consts::FRAC_1_PI)).abs() < 1e-15);
    }
}
