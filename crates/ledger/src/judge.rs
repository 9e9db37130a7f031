//! The judge: one rule per kind of check, and how checks add up to a verdict.
//!
//! A stated value `p` with rounding half-width `h` (0 for an exact value) agrees with a measurement `x` when
//! `|x - p| ≤ h + e`, where `e` is the [margin](Estimate::margin) of the error at [`CONFIDENCE`]: ours, and for digits that the
//! authors measured theirs as well. The agreement is decisive only if `h + e` is smaller than the distance from `p` to
//! the nearest wrong value that the claim names. An equality holds if the difference is within its margin and the margin
//! resolves what would matter; an order holds if the difference exceeds its margin. All checks of one measurement are
//! judged simultaneously.

use crate::{Check, Claim, Comparison, Estimate, Kind, Measurement, Scale, Verdict};

/// Confidence of every verdict: the share of its own error's distribution that a tolerance covers (two-sided).
pub const CONFIDENCE: f64 = 0.997;

/// What became of a single check.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckOutcome {
    /// It holds, and could have failed.
    Holds,
    /// It fails.
    Fails(String),
    /// It cannot be decided, for the stated reason.
    Open(String),
}

/// A check with its outcome and the tolerance it was judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The value it was held against: a stated value, or 0 for differences. None for settings.
    pub target: Option<f64>,
    /// The deviation from the target up to which it holds. For an order: the violation that would be noticed.
    pub tolerance: f64,
    /// What became of it.
    pub outcome: CheckOutcome,
}

/// A verdict with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What became of the claim.
    pub verdict: Verdict,
    /// Why, in one line.
    pub reason: String,
    /// The checks one by one, in the measurement's order.
    pub checks: Vec<Judged>,
    /// The checks of the printed form, for a misprint.
    pub as_printed: Vec<Judged>,
    /// The smallest deviation of the headline that would have been noticed, in its units.
    pub smallest_visible_deviation: Option<f64>,
}

/// Holds a measurement against the claim.
// region: judge
pub fn judge(claim: &Claim, measurement: &Measurement) -> Judgement {
    let comparisons = measurement.checks.len() + measurement.as_printed.len();
    let judge_all = |checks: &[Check]| -> Vec<Judged> {
        checks.iter().map(|check| judge_check(claim, check, measurement.scale, comparisons)).collect()
    };
    let checks = judge_all(&measurement.checks);
    let as_printed = judge_all(&measurement.as_printed);
    let (verdict, reason) = match (combine(measurement, &checks), claim.kind) {
        (CheckOutcome::Fails(why), _) => (Verdict::NotReproduced, why),
        (CheckOutcome::Open(why), _) => (Verdict::Inconclusive, why),
        (CheckOutcome::Holds, Kind::Misprint) => misprint(claim, measurement, &as_printed),
        (CheckOutcome::Holds, _) => match missing(claim, measurement) {
            Some(why) => (Verdict::Inconclusive, why),
            None => (Verdict::Reproduced, held(measurement)),
        },
    };
    let headline = checks.first().filter(|judged| judged.target.is_some());
    let smallest_visible_deviation = headline.map(|judged| judged.tolerance);
    Judgement { verdict, reason, checks, as_printed, smallest_visible_deviation }
}
// endregion: judge

/// The verdict on a misprint whose corrected form holds.
fn misprint(claim: &Claim, measurement: &Measurement, as_printed: &[Judged]) -> (Verdict, String) {
    if as_printed.is_empty() {
        return (Verdict::Inconclusive, "the form as printed was not tested".to_owned());
    }
    let failing = as_printed.iter().zip(&measurement.as_printed).find_map(|(judged, check)| {
        matches!(judged.outcome, CheckOutcome::Fails(_)).then(|| check.what.clone())
    });
    if let Some(what) = failing {
        let corrected = claim.correction.as_deref().unwrap_or("the corrected form");
        return (Verdict::Misprint, format!("as printed it fails ({what}); corrected: {corrected}"));
    }
    let open = as_printed.iter().find_map(|judged| match &judged.outcome {
        CheckOutcome::Open(why) => Some(why.clone()),
        _ => None,
    });
    match open {
        Some(why) => (Verdict::Inconclusive, format!("the printed form could not be refuted: {why}")),
        None => (Verdict::Reproduced, "the form as printed holds as well".to_owned()),
    }
}

/// All checks of a measurement as one: the first failure, else the first open question, else they hold.
fn combine(measurement: &Measurement, judged: &[Judged]) -> CheckOutcome {
    let named = |pick: fn(&CheckOutcome) -> Option<&String>| {
        judged
            .iter()
            .zip(&measurement.checks)
            .find_map(|(judged, check)| pick(&judged.outcome).map(|why| format!("{}: {why}", check.what)))
    };
    let fails = named(|outcome| if let CheckOutcome::Fails(why) = outcome { Some(why) } else { None });
    let open = named(|outcome| if let CheckOutcome::Open(why) = outcome { Some(why) } else { None });
    match (fails, measurement.undecided.clone().or(open)) {
        _ if judged.is_empty() => CheckOutcome::Open("nothing was checked".to_owned()),
        (Some(why), _) => CheckOutcome::Fails(why),
        (None, Some(why)) => CheckOutcome::Open(why),
        (None, None) => CheckOutcome::Holds,
    }
}

/// What a complete measurement of the claim would have had to check as well.
fn missing(claim: &Claim, measurement: &Measurement) -> Option<String> {
    let checked = |wanted: usize| {
        measurement
            .checks
            .iter()
            .any(|check| matches!(check.comparison, Comparison::Value { target, .. } if target == wanted))
    };
    if let Some(target) = (0..claim.targets.len()).find(|&target| !checked(target)) {
        return Some(format!("the stated value {} was not measured", claim.targets[target].printed));
    }
    let read_back = |wanted: &str| {
        let setting = |check: &Check| matches!(check.comparison, Comparison::Setting { .. });
        measurement.checks.iter().any(|check| setting(check) && check.what == wanted)
    };
    let unread = claim.stated.iter().find(|(name, _)| !read_back(name));
    unread.map(|(name, _)| format!("the setting {name} was not read back"))
}

/// The reason of a reproduction.
fn held(measurement: &Measurement) -> String {
    match measurement.checks.len() {
        1 => format!("{} holds within its error", measurement.checks[0].what),
        n => format!("all {n} checks hold, judged simultaneously"),
    }
}

fn judge_check(claim: &Claim, check: &Check, scale: Scale, comparisons: usize) -> Judged {
    match &check.comparison {
        Comparison::Value { target, estimate } => judge_value(claim, *target, estimate, comparisons),
        Comparison::Equal { difference, resolution } => judge_equal(difference, *resolution, comparisons),
        Comparison::Positive { difference } => judge_positive(difference, comparisons),
        Comparison::Setting { ran } => {
            Judged { target: None, tolerance: 0.0, outcome: judge_setting(claim, &check.what, ran, scale) }
        }
    }
}

// region: judge-value
fn judge_value(claim: &Claim, index: usize, estimate: &Estimate, comparisons: usize) -> Judged {
    let Some(target) = claim.targets.get(index) else {
        let outcome = CheckOutcome::Open(format!("{} states no value number {index}", claim.id));
        return Judged { target: None, tolerance: 0.0, outcome };
    };
    let (stated, wrong) = (target.printed.value(), target.wrong.value());
    let half_width = if claim.kind == Kind::Exact { 0.0 } else { target.printed.half_width() };
    let tolerance = half_width + with_their_error(claim, estimate).margin(CONFIDENCE, comparisons);
    let deviation = (estimate.value - stated).abs();
    // Not a number is within nothing.
    let within = deviation <= tolerance;
    let outcome = if !within {
        CheckOutcome::Fails(format!("off by {deviation:.2e}, tolerance {tolerance:.2e}"))
    } else if tolerance >= (stated - wrong).abs() {
        let because = claim.wrong_because.as_deref().unwrap_or("the nearest wrong value");
        CheckOutcome::Open(format!("error too large: {tolerance:.2e} does not exclude {wrong} ({because})"))
    } else {
        CheckOutcome::Holds
    };
    Judged { target: Some(stated), tolerance, outcome }
}
// endregion: judge-value

/// Adds the authors' own sampling error: ours at their number of replicates.
fn with_their_error(claim: &Claim, estimate: &Estimate) -> Estimate {
    match (claim.kind, claim.replicates, estimate.replicates) {
        (Kind::Measured, Some(theirs), Some(ours)) => {
            let factor = (1.0 + f64::from(ours) / f64::from(theirs)).sqrt();
            Estimate { standard_error: estimate.standard_error * factor, ..*estimate }
        }
        _ => *estimate,
    }
}

fn judge_equal(difference: &Estimate, resolution: f64, comparisons: usize) -> Judged {
    let tolerance = difference.margin(CONFIDENCE, comparisons);
    let within = difference.value.abs() <= tolerance;
    let outcome = if !within {
        CheckOutcome::Fails(format!("differ by {:.2e}, tolerance {tolerance:.2e}", difference.value))
    } else if tolerance >= resolution {
        CheckOutcome::Open(format!("error too large: {tolerance:.2e} does not resolve {resolution:.2e}"))
    } else {
        CheckOutcome::Holds
    };
    Judged { target: Some(0.0), tolerance, outcome }
}

fn judge_positive(difference: &Estimate, comparisons: usize) -> Judged {
    let tolerance = difference.margin(CONFIDENCE, comparisons);
    let value = difference.value;
    let outcome = if value > tolerance {
        CheckOutcome::Holds
    } else if value < -tolerance || tolerance == 0.0 || value.is_nan() {
        CheckOutcome::Fails(format!("the other way round by {:.2e}", -value))
    } else {
        CheckOutcome::Open(format!("error too large: {value:.2e} is within {tolerance:.2e} of zero"))
    };
    Judged { target: Some(0.0), tolerance, outcome }
}

fn judge_setting(claim: &Claim, name: &str, ran: &str, scale: Scale) -> CheckOutcome {
    match claim.stated.iter().find(|(stated, _)| stated == name) {
        None => CheckOutcome::Open(format!("{} does not state it", claim.id)),
        Some((_, stated)) if stated == ran => CheckOutcome::Holds,
        Some((_, stated)) => {
            let why = format!("ran with {ran}, stated {stated}");
            if scale == Scale::Full { CheckOutcome::Fails(why) } else { CheckOutcome::Open(why) }
        }
    }
}
