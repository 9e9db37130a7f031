//! The time that training takes to a loss, and which loss that is.

use crate::experiment::choices::Task;
use crate::experiment::curve::Curve;

/// Iterations before which no loss counts as reached: the mean over fewer minibatches may be luck.
const LEAST: usize = 10;

/// The loss of giving every class the same probability.
pub(super) fn guessing(task: Task) -> f64 {
    let classes = match task {
        Task::Cifar => datasets::Cifar10::CLASSES,
        Task::Isbi => datasets::Isbi2012::CLASSES,
    };
    (classes as f64).ln()
}

/// The loss whose time is taken: half-way, on a logarithmic scale, from the loss of guessing to the losses at the end, of
/// which the geometric mean is taken. There both curves are steep. A loss close to the end
/// would be reached at a moment that chance decides, and one close to the start may be had from the start.
pub(super) fn target(task: Task, ends: [f64; 2]) -> f64 {
    (guessing(task) * (ends[0] * ends[1]).sqrt()).sqrt()
}

// region: time
/// Iterations t until the mean loss over the later half of those done, t/2 to t, is at most `loss`; the whole budget where
/// it never is. A window that grows with time is as wide for a slow run as for a fast one, and the same whatever the budget.
pub(super) fn time_to(curve: &Curve, loss: f64) -> f64 {
    let mut sums = vec![0.0];
    sums.extend(curve.losses().iter().scan(0.0, |sum, loss| {
        *sum += f64::from(*loss);
        Some(*sum)
    }));
    let mean = |done: usize| (sums[done] - sums[done / 2]) / (done - done / 2) as f64;
    (LEAST..sums.len()).find(|done| mean(*done) <= loss).unwrap_or(curve.budget()) as f64
}
// endregion: time

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_mean_over_the_later_half() {
        let losses: Vec<f32> = (0..1000).map(|iteration| 2.0 - iteration as f32 / 1000.0).collect();
        let curve = Curve::new(&losses, 1000);
        // The mean over iterations t/2 to t of 2 - i/1000, i from 0, is 2 - (3t/4 - 1/2)/1000 for even t.
        assert_eq!(time_to(&curve, 1.5), 668.0);
        assert_eq!(time_to(&curve, 3.0), 10.0);
        assert_eq!(time_to(&curve, 0.5), 1000.0);
        assert_eq!(time_to(&curve.cut(700), 1.5), 668.0);
        // A single lucky minibatch is not enough.
        let mut lucky = vec![2.0f32; 1000];
        lucky[30] = 0.1;
        assert_eq!(time_to(&Curve::new(&lucky, 1000), 1.5), 1000.0);
    }

    /// A curve that takes twice as long takes twice the time.
    #[test]
    fn a_stretched_curve_takes_as_much_longer() {
        let falling = |count: u32| (0..count).map(|i| 2.3 / (1.0 + 9.0 * i as f32 / count as f32)).collect();
        let (fast, slow): (Vec<f32>, Vec<f32>) = (falling(400), falling(800));
        let [fast, slow] = [&fast, &slow].map(|losses| time_to(&Curve::new(losses, 1000), 1.0));
        assert!((slow / fast - 2.0).abs() < 0.02, "{slow} against {fast}");
    }

    #[test]
    fn the_target_lies_between_guessing_and_the_end() {
        let target = target(Task::Cifar, [0.8, 0.8]);
        assert!((target - (0.8 * 10f64.ln()).sqrt()).abs() < 1e-12);
    }
}
