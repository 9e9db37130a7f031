//! Reads the reference values that `tests/oracle/oracle.py` computed with 50 digits.

/// The rows of one of its tables, headings left out.
pub fn rows(table: &str) -> Vec<Vec<f64>> {
    let row = |line: &str| line.split(',').map(|cell| cell.parse().unwrap()).collect();
    table.lines().skip(1).map(row).collect()
}

/// |measured - expected| / |expected|, with an expected value below 1e-40 taken as 0 (the oracle's own rounding).
pub fn relative_error(measured: f64, expected: f64) -> f64 {
    if expected.abs() < 1e-40 { measured.abs() } else { ((measured - expected) / expected).abs() }
}
