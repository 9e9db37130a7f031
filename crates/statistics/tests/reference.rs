//! Every statistic against scipy, numpy or NIST: `tests/oracle/oracle.py` made the tables.

#![allow(clippy::unwrap_used)]

use statistics::{Estimate, Line, Summary, jackknife, least_squares_slope, log_mean_variance, pseudo_values};

/// x and y of NIST's data set Norris.
fn norris() -> [Vec<f64>; 2] {
    let rows = include_str!("oracle/norris.csv").lines().skip(1);
    let pairs = rows.map(|row| row.split_once(',').unwrap());
    let (x, y) = pairs.map(|(x, y)| (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap())).unzip();
    [x, y]
}

/// A number of the oracle's.
fn expected(name: &str) -> f64 {
    let mut rows = include_str!("oracle/values.csv").lines().map(|row| row.split_once(',').unwrap());
    rows.find(|(other, _)| *other == name).unwrap().1.parse().unwrap()
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() < tolerance, "{found} against {expected}");
}

fn agrees(found: Estimate, name: &str) {
    close(found.value, expected(name), 1e-11);
    close(found.standard_error, expected(&format!("{name}_error")), 1e-11);
}

#[test]
fn margins_are_quantiles_of_the_error_s_distribution() {
    for row in include_str!("oracle/quantiles.csv").lines().skip(1) {
        let cells: Vec<f64> = row.split(',').map(|cell| cell.parse().unwrap()).collect();
        let [replicates, confidence, comparisons, quantile] = cells[..] else { panic!("{row}") };
        let error = Estimate::sampled(0.0, 2.0, replicates as u32);
        let error = if replicates == 0.0 { Estimate { replicates: None, ..error } } else { error };
        close(error.margin(confidence, comparisons as usize), 2.0 * quantile, 1e-8);
    }
}

#[test]
fn means_and_variances() {
    let [_, y] = norris();
    let found = Summary::of(&y);
    close(found.mean, expected("mean"), 1e-14);
    close(found.variance, expected("variance"), 1e-14);
    close(found.standard_error(), expected("standard_error"), 1e-14);
    assert_eq!(found.estimate(), Estimate::mean_of(&y));
    assert_eq!(found.estimate().replicates, Some(36));
    close(found.times(-3.0).sd(), 3.0 * found.sd(), 1e-14);
}

/// NIST's NumAcc4: 10000000.2, then 10000000.1 and .3 in turn; certified mean 10000000.2, standard deviation 0.1.
#[test]
fn a_large_mean_takes_no_digits_from_the_deviation() {
    let values: Vec<f64> = (0..1001)
        .map(|index| if index == 0 { 10_000_000.2 } else { 10_000_000.1 + 0.2 * f64::from((index + 1) % 2) })
        .collect();
    let found = Summary::of(&values);
    close(found.mean, 10_000_000.2, 1e-13);
    // The data themselves are rounded to 2e-9 of 0.1.
    close(found.sd(), 0.1, 1e-8);
}

#[test]
fn one_value_says_nothing_about_its_error() {
    let alone = Estimate::mean_of(&[1.0]);
    assert_eq!((alone.value, alone.standard_error), (1.0, f64::INFINITY));
    assert_eq!(alone.margin(0.95, 1), f64::INFINITY);
    assert!(Estimate::mean_of(&[]).value.is_nan());
}

#[test]
fn differences_products_and_roots_carry_their_errors() {
    let (a, b) = (Estimate::sampled(9.0, 0.3, 10), Estimate::sampled(2.0, 0.4, 4).with_rounding(0.1));
    let difference = a.difference(b);
    assert_eq!((difference.value, difference.standard_error), (7.0, 0.5));
    assert_eq!((difference.replicates, difference.rounding), (Some(4), 0.1));
    assert_eq!(b.times(-2.0), Estimate::sampled(-4.0, 0.8, 4).with_rounding(0.2));
    assert_eq!(a.sqrt(), Estimate::sampled(3.0, 0.3 / 6.0, 10));
    assert_eq!(a.minus(1.0), Estimate::sampled(8.0, 0.3, 10));
    assert_eq!(Estimate::computed(1.0, 0.5).margin(0.95, 3), 0.5);
}

#[test]
fn the_jackknife_of_a_logarithm_of_a_ratio() {
    let [x, y] = norris();
    let rows: Vec<Vec<f64>> = x.iter().zip(&y).map(|(x, y)| vec![*x, *y]).collect();
    // The ratio is 1.002: its logarithm has three digits less than it.
    let found = jackknife(&rows, |means| (means[1] / means[0]).ln());
    close(found.value, expected("log_ratio"), 1e-10);
    close(found.standard_error, expected("log_ratio_error"), 1e-10);
    assert_eq!(found.replicates, Some(36));
    let pseudo = pseudo_values([&x, &y], |[x, y]| (y / x).ln());
    let found = Estimate::mean_of(&pseudo);
    close(found.value, expected("pseudo_mean"), 1e-9);
    close(found.standard_error, expected("pseudo_error"), 1e-9);
}

#[test]
fn the_jackknife_of_a_mean_variance() {
    agrees(log_mean_variance(norris().into_iter()), "log_mean_variance");
}

#[test]
fn slopes_over_equal_steps() {
    let [_, y] = norris();
    close(least_squares_slope(&y), expected("slope"), 1e-11);
    assert!((least_squares_slope(&[1.0, 0.5, 0.0, -0.5]) + 0.5).abs() < 1e-15);
    // Of 51 points, the first moved up by 1: the slope changes by -25/Σx² = -25/11050.
    let mut flat = vec![0.0; 51];
    flat[0] = 1.0;
    assert!((least_squares_slope(&flat) + 25.0 / 11050.0).abs() < 1e-15);
    assert!(least_squares_slope(&[1.0]).is_nan());
}

#[test]
fn weighted_lines() {
    let [x, y] = norris();
    let error = |index: usize| 0.1 * (1 + index % 5) as f64;
    let points: Vec<_> = x.iter().zip(&y).enumerate().map(|(i, (x, y))| (*x, *y, error(i))).collect();
    let found = Line::weighted(&points);
    agrees(found.slope, "weighted_slope");
    agrees(found.intercept, "weighted_intercept");
    assert_eq!(found.slope.replicates, None);
}

/// The certified values of Norris, each value a group of its own.
#[test]
fn ordinary_lines() {
    let [x, y] = norris();
    let alone = |(x, y): (&f64, &f64)| (*x, Summary { mean: *y, variance: 0.0, count: 1 });
    let found = Line::through_groups(&x.iter().zip(&y).map(alone).collect::<Vec<_>>());
    close(found.slope.value, 1.002_116_818_020_45, 1e-13);
    close(found.slope.standard_error, 0.429_796_848_199_937e-3, 1e-12);
    close(found.intercept.value, -0.262_323_073_774_029, 1e-11);
    close(found.intercept.standard_error, 0.232_818_234_301_152, 1e-12);
}

#[test]
fn lines_through_groups() {
    let [x, y] = norris();
    let place = |x: f64| (x / 100.0).round() * 100.0;
    let at = |step: i32| {
        let here = f64::from(100 * step);
        let values: Vec<f64> =
            x.iter().zip(&y).filter(|(x, _)| place(**x) == here).map(|(_, y)| *y).collect();
        (!values.is_empty()).then(|| (here, Summary::of(&values)))
    };
    let groups: Vec<_> = (0..=10).filter_map(at).collect();
    let found = Line::through_groups(&groups);
    agrees(found.slope, "groups_slope");
    agrees(found.intercept, "groups_intercept");
    assert_eq!(found.slope.replicates, Some(35));
}
