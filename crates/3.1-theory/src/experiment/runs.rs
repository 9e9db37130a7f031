//! Runs of Section 3.1: the map on a grid, the curves of the paper, and the long approach to the fixed point.

use std::f64::consts::PI;

use experiment::{Context, Experiment, ExperimentError};
use mean_field::cosine_map::{excess, next_gap, slope, value};
use mean_field::definition::{Measure, by_definition};
use mean_field::iterate::{Gaps, Inputs, naive_cosines};
use mean_field::polar::by_polar_angle;
use mean_field::{SampleMoments, asymptote, batch_norm};
use serde::{Deserialize, Serialize};

use crate::experiment::params::Params;

/// Distance from ±1 of the outermost grid points, where the obvious forms of K lose their digits.
const NEAR_THE_ENDS: f64 = 1e-12;
/// Steps of the one-sided difference quotients at c = 1, each a quarter of the one before.
const STEPS: [f64; 6] = [1e-3, 2.5e-4, 6.25e-5, 1.5625e-5, 3.90625e-6, 9.765625e-7];
/// Recorded layers per decade of the long approach.
const PER_DECADE: u32 = 4;

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Run {
    /// K by three routes on a grid, and its behaviour at the fixed point.
    CosineMap {
        /// Points of the grid.
        grid: u64,
    },
    /// m^l, v^l and σ^l.
    Curves {
        /// Layers.
        depth: u64,
    },
    /// 1 - c^l against its asymptote.
    Approach {
        /// Layers.
        horizon: u64,
    },
}

/// A grid point: c, K(c) by closed form, by 2-D quadrature of the definition, by 1-D polar quadrature.
pub type MapRow = (f64, f64, f64, f64);

/// A layer of the curves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurveRow {
    /// l, from 1.
    pub layer: u64,
    /// (m^l)² by Eq. 8 with its index corrected.
    pub squared_mean: f64,
    /// (m^l)² by Eq. 8 as printed.
    pub squared_mean_as_printed: f64,
    /// (m^l)² by Eq. 6, with the inner product of layer l-1 iterated by polar quadrature.
    pub squared_mean_by_inner_product: f64,
    /// (v^l)².
    pub variance: f64,
    /// (σ^l)².
    pub total_variance: f64,
}

/// A layer of the long approach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApproachRow {
    /// l, from 1.
    pub layer: u64,
    /// 1 - c^l.
    pub gap: f64,
    /// 1 - c^{l+1}.
    pub next_gap: f64,
    /// 9π²/(2l²).
    pub leading: f64,
    /// The same with the correction for finite l.
    pub corrected: f64,
    /// What the correction leaves out, relative.
    pub remainder: f64,
    /// 1 - c^l by iterating the closed form in c: what rounding makes of it.
    pub naive: f64,
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Of [`Run::CosineMap`].
    CosineMap {
        /// The grid.
        map: Vec<MapRow>,
        /// θ and K(cos θ) - cos θ, for θ from 0 to π.
        excess: Vec<(f64, f64)>,
        /// Step h and (K(1) - K(1-h))/h.
        differences: Vec<(f64, f64)>,
        /// K(1), K'(1), and the integral of Eq. 7 at c = 1 under the measure as printed and under the unit Gaussian one.
        at_one: [f64; 4],
        /// σ_s, 1/σ_s and -ln(1/σ_s²).
        batch_norm: [f64; 3],
    },
    /// Of [`Run::Curves`].
    Curves(Vec<CurveRow>),
    /// Of [`Run::Approach`].
    Approach(Vec<ApproachRow>),
}

impl Run {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CosineMap { .. } => "cosine-map",
            Self::Curves { .. } => "curves",
            Self::Approach { .. } => "approach",
        }
    }
}

/// The experiments of Section 3.1.
pub struct Theory;

impl Experiment for Theory {
    type Params = Params;
    type Run = Run;
    type Outcome = Outcome;

    fn runs(params: &Params) -> Vec<Run> {
        vec![
            Run::CosineMap { grid: params.grid.get() },
            Run::Curves { depth: params.depth.get() },
            Run::Approach { horizon: params.horizon.get() },
        ]
    }

    fn name(run: &Run) -> String {
        run.name().to_owned()
    }

    fn execute(
        run: &Run,
        _: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Outcome, ExperimentError> {
        Ok(match run {
            Run::CosineMap { grid } => cosine_map(*grid, progress),
            Run::Curves { depth } => Outcome::Curves(curves(*depth)),
            Run::Approach { horizon } => Outcome::Approach(approach(*horizon, progress)),
        })
    }
}

// region: three-routes
fn cosine_map(grid: u64, progress: &(dyn Fn(u64, u64) + Sync)) -> Outcome {
    let even = (0..grid).map(|index| 2.0 * index as f64 / (grid - 1) as f64 - 1.0);
    let mut cosines: Vec<f64> = even.chain([0.0, -1.0 + NEAR_THE_ENDS, 1.0 - NEAR_THE_ENDS]).collect();
    cosines.sort_by(f64::total_cmp);
    cosines.dedup();
    let row = |(done, &c): (usize, &f64)| {
        progress(done as u64, cosines.len() as u64);
        (c, value(c), by_definition(c, Measure::UnitGaussian), by_polar_angle(c))
    };
    let map = cosines.iter().enumerate().map(row).collect();
    let angles = (0..=grid).map(|index| PI * index as f64 / grid as f64);
    Outcome::CosineMap {
        map,
        excess: angles.map(|angle| (angle, excess(angle))).collect(),
        differences: STEPS.iter().map(|&step| (step, (value(1.0) - value(1.0 - step)) / step)).collect(),
        at_one: [
            value(1.0),
            slope(1.0),
            by_definition(1.0, Measure::AsPrinted),
            by_definition(1.0, Measure::UnitGaussian),
        ],
        batch_norm: [batch_norm::sigma_s(), batch_norm::amplification(), batch_norm::gradient_slope()],
    }
}
// endregion: three-routes

// region: curves
fn curves(depth: u64) -> Vec<CurveRow> {
    let mut cosine = 0.0; // c^{l-1} of the inputs and then of each layer, by polar quadrature
    let layers = Inputs::STANDARD.moments().zip(Inputs::STANDARD.moments_as_printed()).zip(1..=depth);
    let row = |((corrected, printed), layer): ((SampleMoments, SampleMoments), u64)| {
        let squared_mean_by_inner_product = 2.0 * cosine;
        cosine = by_polar_angle(cosine).min(1.0);
        CurveRow {
            layer,
            squared_mean: corrected.squared_mean,
            squared_mean_as_printed: printed.squared_mean,
            squared_mean_by_inner_product,
            variance: corrected.variance,
            total_variance: corrected.total_variance,
        }
    };
    layers.map(row).collect()
}
// endregion: curves

// region: approach
fn approach(horizon: u64, progress: &(dyn Fn(u64, u64) + Sync)) -> Vec<ApproachRow> {
    let offset = asymptote::offset(0.0);
    let mut wanted = recorded(horizon).into_iter().peekable();
    let mut rows = Vec::new();
    for (layer, (gap, naive)) in (0..=horizon).zip(Gaps::from_gap(1.0).zip(naive_cosines(0.0))) {
        if layer % 100_000 == 0 {
            progress(layer, horizon);
        }
        if wanted.next_if_eq(&layer).is_some() {
            let index = layer as usize;
            rows.push(ApproachRow {
                layer,
                gap,
                next_gap: next_gap(gap),
                leading: asymptote::leading_gap(index),
                corrected: asymptote::corrected_gap(index, offset),
                remainder: asymptote::correction_remainder(index, offset),
                naive: 1.0 - naive,
            });
        }
    }
    rows
}
// endregion: approach

/// Layers evenly spaced in the logarithm, powers of ten among them, up to the horizon.
fn recorded(horizon: u64) -> Vec<u64> {
    let layer = |index: u32| 10f64.powf(f64::from(index) / f64::from(PER_DECADE)).round() as u64;
    let mut layers: Vec<u64> =
        (0..).map(layer).take_while(|layer| *layer < horizon).chain([horizon]).collect();
    layers.dedup();
    layers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_layers_hold_the_powers_of_ten_and_the_horizon() {
        let layers = recorded(25_000);
        for layer in [1, 10, 100, 1000, 10_000, 25_000] {
            assert!(layers.contains(&layer), "{layers:?}");
        }
        assert!(layers.is_sorted());
    }
}
