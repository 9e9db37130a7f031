//! The terms of Eq. 5 in one network, each from input vectors that the other two never see. Over the same samples the
//! squared mean and the variance add up to the mean square by algebra, whatever the numbers are; from disjoint samples
//! nothing but Eq. 5 makes them agree.

use std::ops::Range;

use statistics::Summary;

/// Fewest samples that give each group what its estimator needs.
pub const FEWEST: u64 = 5;

/// What one network says of the terms of Eq. 5, averaged over units. The average of each over networks is the term.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Of m²: the mean product of two different samples.
    pub squared_mean: f64,
    /// Of v²: the sum of squared deviations from the group's mean, divided by one less than its size.
    pub variance: f64,
    /// Of σ², as the total mean is zero: the mean square.
    pub mean_square: f64,
}

// region: groups
/// The terms from the pre-activations of some units, a row of samples each. The first third of the samples gives m²,
/// the second v², the rest σ².
pub fn terms(units: &[Vec<f32>]) -> Terms {
    let [products, deviations, squares] = thirds(units.first().map_or(0, Vec::len));
    let count = units.len() as f64;
    let average = |term: &dyn Fn(&[f32]) -> f64, group: &Range<usize>| {
        units.iter().map(|unit| term(&unit[group.clone()])).sum::<f64>() / count
    };
    Terms {
        squared_mean: average(&mean_product, &products),
        variance: average(&unbiased_variance, &deviations),
        mean_square: average(&|group| sums(group).1 / group.len() as f64, &squares),
    }
}

/// (Σ u)² holds every product of two samples twice, and every square once.
fn mean_product(group: &[f32]) -> f64 {
    let ((sum, squares), count) = (sums(group), group.len() as f64);
    (sum * sum - squares) / (count * (count - 1.0))
}

fn unbiased_variance(group: &[f32]) -> f64 {
    Summary::of(&group.iter().map(|value| f64::from(*value)).collect::<Vec<_>>()).variance
}
// endregion: groups

/// Sum and sum of squares.
fn sums(group: &[f32]) -> (f64, f64) {
    group
        .iter()
        .map(|value| f64::from(*value))
        .fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x))
}

/// Three disjoint groups of `samples` columns: two for the terms that need two samples, the rest for the third.
fn thirds(samples: usize) -> [Range<usize>; 3] {
    let third = samples.div_ceil(3).max(2).min(samples / 2);
    [0..third, third..2 * third, 2 * third..samples]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_disjoint_and_large_enough() {
        for samples in FEWEST as usize..40 {
            let [a, b, c] = thirds(samples);
            assert!(a.len() >= 2 && b.len() >= 2 && !c.is_empty(), "{samples}");
            assert!(a.end == b.start && b.end == c.start && c.end == samples);
        }
    }

    #[test]
    fn the_terms_of_known_numbers() {
        let units =
            [vec![1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 5.0, 7.0], vec![0.0, 2.0, -2.0, 1.0, 1.0, 1.0, 3.0, 1.0]];
        let terms = terms(&units);
        assert!((terms.squared_mean - ((2.0 + 3.0 + 6.0) / 3.0 - 4.0 / 3.0) / 2.0).abs() < 1e-12);
        assert!((terms.variance - (4.0 + 0.0) / 2.0).abs() < 1e-12);
        assert!((terms.mean_square - (37.0 + 5.0) / 2.0).abs() < 1e-12);
    }

    #[test]
    fn no_term_sees_the_samples_of_another() {
        let unit: Vec<f32> = (0..9).map(|index| 1.0 + index as f32).collect();
        let before = terms(std::slice::from_ref(&unit));
        for (group, range) in thirds(9).into_iter().enumerate() {
            let mut changed = unit.clone();
            changed[range.start] += 10.0;
            let after = terms(&[changed]);
            let moved = [
                after.squared_mean != before.squared_mean,
                after.variance != before.variance,
                after.mean_square != before.mean_square,
            ];
            assert_eq!(moved.iter().position(|moved| *moved), Some(group));
            assert_eq!(moved.iter().filter(|moved| **moved).count(), 1);
        }
    }
}
