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

use report::{Measurement, Register, Scale, TableError, Tables};

/// Layers at which widths are compared with one another, from shallow to the paper's depth.
const LAYERS: [u64; 6] = [4, 8, 20, 30, 40, 50];
/// The paper's sizes: at least these, or the scale is reduced.
const WIDTHS: [u64; 5] = [30, 100, 300, 1000, 3000];
const NETWORKS: f64 = 30.0;
const DEPTH: f64 = 50.0;
const SAMPLES: f64 = 100.0;

/// All measurements from the tables.
pub fn claims(tables: &Tables, register: &Register) -> Result<Vec<Measurement>, TableError> {
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
    found.extend(misprints::figure_last_layer(tables, register)?);
    found.extend(misprints::ratio_definition(tables, register)?);
    Ok(found)
}

/// Full when Fig. 2 ran with at least the paper's widths, networks, layers and samples.
fn scale(tables: &Tables) -> Result<Scale, TableError> {
    let ratio = tables.get("ratio")?;
    let least =
        |column: &str| Ok::<f64, TableError>(ratio.column(column)?.into_iter().fold(f64::INFINITY, f64::min));
    let ran = ratio.counts("width")?;
    let all_widths = WIDTHS.iter().all(|width| ran.contains(width));
    let many = least("networks")? >= NETWORKS && least("samples")? >= SAMPLES;
    Ok(Scale::full_if(all_widths && many && ratio.largest("layer")? >= DEPTH))
}

/// The widest of Fig. 2's networks.
fn widest(tables: &Tables) -> Result<u64, TableError> {
    Ok(tables.get("ratio")?.largest("width")? as u64)
}

/// The last layer of Fig. 2.
fn last_layer(tables: &Tables) -> Result<u64, TableError> {
    Ok(tables.get("ratio")?.largest("layer")? as u64)
}

/// Those of `layers` that there are, the last one if there are none.
fn layers_among(layers: &[u64], last: u64) -> Vec<u64> {
    let found: Vec<u64> = layers.iter().copied().filter(|layer| *layer <= last).collect();
    if found.is_empty() { vec![last] } else { found }
}
