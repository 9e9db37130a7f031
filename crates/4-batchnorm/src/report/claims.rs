//! Claims of Section 4.
//!
//! Replicates are networks throughout; standard errors are the jackknife's over them. A claim about a setting that was
//! not run is not measured.

mod exponential;
mod growth;
mod misprints;
mod moments;
mod slopes;

use report::{Measurement, Protocol, Register, Scale, TableError, Tables};

/// What the original takes for agreement: -0.379 and -0.381 for -0.383, so a hundredth of the slope.
const AGREES: f64 = 0.01;
/// A step of a curve is told from a tenth of what is predicted.
const A_TENTH: f64 = 0.1;
/// The sizes of the paper's §4.
const PAPER: [(&str, f64); 3] = [("width", 3000.0), ("depth", 50.0), ("networks", 30.0)];

/// All measurements from the tables.
pub fn claims(tables: &Tables, register: &Register) -> Result<Vec<Measurement>, TableError> {
    let settings = Protocol::of(tables)?.word("settings")?;
    let has = |setting: &str| settings.split(',').any(|other| other == setting);
    let mut found = Vec::new();
    if has("batch_norm") {
        found.push(moments::bn_moments(tables)?);
        if tables.get("sigma_s_limit")?.rows() > 0 {
            found.push(moments::sigma_s(tables, "4.sigma-s", "sigma_s")?);
            found.push(moments::sigma_s(tables, "4.amplification", "amplification")?);
            found.push(misprints::sigma_reciprocal(tables, register)?);
        }
        found.push(slopes::slope(tables, "4.slope-batchnorm", "batch_norm")?);
        found.push(exponential::exponential(tables, "4.exponential", exponential::BATCH_NORM)?);
        if tables.get("detached")?.rows() > 0 {
            found.push(slopes::sigma_detached(tables)?);
        }
    }
    if has("scale_bias") {
        found.push(slopes::slope(tables, "4.slope-scale-bias", "scale_bias")?);
        found.push(exponential::exponential(tables, "4.exponential-scale-bias", exponential::SCALE_BIAS)?);
    }
    if has("kaiming") {
        found.push(slopes::kaiming_flat(tables)?);
    }
    if has("kaiming") && has("scale_bias") && has("batch_norm") {
        found.push(growth::gradient_curves(tables)?);
        found.push(misprints::figure_caption(tables)?);
    }
    found.push(growth::protocol(tables)?);
    Ok(found)
}

/// Full when the networks of Fig. 3 were as wide, deep and many as the paper's.
fn scale(tables: &Tables) -> Result<Scale, TableError> {
    Protocol::of(tables)?.scale(&PAPER)
}

/// The number of networks behind the panels of Fig. 3.
fn networks(tables: &Tables) -> Result<u32, TableError> {
    Protocol::of(tables)?.number("networks")
}

/// The slope at which gradients explode in infinite width, -ln(1/σ_s²) with σ_s² = 1 - 1/π.
fn exploding() -> f64 {
    (-std::f64::consts::FRAC_1_PI).ln_1p()
}

/// A slope with its jackknife error over networks.
const SLOPE: [&str; 2] = ["slope", "standard_error"];
