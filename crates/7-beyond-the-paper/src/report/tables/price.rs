//! The price of preserved variance: growth of a small change per layer against the sample deviation kept.

use ensemble::Normalisation;
use mean_field::batch_gradient::{self, Through};
use mean_field::{price, runaway};
use report::{Table, TableError};
use statistics::{Estimate, jackknife};

use crate::experiment::observed::Kept;
use crate::experiment::runs::{Outcome, Question, Run};
use crate::report::tables::table;

/// The last layers, in which growth and gap are taken.
const WINDOW: usize = 15;

/// Points of the predicted curve.
const POINTS: u64 = 100;

/// The tables `price`, `schemes` and `price_curve`.
pub(crate) fn tables(outcomes: &[(Run, Outcome)]) -> Result<Vec<Table>, TableError> {
    let (mut shares, mut schemes) = (Vec::new(), Vec::new());
    for (run, outcome) in outcomes {
        let Outcome::Price(networks) = outcome else { continue };
        let growth = growth(networks);
        match run.question {
            Question::Price(percent) => {
                let gap = gap(networks);
                let kept = price::kept_deviation(gap.value);
                let kept_error = 0.5 * kept * gap.standard_error / gap.value;
                let share = percent as f64 / 100.0;
                let expected = price::kept_gap(share);
                shares.push((
                    [run.width, run.networks].map(|count| count as u64),
                    [
                        share,
                        growth.value,
                        growth.standard_error,
                        price::growth(expected),
                        kept,
                        kept_error,
                        price::kept_deviation(expected),
                        price::growth(gap.value),
                        price::small_growth(kept),
                    ],
                ));
            }
            Question::Scheme(normalisation) => {
                let [push, gradient] = [Through::FixedStatistics, Through::Full]
                    .map(|through| predicted(normalisation, run, through));
                schemes.push((normalisation, run, growth, push?, gradient?));
            }
            _ => {}
        }
    }
    let names = [
        "share",
        "growth",
        "standard_error",
        "predicted_growth",
        "kept_deviation",
        "kept_error",
        "predicted_deviation",
        "curve",
        "linear",
    ];
    let schemes = Table::of("schemes", &schemes)
        .word("scheme", |row| row.0)
        .count("width", |row| row.1.width)
        .count("samples", |row| row.1.samples)
        .count("networks", |row| row.1.networks)
        .count("first_layer", |row| row.1.depth - WINDOW)
        .count("last_layer", |row| row.1.depth)
        .estimate(["growth", "standard_error"], |row| row.2)
        .number("predicted_growth", |row| row.3)
        .number("predicted_gradient", |row| row.4)
        // Set by either scheme and not measured: unit variance over samples, √2 in the paper's scale.
        .number("set_deviation", |_| 2f64.sqrt())
        .number("curve", |_| price::growth(1.0));
    Ok(vec![table("price", ["width", "networks"], names, &shares)?, schemes.table()?, curve()?])
}

/// ln of the growth per layer of the mean square of small changes, over the last layers.
fn growth(networks: &[Vec<Kept>]) -> Estimate {
    let ends = |layers: &Vec<Kept>| {
        let last = layers.len() - 1;
        vec![layers[last - WINDOW].change, layers[last].change]
    };
    let rows: Vec<Vec<f64>> = networks.iter().map(ends).collect();
    jackknife(&rows, |means| (means[1] / means[0]).ln() / WINDOW as f64)
}

/// The gap 1 - c over the last layers.
fn gap(networks: &[Vec<Kept>]) -> Estimate {
    let mean = |layers: &Vec<Kept>| {
        let last = &layers[layers.len() - WINDOW..];
        last.iter().map(|kept| kept.gap).sum::<f64>() / WINDOW as f64
    };
    Estimate::mean_of(&networks.iter().map(mean).collect::<Vec<_>>())
}

/// Growth of a change of one sample, the batch's statistics held fixed, or of a gradient through them; under scale+bias, which
/// holds them fixed in either case, lengths have spread by the middle of the layers in which it is taken.
fn predicted(normalisation: Normalisation, run: &Run, through: Through) -> Result<f64, TableError> {
    use batch_gradient::Normalisation as Of;
    let of = match normalisation {
        Normalisation::Kaiming => Of::Kaiming,
        Normalisation::ScaleBias => Of::ScaleBias,
        Normalisation::BatchNorm => Of::BatchNorm(through),
    };
    let wide = batch_gradient::growth(of, run.samples).map(f64::ln).map_err(TableError::content)?;
    let middle = run.depth as f64 - 0.5 * WINDOW as f64;
    let spread =
        if normalisation == Normalisation::ScaleBias { runaway::slowing(run.width, middle) } else { 0.0 };
    Ok(wide - spread)
}

/// Growth against the deviation kept, and the line that it follows at first.
fn curve() -> Result<Table, TableError> {
    let point = |index: u64| {
        let gap = (index as f64 / POINTS as f64).powi(2);
        let kept = price::kept_deviation(gap);
        ([index], [kept, price::growth(gap), price::small_growth(kept)])
    };
    let rows: Vec<_> = (1..=POINTS).map(point).collect();
    table("price_curve", ["point"], ["kept_deviation", "growth", "linear"], &rows)
}
