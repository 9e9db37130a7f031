//! Under which batch size and fitted layers do both printed slopes of Fig. 3 come out?

use ensemble::Normalisation;
use mean_field::price;
use report::{CONFIDENCE, Table, TableError};
use statistics::{Estimate, jackknife, least_squares_slope};

use crate::experiment::runs::{Outcome, Question, Run};

/// The slopes as printed, of scale+bias and batch normalisation.
pub(crate) const PRINTED: [f64; 2] = [-0.379, -0.381];
/// Half a unit of their last digit.
pub(crate) const HALF_DIGIT: f64 = 0.0005;
/// Networks behind them.
const THEIRS: f64 = 30.0;
/// Layers that may be left out at either end.
const LEFT_OUT: [usize; 7] = [0, 1, 2, 5, 10, 15, 20];

/// Layers left out at most at either end, of a fit to all of the network and of any.
pub(crate) const MOST_LEFT_OUT: [usize; 2] = [5, 20];

/// A share of the growth that would be noticed.
const FIFTIETH: f64 = 0.02;

type Cells = Vec<([u64; 4], [f64; 6])>;

/// The tables `forensics`, a row for each batch and range of fitted layers; `nearest`, the one of each batch that is nearest to
/// the printed pair; and `cheaper`, how far the growth under scale+bias falls below the curve of the price.
pub(crate) fn tables(outcomes: &[(Run, Outcome)]) -> Result<[Table; 3], TableError> {
    let of = |wanted: Normalisation| {
        outcomes.iter().filter_map(move |(run, outcome)| match (run.question, outcome) {
            (Question::Slope(setting), Outcome::Slope(networks)) if setting == wanted => {
                Some((run, networks))
            }
            _ => None,
        })
    };
    let (mut rows, mut nearest, mut below) = (Cells::new(), Vec::new(), Vec::new());
    for ((run, left), (_, right)) in of(Normalisation::ScaleBias).zip(of(Normalisation::BatchNorm)) {
        let both: Vec<Vec<f64>> =
            left.iter().zip(right).map(|(left, right)| [&left[..], right].concat()).collect();
        let mut cells = Cells::new();
        for first in LEFT_OUT {
            for last in LEFT_OUT.map(|left_out| run.depth.saturating_sub(left_out)) {
                if first + 4 <= last {
                    let counts = [run.samples, first, last, run.networks].map(|count| count as u64);
                    cells.push((counts, cell(&both, run.depth + 1, first, last)));
                }
            }
        }
        for most in MOST_LEFT_OUT {
            let few =
                |counts: &[u64; 4]| counts[1] <= most as u64 && counts[2] + most as u64 >= run.depth as u64;
            let kept = cells.iter().filter(|(counts, _)| few(counts));
            if let Some(([samples, first, last, networks], numbers)) =
                kept.min_by(|(_, one), (_, other)| one[3].total_cmp(&other[3]))
            {
                let [scale_bias, batch_norm, errors, z, ..] = *numbers;
                let counts = [*samples, most as u64, *first, *last, *networks];
                nearest.push((counts, [scale_bias, batch_norm, errors, z, radius(run.networks)]));
            }
        }
        below.extend(cheaper(run, &cells));
        rows.append(&mut cells);
    }
    let counts = ["samples", "first_layer", "last_layer", "networks"];
    let numbers = ["scale_bias", "batch_norm", "errors", "z", "scale_bias_error", "batch_norm_error"];
    let of_nearest = ["samples", "left_out", "first_layer", "last_layer", "networks"];
    let of_cheaper = ["samples", "networks", "cells", "below", "first_layer", "last_layer"];
    Ok([
        super::table("forensics", counts, numbers, &rows)?,
        super::table("nearest", of_nearest, ["scale_bias", "batch_norm", "errors", "z", "radius"], &nearest)?,
        super::table("cheaper", of_cheaper, ["growth", "standard_error"], &below)?,
    ])
}

/// Of the cells that leave out the first and the last step, in which theory has other slopes: how many, in how many the growth
/// under scale+bias is a fiftieth below the curve by more than the error of all of them together, and the least growth.
fn cheaper(run: &Run, cells: &Cells) -> Option<([u64; 6], [f64; 2])> {
    let inner: Vec<_> = cells
        .iter()
        .filter(|(counts, _)| counts[1] >= 1 && counts[2] < run.depth as u64)
        .map(|(counts, numbers)| (counts, Estimate::sampled(-numbers[0], numbers[4], run.networks as u32)))
        .collect();
    let bound = (1.0 - FIFTIETH) * price::growth(1.0);
    let is_below = |growth: &Estimate| growth.value + growth.margin(CONFIDENCE, inner.len()) < bound;
    let below = inner.iter().filter(|(_, growth)| is_below(growth)).count();
    let (counts, least) = inner.iter().min_by(|(_, one), (_, other)| one.value.total_cmp(&other.value))?;
    let counts = [counts[0], counts[3], inner.len() as u64, below as u64, counts[1], counts[2]];
    Some((counts, [least.value, least.standard_error]))
}

/// The radius of the disc that holds [`CONFIDENCE`] of two normal errors, in standard errors that are themselves taken from N
/// networks: Hotelling's T² is 2(N-1)/(N-2) times F with 2 and N-2 degrees of freedom, whose quantile is elementary. It is
/// 3.41 for many networks, 3.86 for thirty and 9.3 for six; two have none.
fn radius(networks: usize) -> f64 {
    let n = networks as f64;
    if networks < 3 {
        return f64::INFINITY;
    }
    ((n - 1.0) * ((1.0 - CONFIDENCE).powf(-2.0 / (n - 2.0)) - 1.0)).sqrt()
}

// region: cell
/// Both slopes of the logarithmic gradient over layers `first` to `last`, the root of the sum of their squared errors, and z.
///
/// z² is the least squared distance of the measured pair from the square of pairs that round to the printed ones, in
/// units of the covariance of ours and theirs; that of theirs is ours, at their number of networks. Within the square z is
/// less the distance from its edge in units of ours alone: that the expected pair rounds to the printed one.
fn cell(networks: &[Vec<f64>], layers: usize, first: usize, last: usize) -> [f64; 6] {
    let slope = |means: &[f64]| {
        least_squares_slope(&means[first..=last].iter().map(|square| square.ln()).collect::<Vec<_>>())
    };
    let left = jackknife(networks, |means| slope(means));
    let right = jackknife(networks, |means| slope(&means[layers..]));
    let difference = jackknife(networks, |means| slope(means) - slope(&means[layers..]));
    let both = 1.0 + networks.len() as f64 / THEIRS;
    let [a, b, d] = [left, right, difference].map(|estimate| both * estimate.standard_error.powi(2));
    let pair = [left, right];
    let z = match distance(pair.map(|slope| slope.value), [a, b], 0.5 * (a + b - d)) {
        within if within <= 0.0 => {
            let depth = |(slope, printed): (&Estimate, f64)| {
                (HALF_DIGIT - (slope.value - printed).abs()) / slope.standard_error
            };
            -pair.iter().zip(PRINTED).map(depth).fold(f64::INFINITY, f64::min)
        }
        beyond => beyond.sqrt(),
    };
    let errors = left.standard_error.hypot(right.standard_error);
    [left.value, right.value, errors, z, left.standard_error, right.standard_error]
}

/// The least squared Mahalanobis distance from the square around the printed pair, coordinate by coordinate in turn.
fn distance(found: [f64; 2], variances: [f64; 2], covariance: f64) -> f64 {
    let determinant = variances[0] * variances[1] - covariance * covariance;
    let mut nearest = PRINTED;
    let mut offset = [0.0; 2];
    for _ in 0..200 {
        for axis in [0, 1] {
            // The best coordinate given the other: on the regression line of one offset on the other.
            let best = found[axis] - covariance / variances[1 - axis] * offset[1 - axis];
            nearest[axis] = best.clamp(PRINTED[axis] - HALF_DIGIT, PRINTED[axis] + HALF_DIGIT);
            offset[axis] = found[axis] - nearest[axis];
        }
    }
    let [x, y] = offset;
    (variances[1] * x * x - 2.0 * covariance * x * y + variances[0] * y * y) / determinant
}
// endregion: cell

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_slopes_are_those_of_the_register() {
        let register = report::Register::parse(include_str!("../../../../../paper/claims.toml")).unwrap();
        let claims = ["4.slope-scale-bias", "4.slope-batchnorm"].map(|id| register.claim(id).unwrap());
        for (claim, printed) in claims.into_iter().zip(PRINTED) {
            let digits = &claim.targets[0].printed;
            assert_eq!((digits.value(), digits.half_width()), (printed, HALF_DIGIT));
        }
    }

    #[test]
    fn a_region_of_few_networks_is_wider() {
        for (networks, expected) in [(6, 9.29), (30, 3.862), (1_000_000, 3.4086)] {
            assert!((radius(networks) / expected - 1.0).abs() < 1e-3, "{networks}: {}", radius(networks));
        }
        assert_eq!(radius(2), f64::INFINITY);
    }

    #[test]
    fn within_the_square_the_distance_is_below_zero() {
        // Gradients whose slopes are `beyond` the printed ones, give or take a tenth of the last digit, over five layers.
        let network = |beyond: f64, [left, right]: [f64; 2]| {
            let curve = |slope: f64| (0..5).map(move |layer| ((slope + beyond) * f64::from(layer)).exp());
            curve(PRINTED[0] + left).chain(curve(PRINTED[1] + right)).collect::<Vec<f64>>()
        };
        let three = [[-1e-4, 0.0], [0.0, 1e-4], [1e-4, -1e-4]];
        let at = |beyond: f64| cell(&three.map(|by| network(beyond, by)), 5, 0, 4);
        let [.., z, error, _] = at(0.0);
        assert!((z + HALF_DIGIT / error).abs() < 0.1, "{z} at {error}");
        assert!(at(1e-3)[3] > 0.0);
    }

    #[test]
    fn the_distance_is_taken_from_the_edge_of_the_square() {
        assert_eq!(distance([-0.3793, -0.3807], [1e-6, 1e-6], 0.0), 0.0);
        let beside = distance([-0.3815, -0.381], [1e-6, 1e-6], 0.0);
        assert!((beside - 4.0).abs() < 1e-9, "{beside}");
        // Errors that go together: an offset in one alone is the more surprising.
        assert!(distance([-0.3815, -0.3805], [1e-6, 1e-6], 0.5e-6) > 4.0);
    }
}
