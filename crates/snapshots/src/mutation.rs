//! The judge, tested on real measurements: pushed past its tolerance, each check changes the verdict.

use ledger::{Claim, Comparison, Measurement, Verdict, judge};

/// How far past the tolerance a measurement is pushed: a hundredth of it.
const PAST: f64 = 1.01;
/// The least push, for checks without any tolerance.
const LEAST: f64 = 1e-12;

/// Pushes each check of a measurement past its tolerance and asserts that the verdict changes.
///
/// # Panics
/// When a check cannot fail.
pub(crate) fn verdict_can_change(claim: &Claim, measurement: &Measurement) {
    let judged = judge(claim, measurement);
    for index in 0..measurement.checks.len() {
        let check = &measurement.checks[index];
        let past = PAST * judged.checks[index].tolerance + LEAST;
        assert!(past.is_finite(), "{}: {} has no tolerance: it cannot fail", claim.id, check.what);
        let target = judged.checks[index].target.unwrap_or(0.0);
        let pushes: &[f64] =
            if matches!(check.comparison, Comparison::Positive { .. }) { &[-1.0] } else { &[-1.0, 1.0] };
        for direction in pushes {
            let mut pushed = measurement.clone();
            pushed.checks[index] = check.pushed_to(target + direction * past);
            let verdict = judge(claim, &pushed).verdict;
            let changed = match check.comparison {
                Comparison::Setting { .. } => {
                    matches!(verdict, Verdict::NotReproduced | Verdict::Inconclusive)
                }
                _ => verdict == Verdict::NotReproduced,
            };
            assert!(
                changed,
                "{}: {} pushed past its tolerance still gives `{verdict}`",
                claim.id, check.what
            );
        }
    }
    if judged.verdict == Verdict::Misprint {
        let mut holding = measurement.clone();
        for (check, judged) in holding.as_printed.iter_mut().zip(&judged.as_printed) {
            let target = judged.target.unwrap_or(0.0);
            let inside = if matches!(check.comparison, Comparison::Positive { .. }) {
                PAST * judged.tolerance + LEAST
            } else {
                0.0
            };
            *check = check.pushed_to(target + inside);
        }
        let verdict = judge(claim, &holding).verdict;
        assert_ne!(verdict, Verdict::Misprint, "{}: the printed form is not looked at", claim.id);
    }
}
