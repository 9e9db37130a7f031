//! Tables of Section 7: measured values with their standard errors over networks, and what was predicted.

mod evaluation;
pub(super) mod forensics;
mod lengths;
mod price;
mod runaway;

use report::{Protocol, Table, TableError, Tables};
use statistics::Estimate;

use crate::experiment::params::Params;
use crate::experiment::runs::{Outcome, Question, Run};

/// The narrowest width at which what predictions leave out, of order 1/n², is below what is resolved.
pub(super) const WIDE: usize = 1000;

/// All tables from the run results.
pub fn tables(_: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let mut tables = lengths::tables(outcomes)?;
    tables.extend(runaway::tables(outcomes)?);
    tables.extend(price::tables(outcomes)?);
    tables.push(evaluation::table(outcomes)?);
    tables.extend(forensics::tables(outcomes)?);
    tables.push(protocol(outcomes)?);
    Tables::of(tables)
}

/// How far the runs went: the widest network, and those in which the slopes of Fig. 3 are fitted, the fewest for any batch.
fn protocol(outcomes: &[(Run, Outcome)]) -> Result<Table, TableError> {
    let runs = || outcomes.iter().map(|(run, _)| run);
    let slopes = || runs().filter(|run| matches!(run.question, Question::Slope(_)));
    let largest = |of: &dyn Fn(&Run) -> usize| slopes().map(of).max().unwrap_or(0).to_string();
    Protocol::table(&[
        ("width", runs().map(|run| run.width).max().unwrap_or(0).to_string()),
        ("slope_width", largest(&|run| run.width)),
        ("slope_depth", largest(&|run| run.depth)),
        ("slope_samples", largest(&|run| run.samples)),
        ("slope_networks", slopes().map(|run| run.networks).min().unwrap_or(0).to_string()),
    ])
}

/// A table of whole numbers followed by numbers, row by row.
fn table<const A: usize, const B: usize>(
    name: &str,
    counts: [&str; A],
    numbers: [&str; B],
    rows: &[([u64; A], [f64; B])],
) -> Result<Table, TableError> {
    let mut table = Table::of(name, rows);
    for (index, count) in counts.into_iter().enumerate() {
        table = table.count(count, |row| row.0[index]);
    }
    for (index, number) in numbers.into_iter().enumerate() {
        table = table.number(number, |row| row.1[index]);
    }
    table.table()
}

/// The median, with half the distance between the order statistics √N/2 to either side as its standard error (binomial).
/// Values that are infinite stand for what was not reached; where the median is one, it is not a number.
fn median(mut values: Vec<f64>) -> Estimate {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    let at = |place: f64| values[(place.max(0.0) as usize).min(count - 1)];
    let (middle, step) = (0.5 * (count as f64 - 1.0), 0.5 * (count as f64).sqrt());
    let error = 0.5 * (at((middle + step).ceil()) - at((middle - step).floor()));
    let value = 0.5 * (at(middle.floor()) + at(middle.ceil()));
    Estimate::sampled(if value.is_finite() { value } else { f64::NAN }, error, count as u32)
}
