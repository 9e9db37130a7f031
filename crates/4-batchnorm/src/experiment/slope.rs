//! Least-squares slopes of logarithmic curves, and the ranges of layers they may be fitted to.

use std::ops::RangeInclusive;

// region: slope
/// Slope against the layer of the least-squares line through `curve` over `layers`; the curve starts at layer 0.
/// NaN for fewer than two layers.
pub fn least_squares(curve: &[f64], layers: RangeInclusive<usize>) -> f64 {
    let points = &curve[layers.clone()];
    let centre = (points.len() as f64 - 1.0) / 2.0;
    let from_centre = |index: usize| index as f64 - centre;
    let across: f64 = points.iter().enumerate().map(|(index, y)| from_centre(index) * y).sum();
    let along: f64 = (0..points.len()).map(|index| from_centre(index).powi(2)).sum();
    across / along
}
// endregion: slope

/// The ranges a reader of Fig. 3 could have fitted, by name: ours, all layers but `margin` at either end; all layers; all
/// without the inputs; all without the one next to the loss; and all but a tenth at either end. Ours comes first, and a
/// range that has come before is left out.
pub fn ranges(depth: usize, margin: usize) -> Vec<(&'static str, RangeInclusive<usize>)> {
    let tenth = depth / 10;
    let all = [
        ("ours", margin..=depth - margin),
        ("all", 0..=depth),
        ("without inputs", 1..=depth),
        ("without output", 0..=depth - 1),
        ("inner", tenth..=depth - tenth),
    ];
    let mut ranges: Vec<(&'static str, RangeInclusive<usize>)> = Vec::new();
    for (name, range) in all {
        if ranges.iter().all(|(_, earlier)| *earlier != range) {
            ranges.push((name, range));
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_own_slope_in_every_range() {
        let curve: Vec<f64> = (0..20).map(|layer| 3.0 - 0.383 * f64::from(layer)).collect();
        for (_, range) in ranges(19, 2) {
            assert!((least_squares(&curve, range) + 0.383).abs() < 1e-14);
        }
    }

    #[test]
    fn a_point_off_the_line_pulls_as_much_as_it_should() {
        // Of 51 points, the first moved up by 1: the slope changes by -25/Σx² = -25/11050.
        let mut curve = vec![0.0; 51];
        curve[0] = 1.0;
        assert!((least_squares(&curve, 0..=50) + 25.0 / 11050.0).abs() < 1e-15);
        assert_eq!(least_squares(&curve, 1..=50), 0.0);
    }

    #[test]
    fn ours_comes_first_and_no_range_twice() {
        let layers = |margin| ranges(50, margin).into_iter().map(|(_, range)| range).collect::<Vec<_>>();
        assert_eq!(layers(1), [1..=49, 0..=50, 1..=50, 0..=49, 5..=45]);
        assert_eq!(layers(0), [0..=50, 1..=50, 0..=49, 5..=45]);
        assert_eq!(layers(5), [5..=45, 0..=50, 1..=50, 0..=49]);
    }
}
