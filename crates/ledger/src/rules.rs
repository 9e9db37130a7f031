//! The rules by which differences, times and settings are judged; the table stands in [`judge`](crate::judge()).

use crate::judge::CENSORED_LEVEL;
use crate::{CheckOutcome, Claim, Judged, LogRatios, Scale};

/// What stands for a setting of something that did not run.
pub const NOT_RUN: &str = "not run";

/// A number as a sentence has it: three significant digits, and powers of ten only where they are short.
pub(crate) fn plain(number: f64) -> String {
    let order = number.abs().log10().floor();
    match order {
        _ if number == 0.0 => "0".to_owned(),
        -3.0..=3.0 => format!("{number:.*}", (2.0 - order).max(0.0) as usize),
        _ => format!("{number:.2e}"),
    }
}

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
    let [seen, error] = [value, margin].map(plain);
    let outcome = if size > margin {
        refuting(size > margins.refuting, format!("differ by {seen}, tolerance {error}"))
    } else if size + margin < resolution {
        CheckOutcome::Holds
    } else {
        let resolution = plain(resolution);
        CheckOutcome::Open(format!("error too large: {seen} ± {error} does not exclude {resolution}"))
    };
    Judged { target: Some(0.0), tolerance: margin, refuted: margins.refuting, outcome }
}

/// Two sides are near.
pub(crate) fn within(value: f64, margins: Margins, bound: f64) -> Judged {
    let (size, margin) = (value.abs(), margins.own);
    let [seen, error, most] = [value, margin, bound].map(plain);
    let outcome = if size + margin < bound {
        CheckOutcome::Holds
    } else if size - margin > bound {
        let why = format!("off by {seen} ± {error}, more than {most}");
        refuting(size - margins.refuting > bound, why)
    } else {
        CheckOutcome::Open(format!("error too large: {seen} ± {error} is not told from {most}"))
    };
    Judged { target: Some(0.0), tolerance: bound + margin, refuted: bound + margins.refuting, outcome }
}

/// One side is the larger.
pub(crate) fn positive(value: f64, margins: Margins, resolution: f64) -> Judged {
    let margin = margins.own;
    let [seen, error, least] = [value, margin, resolution].map(plain);
    let outcome = if value + margin < resolution {
        let why = if value < -margin { "the other way round" } else { "no difference that matters" };
        let matters = if resolution > 0.0 { format!(", where {least} would matter") } else { String::new() };
        let why = format!("{why}: {seen} ± {error}{matters}");
        refuting(value + margins.refuting < resolution, why)
    } else if value > margin {
        CheckOutcome::Holds
    } else {
        CheckOutcome::Open(format!("error too large: {seen} is within {error} of zero"))
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
        CheckOutcome::Fails(format!("the other way round: {} at most", plain(upper)))
    } else if highest < resolution {
        let [most, least] = [highest, resolution].map(plain);
        CheckOutcome::Fails(format!("no difference that matters: {most} at most, where {least} would matter"))
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
            let why = match ran {
                NOT_RUN => format!("{ran}, stated {stated}"),
                ran => format!("ran with {ran}, stated {stated}"),
            };
            if scale == Scale::Full { CheckOutcome::Fails(why) } else { CheckOutcome::Open(why) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn numbers_in_sentences_have_three_digits_and_short_powers() {
        for (number, said) in [
            (0.0, "0"),
            (6.637, "6.64"),
            (-0.0302, "-0.0302"),
            (0.001_234, "0.00123"),
            (1234.5, "1234"),
            (2.5e-6, "2.50e-6"),
            (12_345.0, "1.23e4"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(plain(number), said);
        }
    }
}
