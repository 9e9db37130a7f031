//! The rules by which differences, times and settings are judged; the table stands in [`judge`](crate::judge()).

use crate::judge::CENSORED_LEVEL;
use crate::{CheckOutcome, Claim, Judged, LogRatios, Scale};

/// How far a measured number may be off: by its own error, and by the error that would have to be ruled out to refute.
#[derive(Clone, Copy)]
pub(crate) struct Margins {
    /// At the confidence of every verdict.
    pub(crate) own: f64,
    /// At the confidence of what refutes.
    pub(crate) refuting: f64,
}

/// Fails if this is sure enough, and is left open else.
pub(crate) fn refuting(sure: bool, why: String) -> CheckOutcome {
    if sure {
        CheckOutcome::Fails(why)
    } else {
        CheckOutcome::Open(format!("{why}, at a reduced scale, which may be chance"))
    }
}

/// A check without a number to judge.
pub(crate) fn undefined(why: String) -> Judged {
    Judged {
        target: None,
        tolerance: f64::INFINITY,
        refuted: f64::INFINITY,
        outcome: CheckOutcome::Open(why),
    }
}

/// Two sides agree.
pub(crate) fn equal(value: f64, margins: Margins, resolution: f64) -> Judged {
    let (size, margin) = (value.abs(), margins.own);
    let outcome = if size > margin {
        refuting(size > margins.refuting, format!("differ by {value:.2e}, tolerance {margin:.2e}"))
    } else if size + margin < resolution {
        CheckOutcome::Holds
    } else {
        CheckOutcome::Open(format!(
            "error too large: {value:.2e} ± {margin:.2e} does not exclude {resolution:.2e}"
        ))
    };
    Judged { target: Some(0.0), tolerance: margin, refuted: margins.refuting, outcome }
}

/// Two sides are near.
pub(crate) fn within(value: f64, margins: Margins, bound: f64) -> Judged {
    let (size, margin) = (value.abs(), margins.own);
    let outcome = if size + margin < bound {
        CheckOutcome::Holds
    } else if size - margin > bound {
        refuting(
            size - margins.refuting > bound,
            format!("off by {value:.2e} ± {margin:.2e}, more than {bound:.2e}"),
        )
    } else {
        CheckOutcome::Open(format!(
            "error too large: {value:.2e} ± {margin:.2e} is not told from {bound:.2e}"
        ))
    };
    Judged { target: Some(0.0), tolerance: bound + margin, refuted: bound + margins.refuting, outcome }
}

/// One side is the larger.
pub(crate) fn positive(value: f64, margins: Margins, resolution: f64) -> Judged {
    let margin = margins.own;
    let outcome = if value + margin < resolution {
        let why = if value < -margin { "the other way round" } else { "no difference that matters" };
        let why = format!("{why}: {value:.2e} ± {margin:.2e}, where {resolution:.2e} would matter");
        refuting(value + margins.refuting < resolution, why)
    } else if value > margin {
        CheckOutcome::Holds
    } else {
        CheckOutcome::Open(format!("error too large: {value:.2e} is within {margin:.2e} of zero"))
    };
    Judged { target: Some(0.0), tolerance: margin, refuted: margins.refuting - resolution, outcome }
}

/// One time is the longer. At its own level, which is that of few pairs, at any scale.
pub(crate) fn longer(ratios: &LogRatios, resolution: f64) -> Judged {
    let informative = ratios.informative();
    let ([lower, upper], [_, highest]) = (informative.bounds(CENSORED_LEVEL), ratios.bounds(CENSORED_LEVEL));
    let (all, some) = (ratios.pairs(), informative.pairs());
    let outcome = if some == 0 {
        CheckOutcome::Open(format!("neither reached it in any of {all} pairs: the times say nothing"))
    } else if upper < 0.0 {
        CheckOutcome::Fails(format!("the other way round: {upper:.2e} at most"))
    } else if highest < resolution {
        CheckOutcome::Fails(format!(
            "no difference that matters: {highest:.2e} at most, where {resolution:.2e} would matter"
        ))
    } else if lower > 0.0 {
        CheckOutcome::Holds
    } else {
        let probability = informative.probability();
        CheckOutcome::Open(format!(
            "too few: {some} of {all} pairs say something, with probability {probability:.3} where both are alike"
        ))
    };
    Judged { target: Some(0.0), tolerance: ratios.estimate()[0] - lower, refuted: f64::INFINITY, outcome }
}

/// A setting is the stated one; at a reduced scale it may be another.
pub(crate) fn setting(claim: &Claim, name: &str, ran: &str, scale: Scale) -> CheckOutcome {
    match claim.stated.iter().find(|(stated, _)| stated == name) {
        None => CheckOutcome::Open(format!("{} does not state it", claim.id)),
        Some((_, stated)) if stated == ran => CheckOutcome::Holds,
        Some((_, stated)) => {
            let why = format!("ran with {ran}, stated {stated}");
            if scale == Scale::Full { CheckOutcome::Fails(why) } else { CheckOutcome::Open(why) }
        }
    }
}
