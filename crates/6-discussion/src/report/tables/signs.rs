//! Units that are always on or always off, and how alike the samples have become.

use ensemble::Config;
use mean_field::cosine_map;
use mean_field::orthant::same_sign_probability;
use mean_field::{Gaps, Inputs};
use report::{Table, TableError, Tables};

use super::{SignsRan, is_kaiming, over};
use crate::experiment::runs::Signs;
use crate::experiment::units::watched_layers;

/// Points of the predicted share against the number of samples, per decade.
const PER_DECADE: u32 = 8;
/// Decades of samples.
const DECADES: u32 = 5;

/// 1 - c^{l-1}, the gap that the pre-activations of layer `layer` see.
pub(super) fn gap_below(layer: usize) -> f64 {
    Inputs::STANDARD.gaps().nth(layer - 1).expect("the gaps never end")
}

/// The share of units with one sign over all samples, in layers 1 to L. Infinite width predicts it for Kaiming
/// initialisation; a unit whose sample mean has been taken away cannot have one sign.
pub(super) fn signs(runs: &[SignsRan]) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for run in runs {
        for layer in 1..=run.ran.depth {
            let share = over(run.networks, |network| network.one_sided[layer - 1]);
            let predicted = match is_kaiming(run.ran) {
                true => same_sign_probability(gap_below(layer), run.ran.samples),
                false => Ok(0.0),
            };
            rows.push((run.ran, layer, share, predicted.map_err(TableError::content)?));
        }
    }
    Table::of("signs", &rows)
        .word("setting", |row| row.0.normalisation)
        .count("width", |row| row.0.width)
        .count("samples", |row| row.0.samples)
        .count("networks", |row| row.0.networks)
        .count("layer", |row| row.1)
        .estimate(["share", "standard_error"], |row| row.2)
        .number("predicted", |row| row.3)
        .table()
}

/// The runs of the main width.
pub(super) fn main_runs<'a>(
    runs: &'a [SignsRan<'a>],
    main: &'a Config,
) -> impl Iterator<Item = &'a SignsRan<'a>> {
    runs.iter().filter(|run| run.ran.width == main.width)
}

/// Differences between marked layers of the main width, network by network: what a layer has more than an earlier one.
fn steps_of(
    name: &str,
    runs: &[SignsRan],
    main: &Config,
    step: fn(&Signs, usize, usize) -> f64,
) -> Result<Table, TableError> {
    let layers = watched_layers(main.depth);
    let of = |run: &'_ SignsRan| {
        let step = |pair: &[usize]| {
            let found = over(run.networks, |network| step(network, pair[0], pair[1]));
            (run.ran.normalisation, pair[0], pair[1], found)
        };
        layers.windows(2).map(step).collect::<Vec<_>>()
    };
    let rows: Vec<_> = main_runs(runs, main).flat_map(of).collect();
    Table::of(name, &rows)
        .word("setting", |row| row.0)
        .count("from_layer", |row| row.1)
        .count("to_layer", |row| row.2)
        .estimate(["step", "standard_error"], |row| row.3)
        .table()
}

/// By how much the share of one-sided units grows from one marked layer to the next.
pub(super) fn steps(runs: &[SignsRan], main: &Config) -> Result<Table, TableError> {
    steps_of("sign_steps", runs, main, |of, from, to| of.one_sided[to - 1] - of.one_sided[from - 1])
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
        let share = |&samples: &usize| same_sign_probability(gap_below(layer), samples);
        samples.iter().map(share).collect::<Result<_, _>>().map_err(TableError::content)
    };
    Table::of("against_samples", &samples)
        .count("samples", |samples| *samples)
        .count("shallow_layer", |_| shallow)
        .numbers("shallow", shares(shallow)?)
        .count("deep_layer", |_| deep)
        .numbers("deep", shares(deep)?)
        .table()
}

/// The share of one-sided units in the last layer of narrow networks under Kaiming initialisation, over ever more samples, with
/// what infinite width predicts.
pub(super) fn narrow(runs: &[(&Config, &[Vec<f64>])]) -> Result<Table, TableError> {
    let predicted = |(ran, _): &(&Config, _)| same_sign_probability(gap_below(ran.depth), ran.samples);
    let predicted: Result<Vec<f64>, _> = runs.iter().map(predicted).collect();
    Table::of("narrow", runs)
        .count("width", |row| row.0.width)
        .count("samples", |row| row.0.samples)
        .count("networks", |row| row.0.networks)
        .count("layer", |row| row.0.depth)
        .estimate(["share", "standard_error"], |row| over(row.1, |network| network[row.0.depth - 1]))
        .numbers("predicted", predicted.map_err(TableError::content)?)
        .table()
}

/// 1 - c^l between two samples' activations, for l = 0, …, L. Where units are centred over T samples, two
/// pre-activations have correlation -1/(T-1) in every layer and the activations K of it.
pub(super) fn gaps(runs: &[SignsRan], main: &Config) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for run in main_runs(runs, main) {
        let centred = 1.0 - cosine_map::value(-1.0 / (run.ran.samples as f64 - 1.0));
        for (layer, kaiming) in (0..=run.ran.depth).zip(Gaps::from_gap(1.0)) {
            let gap = over(run.networks, |network| 1.0 - network.cosine[layer]);
            let predicted = if is_kaiming(run.ran) || layer == 0 { kaiming } else { centred };
            rows.push((run.ran, layer, gap, predicted));
        }
    }
    Table::of("gaps", &rows)
        .word("setting", |row| row.0.normalisation)
        .count("networks", |row| row.0.networks)
        .count("layer", |row| row.1)
        .estimate(["gap", "standard_error"], |row| row.2)
        .number("predicted", |row| row.3)
        .table()
}

/// By how much the logarithm of the gap changes from one marked layer to the next.
pub(super) fn gap_steps(runs: &[SignsRan], main: &Config) -> Result<Table, TableError> {
    let step = |of: &Signs, from: usize, to: usize| ((1.0 - of.cosine[to]) / (1.0 - of.cosine[from])).ln();
    steps_of("gap_steps", runs, main, step)
}

/// Numbers that the page quotes, each in a column of its own and of one row: what was not run is NaN.
pub(super) fn summary(tables: &Tables, main: &Config) -> Result<Table, TableError> {
    let [depth, width] = [main.depth, main.width].map(|size| size.to_string());
    let deep_kaiming = [("setting", "kaiming"), ("width", &width[..]), ("layer", &depth[..])];
    let share = |samples: &str| tables.cell("against_samples", &[("samples", samples)], "deep");
    let mut quoted = vec![
        ("depth".to_owned(), Some(main.depth as f64)),
        ("share".to_owned(), tables.cell("signs", &deep_kaiming, "share")),
        ("share_predicted".to_owned(), tables.cell("signs", &deep_kaiming, "predicted")),
        ("share_of_ten_samples".to_owned(), share("10")),
        ("share_of_thousand_samples".to_owned(), share("1000")),
        ("share_of_many_samples".to_owned(), share("100000")),
    ];
    for name in ["kaiming", "scale_bias", "batch_norm"] {
        let gap = tables.cell("gaps", &[("setting", name), ("layer", &depth)], "gap");
        quoted.push((format!("{name}_gap"), gap));
        for column in ["perturbation", "gradient"] {
            let growth = tables.cell("growth", &[("setting", name)], column);
            quoted.push((format!("{name}_{column}"), growth.map(f64::exp)));
        }
    }
    Table::of_numbers("summary", quoted)
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
