//! Values that `tests/oracle/oracle.py` computed with 50 digits.

use mean_field::Gaps;
use mean_field::asymptote::offset;
use mean_field::cosine_map::{next_gap, slope, value};
use mean_field::definition::{Measure, by_definition};
use mean_field::orthant::same_sign_probability;
use mean_field::polar::by_polar_angle;

const COSINE_MAP: &str = include_str!("../oracle/cosine_map.csv");
pub const GAPS: &str = include_str!("../oracle/gaps.csv");

/// The rows of a table, headings left out.
pub fn rows(table: &str) -> Vec<Vec<f64>> {
    let row = |line: &str| line.split(',').map(|cell| cell.parse().unwrap()).collect();
    table.lines().skip(1).map(row).collect()
}

/// |measured - expected| / |expected|, with an expected value below 1e-40 taken as 0 (the oracle's own rounding).
pub fn relative_error(measured: f64, expected: f64) -> f64 {
    if expected.abs() < 1e-40 { measured.abs() } else { ((measured - expected) / expected).abs() }
}

/// Fails where what is measured of a row is not its cell in `column`, up to a relative or an absolute error.
fn compare(table: &str, column: usize, [relative, absolute]: [f64; 2], measure: impl Fn(&[f64]) -> f64) {
    for row in rows(table) {
        let (measured, expected) = (measure(&row), row[column]);
        let close = relative_error(measured, expected) < relative || (measured - expected).abs() < absolute;
        assert!(close, "{row:?}: {measured:e}, not {expected:e}");
    }
}

#[test]
fn values_computed_with_50_digits() {
    // A handful of correctly rounded operations: measured at most 1.6 units of 2.2e-16.
    compare(COSINE_MAP, 1, [8e-16, 0.0], |row| value(row[0]));
    compare(COSINE_MAP, 2, [8e-16, 0.0], |row| slope(row[0]));
    compare(include_str!("../oracle/next_gap.csv"), 1, [8e-16, 0.0], |row| next_gap(row[0]));
    // Rounding of sums of some hundred terms, for the angle relative to the sum.
    compare(COSINE_MAP, 1, [0.0, 5e-15], |row| by_definition(row[0], Measure::UnitGaussian));
    compare(COSINE_MAP, 1, [5e-15, 0.0], |row| by_polar_angle(row[0]));
    // A million layers cost no digits: the largest error seen is 1.9e-16.
    let gap = |row: &[f64]| Gaps::from_gap(1.0 - row[0]).nth(row[1] as usize).unwrap();
    compare(GAPS, 2, [5e-16, 0.0], gap);
    // Omitted is O(l⁻²) at 20 000 layers, measured 5.1e-9.
    compare(include_str!("../oracle/offset.csv"), 2, [0.0, 1e-8], |row| offset(row[0]));
    // Some thousand positive terms, raised to the power T; the largest error seen is 2e-15.
    let same_sign = |row: &[f64]| same_sign_probability(row[0], row[1] as usize).unwrap();
    compare(include_str!("../oracle/same_sign.csv"), 2, [2e-14, 0.0], same_sign);
}
