//! Claims of Section 3.2, and what simulation has to say on claims of Section 3.1.
//!
//! Every error is one over networks (or sets of inputs, each a replicate of its own), judged by Student's t, and all
//! comparisons of a claim are judged simultaneously. Layers and widths that are compared are fixed here, not chosen by
//! what came out; where a smaller experiment does not have them, it has fewer checks.

mod averaging;
mod curves;
mod distributions;
mod finite_width;
mod gamma;
mod misprints;

use report::{Estimate, Measurement, Scale, Table, TableError, Tables};

/// Layers at which widths are compared with one another, from shallow to the paper's depth.
const LAYERS: [u64; 6] = [4, 8, 20, 30, 40, 50];
/// The paper's sizes: at least these, or the scale is reduced.
const WIDTHS: [u64; 5] = [30, 100, 300, 1000, 3000];
const NETWORKS: f64 = 30.0;
const DEPTH: f64 = 50.0;
const SAMPLES: f64 = 100.0;

/// All measurements from the tables.
///
/// # Errors
/// When a table or column is missing.
pub fn claims(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let mut found = vec![
        curves::inner_product(tables)?,
        averaging::self_averaging(tables)?,
        averaging::input_cosine(tables)?,
        curves::mean_curve(tables)?,
        curves::variance_curve(tables)?,
        curves::layer_index(tables)?,
        distributions::distributions(tables)?,
        gamma::exponential(tables)?,
        finite_width::ratio_curves(tables)?,
        finite_width::upper_bound(tables)?,
        finite_width::converges(tables)?,
        finite_width::narrow_decays_less(tables)?,
        finite_width::protocol(tables)?,
        misprints::dashed_line(tables)?,
    ];
    found.extend(gamma::decays(tables)?);
    found.extend(misprints::figure_last_layer(tables)?);
    found.extend(misprints::ratio_definition(tables)?);
    Ok(found)
}

/// Full when Fig. 2 ran with at least the paper's widths, networks, layers and samples.
fn scale(tables: &Tables) -> Result<Scale, TableError> {
    let ratio = tables.get("ratio")?;
    let least =
        |column: &str| Ok::<f64, TableError>(ratio.column(column)?.into_iter().fold(f64::INFINITY, f64::min));
    let ran = ratio.column("width")?;
    let all_widths = WIDTHS.iter().all(|width| ran.contains(&(*width as f64)));
    let deepest = ratio.column("layer")?.into_iter().fold(0.0, f64::max);
    let full =
        all_widths && least("networks")? >= NETWORKS && least("samples")? >= SAMPLES && deepest >= DEPTH;
    Ok(Scale::full_if(full))
}

/// The widths of Fig. 2, ascending.
fn widths(tables: &Tables) -> Result<Vec<u64>, TableError> {
    let mut widths: Vec<u64> =
        tables.get("ratio")?.column("width")?.into_iter().map(|width| width as u64).collect();
    widths.sort_unstable();
    widths.dedup();
    Ok(widths)
}

/// The widest of them.
fn widest(tables: &Tables) -> Result<u64, TableError> {
    Ok(widths(tables)?.last().copied().unwrap_or(0))
}

/// The last layer of Fig. 2.
fn last_layer(tables: &Tables) -> Result<u64, TableError> {
    Ok(tables.get("ratio")?.column("layer")?.into_iter().fold(0.0, f64::max) as u64)
}

/// Those of `layers` that there are, the last one if there are none.
fn layers_among(layers: &[u64], last: u64) -> Vec<u64> {
    let found: Vec<u64> = layers.iter().copied().filter(|layer| *layer <= last).collect();
    if found.is_empty() { vec![last] } else { found }
}

/// A column as estimates: its values, their standard errors and the number of replicates behind them.
fn estimates(table: &Table, value: &str, error: &str, replicates: &str) -> Result<Vec<Estimate>, TableError> {
    let (values, errors, counts) = (table.column(value)?, table.column(error)?, table.column(replicates)?);
    let of = |((value, error), count): ((f64, f64), f64)| Estimate::sampled(value, error, count as u32);
    Ok(values.into_iter().zip(errors).zip(counts).map(of).collect())
}
