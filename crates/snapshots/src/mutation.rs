//! The judge, tested on real measurements: pushed past its tolerance, each check fails; a false order never holds, censored
//! times the other way round do not, and what holds by construction is told apart.

use ledger::{Check, CheckOutcome, Claim, Comparison, Judgement, Measurement, Verdict, judge};

/// How far past the tolerance a measurement is pushed: a hundredth of it.
const PAST: f64 = 0.01;
/// The least push, for checks without any tolerance.
const LEAST: f64 = 1e-12;

/// Pushes each check of a measurement past its tolerance and asserts that it fails, and the verdict with it.
///
/// # Panics
/// When a check cannot fail.
pub(crate) fn verdict_can_change(claim: &Claim, measurement: &Measurement) {
    let judged = judge(claim, measurement);
    for (index, check) in measurement.checks.iter().enumerate() {
        let with = |check: Check| {
            let mut pushed = measurement.clone();
            pushed.checks[index] = check;
            judge(claim, &pushed)
        };
        let fails = |found: &Judgement| {
            let bad =
                !matches!(found.verdict, Verdict::Reproduced | Verdict::ByConstruction | Verdict::Misprint);
            bad && matches!(found.checks[index].outcome, CheckOutcome::Fails(_))
        };
        let told = format!("{}: {}", claim.id, check.what);
        let (held, refuted) = (&judged.checks[index].outcome, judged.checks[index].refuted);
        let past = PAST * refuted.abs() + LEAST;
        match &check.comparison {
            Comparison::Setting { .. } => {
                let found = with(check.pushed_to(0.0));
                assert_ne!(found.verdict, Verdict::Reproduced, "{told}: changed, and not noticed");
            }
            Comparison::Most { .. } | Comparison::Longer { .. } => {
                let found = with(check.pushed_to(0.0));
                let both =
                    (held == &CheckOutcome::Holds) && (found.checks[index].outcome == CheckOutcome::Holds);
                assert!(!both, "{told}: holds either way");
            }
            Comparison::Positive { .. } => {
                assert!(refuted.is_finite(), "{told} has no tolerance: it cannot fail");
                assert!(
                    fails(&with(check.pushed_to(-refuted - past))),
                    "{told}: pushed past its tolerance, holds"
                );
                assert!(
                    !fails(&with(check.pushed_to(-refuted + past))),
                    "{told}: fails within its tolerance"
                );
                let false_order = with(check.pushed_to(0.0));
                assert_ne!(
                    false_order.checks[index].outcome,
                    CheckOutcome::Holds,
                    "{told}: no difference, holds"
                );
            }
            Comparison::Value { .. } | Comparison::Equal { .. } | Comparison::Within { .. } => {
                assert!(refuted.is_finite(), "{told} has no tolerance: it cannot fail");
                let target = judged.checks[index].target.unwrap_or(0.0);
                for direction in [-1.0, 1.0] {
                    let found = with(check.pushed_to(target + direction * (refuted + past)));
                    assert!(fails(&found), "{told}: pushed past its tolerance, holds");
                }
            }
        }
    }
    if judged.verdict == Verdict::Misprint {
        let mut holding = measurement.clone();
        for (check, judged) in holding.as_printed.iter_mut().zip(&judged.as_printed) {
            let inside = match check.comparison {
                Comparison::Positive { .. } => judged.tolerance + judged.refuted.abs() + LEAST,
                _ => 0.0,
            };
            *check = check.pushed_to(judged.target.unwrap_or(0.0) + inside);
        }
        let verdict = judge(claim, &holding).verdict;
        assert_ne!(verdict, Verdict::Misprint, "{}: the printed form is not looked at", claim.id);
    }
    let mut made_so = measurement.clone();
    made_so.checks.iter_mut().for_each(|check| check.by_construction = true);
    let verdict = judge(claim, &made_so).verdict;
    assert_ne!(verdict, Verdict::Reproduced, "{}: decided by what holds by construction", claim.id);
}
