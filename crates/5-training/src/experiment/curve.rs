//! What is read off a loss curve: means over bins, the area under its logarithm, and the loss at the end. Everything is
//! accumulated in double precision.

/// Bins over the budget of a run, or fewer if it has fewer iterations.
pub const BINS: usize = 40;
/// The loss at the end is the mean over this part of the budget.
const END: usize = 10;

/// The losses of a run with a budget of iterations. A run that diverged has fewer losses than its budget.
#[derive(Debug, Clone, Copy)]
pub struct Curve<'a> {
    losses: &'a [f32],
    budget: usize,
}

/// The part of a budget: a whole number of iterations, at least one.
fn part(budget: usize, share: usize) -> usize {
    (budget / share).max(1)
}

/// The mean of some losses.
fn mean(losses: &[f32]) -> f64 {
    losses.iter().map(|loss| f64::from(*loss)).sum::<f64>() / losses.len() as f64
}

impl<'a> Curve<'a> {
    /// The curve of a run.
    pub fn new(losses: &'a [f32], budget: u64) -> Self {
        Self { losses, budget: usize::try_from(budget).unwrap_or(usize::MAX) }
    }

    /// The beginning of the curve, on a smaller budget.
    pub fn cut(self, budget: u64) -> Self {
        let budget = self.budget.min(usize::try_from(budget).unwrap_or(usize::MAX));
        Self { losses: &self.losses[..budget.min(self.losses.len())], budget }
    }

    /// The losses of the curve.
    pub fn losses(&self) -> &'a [f32] {
        self.losses
    }

    /// The iterations that it was to have.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Whether the whole budget was used.
    pub fn is_whole(&self) -> bool {
        self.losses.len() == self.budget
    }

    /// Middle and mean of every bin that training came through.
    pub fn binned(&self) -> Vec<(f64, f64)> {
        let bins = BINS.min(self.budget);
        let edge = |bin: usize| bin * self.budget / bins;
        let one = |bin: usize| {
            let (from, to) = (edge(bin), edge(bin + 1));
            let losses = self.losses.get(from..to)?;
            Some((0.5 * (from + to) as f64, mean(losses)))
        };
        (0..bins).map_while(one).collect()
    }

    // region: area
    /// The area under the logarithm of the binned curve, divided by the budget; infinite where training diverged.
    pub fn area(&self) -> f64 {
        if !self.is_whole() {
            return f64::INFINITY;
        }
        let bins = self.binned();
        bins.iter().map(|(_, loss)| loss.ln()).sum::<f64>() / bins.len() as f64
    }
    // endregion: area

    /// The mean loss over the last tenth of the budget; infinite where training diverged.
    pub fn end(&self) -> f64 {
        if !self.is_whole() {
            return f64::INFINITY;
        }
        mean(&self.losses[self.budget - part(self.budget, END)..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn falling(count: usize) -> Vec<f32> {
        (0..count).map(|iteration| 2.0 - iteration as f32 / count as f32).collect()
    }

    #[test]
    fn bins_cover_the_budget() {
        let losses = falling(1000);
        let bins = Curve::new(&losses, 1000).binned();
        assert_eq!(bins.len(), BINS);
        assert_eq!((bins[0].0, bins[39].0), (12.5, 987.5));
        assert!((bins[0].1 - 1.988).abs() < 1e-6, "{:?}", bins[0]);
        let few = falling(7);
        assert_eq!(Curve::new(&few, 7).binned().len(), 7);
    }

    #[test]
    fn a_diverged_run_has_no_area_and_no_end_but_its_bins() {
        let losses = falling(300);
        let curve = Curve::new(&losses, 1000);
        assert_eq!((curve.area(), curve.end()), (f64::INFINITY, f64::INFINITY));
        assert_eq!(curve.binned().len(), 12);
        assert_eq!(Curve::new(&[], 10).binned(), []);
    }

    #[test]
    fn the_area_of_a_constant_is_its_logarithm() {
        let losses = [0.5f32; 90];
        let curve = Curve::new(&losses, 90);
        assert!((curve.area() - 0.5f64.ln()).abs() < 1e-12);
        assert_eq!(curve.end(), 0.5);
    }

    #[test]
    fn a_curve_cut_is_that_of_a_shorter_run() {
        let losses = falling(100);
        let cut = Curve::new(&losses, 100).cut(40);
        let shorter = Curve::new(&losses[..40], 40);
        assert_eq!((cut.area(), cut.end()), (shorter.area(), shorter.end()));
        assert_eq!(Curve::new(&losses, 100).cut(u64::MAX).end(), Curve::new(&losses, 100).end());
        assert_eq!(Curve::new(&losses[..10], 100).cut(40).end(), f64::INFINITY);
    }
}
