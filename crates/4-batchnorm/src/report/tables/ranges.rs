//! The ranges of layers to which the slopes of Fig. 3 may be fitted.

use std::ops::RangeInclusive;

/// The ranges a reader of Fig. 3 could have fitted, by name: ours, all layers but `margin` at either end; all layers; all
/// without the inputs; all without the one next to the loss; and all but a tenth at either end. Ours comes first, and a
/// range that has come before is left out.
pub(super) fn ranges(depth: usize, margin: usize) -> Vec<(&'static str, RangeInclusive<usize>)> {
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
    fn ours_comes_first_and_no_range_twice() {
        let layers = |margin| ranges(50, margin).into_iter().map(|(_, range)| range).collect::<Vec<_>>();
        assert_eq!(layers(1), [1..=49, 0..=50, 1..=50, 0..=49, 5..=45]);
        assert_eq!(layers(0), [0..=50, 1..=50, 0..=49, 5..=45]);
        assert_eq!(layers(5), [5..=45, 0..=50, 1..=50, 0..=49]);
    }
}
