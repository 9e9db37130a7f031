//! Straight lines through a few points.

/// A fitted line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) slope: f64,
    pub(super) slope_error: f64,
    pub(super) intercept: f64,
    pub(super) intercept_error: f64,
}

/// Weighted least squares through (x, y, standard error of y), errors taken as known.
// region: line
pub(super) fn line(points: &[(f64, f64, f64)]) -> Line {
    let sum = |of: &dyn Fn(f64, f64) -> f64| {
        points.iter().map(|&(x, y, error)| of(x, y) / (error * error)).sum::<f64>()
    };
    let total = sum(&|_, _| 1.0);
    let (x_mean, y_mean) = (sum(&|x, _| x) / total, sum(&|_, y| y) / total);
    let spread = sum(&|x, _| (x - x_mean).powi(2));
    let slope = sum(&|x, y| (x - x_mean) * (y - y_mean)) / spread;
    Line {
        slope,
        slope_error: spread.recip().sqrt(),
        intercept: y_mean - slope * x_mean,
        intercept_error: (total.recip() + x_mean * x_mean / spread).sqrt(),
    }
}
// endregion: line

/// Values of which only mean, standard deviation and number are known, all at the same x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Group {
    pub(super) x: f64,
    pub(super) mean: f64,
    pub(super) sd: f64,
    pub(super) count: f64,
}

/// Ordinary least squares through all values of all groups, their common error estimated from the residuals with two
/// degrees of freedom taken off.
pub(super) fn line_through_groups(groups: &[Group]) -> Line {
    let count: f64 = groups.iter().map(|group| group.count).sum();
    let weighted: Vec<(f64, f64, f64)> =
        groups.iter().map(|group| (group.x, group.mean, group.count.recip().sqrt())).collect();
    let unit = line(&weighted);
    let within: f64 = groups.iter().map(|group| (group.count - 1.0) * group.sd * group.sd).sum();
    let between = |group: &Group| group.count * (group.mean - unit.intercept - unit.slope * group.x).powi(2);
    let error = ((within + groups.iter().map(between).sum::<f64>()) / (count - 2.0)).sqrt();
    Line { slope_error: unit.slope_error * error, intercept_error: unit.intercept_error * error, ..unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_points_on_a_line_is_that_line() {
        let found = line(&[(0.0, 1.0, 0.1), (1.0, 3.0, 0.2), (3.0, 7.0, 0.1)]);
        assert!((found.slope - 2.0).abs() < 1e-12 && (found.intercept - 1.0).abs() < 1e-12);
    }

    /// Against the formula for two points: the slope is their difference, its variance the sum of theirs.
    #[test]
    fn errors_follow_from_those_of_the_points() {
        let found = line(&[(0.0, 0.0, 0.3), (1.0, 5.0, 0.4)]);
        assert!((found.slope_error - 0.5).abs() < 1e-12);
        assert!((found.intercept_error - 0.3).abs() < 1e-12);
    }

    /// Groups give what their values one by one give: x = 0 with 1, 3 and x = 1 with 4, 6, 8.
    #[test]
    fn groups_stand_for_their_values() {
        let groups = [
            Group { x: 0.0, mean: 2.0, sd: 2f64.sqrt(), count: 2.0 },
            Group { x: 1.0, mean: 6.0, sd: 2.0, count: 3.0 },
        ];
        let found = line_through_groups(&groups);
        assert!((found.slope - 4.0).abs() < 1e-12 && (found.intercept - 2.0).abs() < 1e-12);
        // Residual squares 1 + 1 + 4 + 0 + 4 over 3 degrees of freedom; Σ (x - x̄)² = 6/5.
        assert!((found.slope_error - (10.0 / 3.0 / 1.2f64).sqrt()).abs() < 1e-12);
    }
}
