//! The judge: one rule per kind of check, and how checks add up to a verdict.
//!
//! Let `e` be the [margin](Estimate::margin) of a measurement's error at [`CONFIDENCE`]: ours, and for digits that the
//! authors measured theirs as well. A stated value `p` with rounding half-width `h` (0 for an exact value) agrees with a
//! measurement `x` when `|x - p| ≤ h + e`; the agreement is decisive only if `h + e` and `|x - p| + e` are smaller than the
//! distance from `p` to the nearest wrong value. A difference `d` with the resolution `r`, the smallest that would matter, is
//!
//! | check | holds | fails | else |
//! |---|---|---|---|
//! | equal | `\|d\| ≤ e` and `\|d\| + e < r` | `\|d\| > e` | open |
//! | within `r` | `\|d\| + e < r` | `\|d\| - e > r` | open |
//! | positive | `d > e`, unless it fails | `d + e < r` | open |
//!
//! so that an order without a difference that matters fails (two one-sided tests), and so does one the other way round.
//! Counts and censored times have bounds of their own, exact ones, in the place of `d ± e`. All checks of one measurement
//! are judged simultaneously. What is smaller than the paper's experiment is refuted at [`REFUTED_AT_REDUCED_SCALE`] only. A
//! number that is not finite, one replicate, or replicates that do not vary at all have no error, and decide nothing. Checks
//! that hold by construction decide nothing alone.

use crate::rules::{Margins, equal, longer, plain, positive, refuting, setting, undefined, within};
use crate::{Check, Claim, Comparison, Data, Estimate, Kind, Measurement, Scale, Share, Verdict};

/// Confidence of every verdict: the share of its own error's distribution that a tolerance covers (two-sided).
pub const CONFIDENCE: f64 = 0.997;
/// The same where an experiment of reduced scale would refute a claim about the full one: such runs are many, for tests and
/// first looks, and over a hundred claims and ten seeds hardly one may be refuted by chance.
pub const REFUTED_AT_REDUCED_SCALE: f64 = 0.999_99;
/// The one-sided level of the exact test of censored times, see [`LogRatios`](crate::LogRatios): one that five pairs can reach.
pub const CENSORED_LEVEL: f64 = 0.05;

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
    /// The deviation from the target, for an order that below it, from which on it fails.
    pub refuted: f64,
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
    let level = Level {
        comparisons: measurement.checks.len() + measurement.as_printed.len(),
        refuting: if measurement.scale == Scale::Full { CONFIDENCE } else { REFUTED_AT_REDUCED_SCALE },
    };
    let judge_all = |checks: &[Check]| -> Vec<Judged> {
        checks.iter().map(|check| level.judge(claim, check, measurement.scale)).collect()
    };
    let checks = judge_all(&measurement.checks);
    let as_printed = judge_all(&measurement.as_printed);
    let (verdict, reason) = match (combine(measurement, &checks), claim.kind) {
        (CheckOutcome::Fails(why), _) => (Verdict::NotReproduced, why),
        (CheckOutcome::Open(why), _) => (Verdict::Inconclusive, why),
        (CheckOutcome::Holds, Kind::Misprint) => misprint(claim, measurement, &as_printed),
        (CheckOutcome::Holds, _) => match missing(claim, measurement) {
            Some(why) => (Verdict::Inconclusive, why),
            None if measurement.checks.iter().all(|check| check.by_construction) => {
                (Verdict::ByConstruction, held(claim, measurement))
            }
            None => (Verdict::Reproduced, held(claim, measurement)),
        },
    };
    let headline = measurement.headline().map(|index| &checks[index]);
    let smallest_visible_deviation =
        headline.filter(|judged| judged.target.is_some()).map(|judged| judged.tolerance);
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

/// All checks of a measurement as one: the first failure, else the first open question, else they hold. What leaves the
/// verdict open on a stand-in leaves failures open as well: they are not about the data that the paper speaks of.
fn combine(measurement: &Measurement, judged: &[Judged]) -> CheckOutcome {
    let named = |pick: fn(&CheckOutcome) -> Option<&String>| {
        judged.iter().zip(&measurement.checks).find_map(|(judged, check)| {
            pick(&judged.outcome).map(|why| format!("{}: {why}", check.in_words()))
        })
    };
    let fails = named(|outcome| if let CheckOutcome::Fails(why) = outcome { Some(why) } else { None });
    let open = named(|outcome| if let CheckOutcome::Open(why) = outcome { Some(why) } else { None });
    match (fails, &measurement.undecided, open) {
        _ if judged.is_empty() => CheckOutcome::Open("nothing was checked".to_owned()),
        (_, Some(why), _) if measurement.data == Data::StandIn => CheckOutcome::Open(why.clone()),
        (Some(why), ..) => CheckOutcome::Fails(why),
        (None, Some(why), _) => CheckOutcome::Open(why.clone()),
        (None, None, Some(why)) => CheckOutcome::Open(why),
        (None, None, None) => CheckOutcome::Holds,
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

/// The reason of a reproduction, with what it does not say.
fn held(claim: &Claim, measurement: &Measurement) -> String {
    let checks = &measurement.checks;
    let mut reason = match &checks[..] {
        [one] => format!("{} holds within its error", one.in_words()),
        all => format!("all {} checks hold, judged simultaneously", all.len()),
    };
    match checks.iter().filter(|check| check.by_construction).count() {
        0 => {}
        all if all == checks.len() => reason.push_str(", as they must by the way the numbers are made"),
        some => reason.push_str(&format!(", {some} of them by construction")),
    }
    if checks.iter().any(|check| matches!(check.comparison, Comparison::Longer { .. })) {
        reason.push_str(&format!(
            "; censored times by the exact signed-rank test at the one-sided level {CENSORED_LEVEL}"
        ));
    }
    if claim.kind == Kind::Series && claim.targets.is_empty() {
        reason.push_str("; the trend alone is judged, no value of the original's figure");
    }
    reason
}

/// How sure a verdict must be: of how many comparisons each check is one, and the confidence of what refutes.
struct Level {
    comparisons: usize,
    refuting: f64,
}

impl Level {
    fn judge(&self, claim: &Claim, check: &Check, scale: Scale) -> Judged {
        let differs = |estimate: &Estimate, rule: &dyn Fn(f64, Margins) -> Judged| {
            self.margins(estimate).map_or_else(undefined, |margins| rule(estimate.value, margins))
        };
        match &check.comparison {
            Comparison::Value { target, wrong, estimate } => self.value(claim, *target, *wrong, estimate),
            Comparison::Equal { difference, resolution } => {
                differs(difference, &|value, margins| equal(value, margins, *resolution))
            }
            Comparison::Within { difference, bound } => {
                differs(difference, &|value, margins| within(value, margins, *bound))
            }
            Comparison::Positive { difference, resolution } => {
                differs(difference, &|value, margins| positive(value, margins, *resolution))
            }
            Comparison::Most { share, least } => self.most(*share, *least),
            Comparison::Longer { ratios, resolution } => longer(ratios, *resolution),
            Comparison::Setting { ran } => Judged {
                target: None,
                tolerance: 0.0,
                refuted: 0.0,
                outcome: setting(claim, &check.what, ran, scale),
            },
        }
    }

    /// The margins of an estimate.
    ///
    /// # Errors
    /// Why it has none.
    fn margins(&self, estimate: &Estimate) -> Result<Margins, String> {
        let Estimate { value, standard_error, replicates, rounding } = *estimate;
        match replicates {
            _ if !value.is_finite() => Err(format!("no finite number was measured, but {value}")),
            _ if standard_error.is_nan() || rounding.is_nan() => Err("its error is not a number".to_owned()),
            Some(0 | 1) => Err("a single replicate has no error".to_owned()),
            Some(n) if standard_error == 0.0 => {
                Err(format!("{n} replicates that do not vary say nothing of their error"))
            }
            _ => Ok(Margins {
                own: estimate.margin(CONFIDENCE, self.comparisons),
                refuting: estimate.margin(self.refuting, self.comparisons),
            }),
        }
    }

    // region: judge-value
    fn value(&self, claim: &Claim, index: usize, wrong: Option<f64>, estimate: &Estimate) -> Judged {
        let Some(target) = claim.targets.get(index) else {
            return undefined(format!("{} states no value number {index}", claim.id));
        };
        let (stated, wrong) = (target.printed.value(), wrong.unwrap_or(target.wrong.value()));
        let half_width = match claim.reading {
            Some(error) => error,
            None if claim.kind == Kind::Exact => 0.0,
            None => target.printed.half_width(),
        };
        let margins = match self.margins(&with_their_error(claim, estimate)) {
            Ok(margins) => margins,
            Err(why) => return undefined(why),
        };
        let (tolerance, refuted) = (half_width + margins.own, half_width + margins.refuting);
        let deviation = (estimate.value - stated).abs();
        let error = plain(tolerance);
        let outcome = if deviation > tolerance {
            refuting(deviation > refuted, format!("off by {}, tolerance {error}", plain(deviation)))
        } else if tolerance.max(deviation + margins.own) >= (stated - wrong).abs() {
            let because = claim.wrong_because.as_deref().unwrap_or("the nearest wrong value");
            CheckOutcome::Open(format!("error too large: {error} does not exclude {wrong:.4} ({because})"))
        } else {
            CheckOutcome::Holds
        };
        Judged { target: Some(stated), tolerance, refuted, outcome }
    }
    // endregion: judge-value

    fn most(&self, share: Share, least: f64) -> Judged {
        let at = |confidence: f64| share.bounds((1.0 - confidence) / (2.0 * self.comparisons as f64));
        let ([lower, upper], [_, highest]) = (at(CONFIDENCE), at(self.refuting));
        let value = share.value();
        let outcome = if lower > least {
            CheckOutcome::Holds
        } else if upper < least {
            refuting(highest < least, format!("a share of {value:.2}, at most {upper:.2}"))
        } else {
            CheckOutcome::Open(format!("too few: a share of {value:.2} may be {lower:.2} to {upper:.2}"))
        };
        Judged { target: Some(least), tolerance: value - lower, refuted: highest - value, outcome }
    }
}

/// Adds the authors' own sampling error: ours at their number of replicates.
fn with_their_error(claim: &Claim, estimate: &Estimate) -> Estimate {
    match (claim.replicates, estimate.replicates) {
        (Some(theirs), Some(ours)) => {
            let factor = (1.0 + f64::from(ours) / f64::from(theirs)).sqrt();
            Estimate { standard_error: estimate.standard_error * factor, ..*estimate }
        }
        _ => *estimate,
    }
}
