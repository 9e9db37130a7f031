//! Under which batch size and fitted layers do both printed slopes of Fig. 3 come out?

use ensemble::Normalisation;
use report::{Table, TableError};
use statistics::{jackknife, least_squares_slope};

use crate::experiment::runs::{Outcome, Question, Run};

/// The slopes as printed, of scale+bias and batch normalisation.
pub(crate) const PRINTED: [f64; 2] = [-0.379, -0.381];
/// Half a unit of their last digit.
pub(crate) const HALF_DIGIT: f64 = 0.0005;
/// Networks behind them.
const THEIRS: f64 = 30.0;
/// Layers that may be left out at either end.
const LEFT_OUT: [usize; 7] = [0, 1, 2, 5, 10, 15, 20];

/// Cells listed as the nearest.
const NEAREST: usize = 8;

/// The tables `forensics`, a row for each batch and range of fitted layers, and `nearest`, those nearest to the printed pair.
pub(crate) fn tables(outcomes: &[(Run, Outcome)]) -> Result<[Table; 2], TableError> {
    let of = |wanted: Normalisation| {
        outcomes.iter().filter_map(move |(run, outcome)| match (run.question, outcome) {
            (Question::Slope(setting), Outcome::Slope(networks)) if setting == wanted => {
                Some((run, networks))
            }
            _ => None,
        })
    };
    let mut rows = Vec::new();
    for ((run, left), (_, right)) in of(Normalisation::ScaleBias).zip(of(Normalisation::BatchNorm)) {
        let both: Vec<Vec<f64>> =
            left.iter().zip(right).map(|(left, right)| [&left[..], right].concat()).collect();
        for first in LEFT_OUT {
            for last in LEFT_OUT.map(|left_out| run.depth.saturating_sub(left_out)) {
                if first + 4 <= last {
                    let counts = [run.samples, first, last, run.networks].map(|count| count as u64);
                    rows.push((counts, cell(&both, run.depth + 1, first, last)));
                }
            }
        }
    }
    let counts = ["samples", "first_layer", "last_layer", "networks"];
    let numbers = ["scale_bias", "batch_norm", "errors", "z", "scale_bias_error", "batch_norm_error"];
    let all = super::table("forensics", counts, numbers, &rows)?;
    rows.sort_by(|(_, left), (_, right)| left[3].total_cmp(&right[3]));
    rows.truncate(NEAREST);
    Ok([all, super::table("nearest", counts, numbers, &rows)?])
}

// region: cell
/// Both slopes of the logarithmic gradient over layers `first` to `last`, the root of the sum of their squared errors, and z.
///
/// z² is the least squared distance of the measured pair from the square of pairs that round to the printed ones, in
/// units of the covariance of ours and theirs; that of theirs is ours, at their number of networks.
fn cell(networks: &[Vec<f64>], layers: usize, first: usize, last: usize) -> [f64; 6] {
    let slope = |means: &[f64]| {
        least_squares_slope(&means[first..=last].iter().map(|square| square.ln()).collect::<Vec<_>>())
    };
    let left = jackknife(networks, |means| slope(means));
    let right = jackknife(networks, |means| slope(&means[layers..]));
    let difference = jackknife(networks, |means| slope(means) - slope(&means[layers..]));
    let both = 1.0 + networks.len() as f64 / THEIRS;
    let [a, b, d] = [left, right, difference].map(|estimate| both * estimate.standard_error.powi(2));
    let z = distance([left.value, right.value], [a, b], 0.5 * (a + b - d)).sqrt();
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
    fn the_distance_is_taken_from_the_edge_of_the_square() {
        assert_eq!(distance([-0.3793, -0.3807], [1e-6, 1e-6], 0.0), 0.0);
        let beside = distance([-0.3815, -0.381], [1e-6, 1e-6], 0.0);
        assert!((beside - 4.0).abs() < 1e-9, "{beside}");
        // Errors that go together: an offset in one alone is the more surprising.
        assert!(distance([-0.3815, -0.3805], [1e-6, 1e-6], 0.5e-6) > 4.0);
    }
}
