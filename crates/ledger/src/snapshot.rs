//! A claim as its snapshot holds it: a few lines of text that a reviewer reads in a diff.

use std::fmt;

use crate::{Entry, Verdict};

/// What a snapshot says about a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The fields, in writing order: name and text.
    fields: Vec<(String, String)>,
}

/// The text is no snapshot of a claim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a snapshot of a claim: {0}")]
pub struct SnapshotError(String);

impl Snapshot {
    /// What a snapshot says about a row of the ledger.
    pub fn of(entry: &Entry) -> Self {
        let none = || "-".to_owned();
        let mut fields = Vec::new();
        let mut put = |name: &str, text: String| fields.push((name.to_owned(), text));
        put("claim", entry.id.clone());
        put("place", entry.locator.clone());
        put("statement", entry.statement.clone());
        put("printed", entry.printed.clone().unwrap_or_else(none));
        put("measured", entry.measured.clone().unwrap_or_else(none));
        put("standard error", entry.standard_error.map_or_else(none, two_digits));
        put("verdict", entry.verdict.to_string());
        if matches!(entry.verdict, Verdict::Inconclusive | Verdict::NotReproduced) {
            // The reason's numbers are measured ones: the words alone are kept.
            put("because", entry.reason.split(':').next().unwrap_or_default().to_owned());
        }
        put("scale", entry.scale.map_or_else(none, |scale| scale.as_str().to_owned()));
        put("data", entry.data.map_or_else(none, |data| data.as_str().to_owned()));
        for other in &entry.also {
            let measured = other.measured.clone().unwrap_or_else(none);
            put(&format!("also in {}", other.section), format!("{measured} ({})", other.verdict));
        }
        Self { fields }
    }

    /// Reads a snapshot's text back.
    ///
    /// # Errors
    /// When a line has no `name: text`, or the verdict is missing or unknown.
    pub fn parse(text: &str) -> Result<Self, SnapshotError> {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let fields: Result<Vec<_>, _> = lines
            .map(|line| match line.split_once(": ") {
                Some((name, text)) => Ok((name.trim().to_owned(), text.trim().to_owned())),
                None => Err(SnapshotError(format!("`{line}`"))),
            })
            .collect();
        let snapshot = Self { fields: fields? };
        match snapshot.field("verdict").map(Verdict::from_words) {
            Some(Some(_)) => Ok(snapshot),
            Some(None) => Err(SnapshotError("unknown verdict".to_owned())),
            None => Err(SnapshotError("no verdict".to_owned())),
        }
    }

    /// One field's text.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, text)| text.as_str())
    }

    /// All fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Its verdict.
    pub fn verdict(&self) -> Option<Verdict> {
        self.field("verdict").and_then(Verdict::from_words)
    }

    /// Whether a fresh result says the same: every word alike, and measured numbers within two units of the last digit
    /// shown (so that another processor's rounding does not turn a snapshot red); standard errors within a tenth.
    pub fn agrees_with(&self, fresh: &Self) -> bool {
        self.fields.len() == fresh.fields.len()
            && self.fields.iter().zip(&fresh.fields).all(|((name, kept), (other, fresh))| {
                name == other
                    && (kept == fresh
                        || match name.as_str() {
                            "standard error" => within(kept, fresh, |x| 0.1 * x.abs()),
                            "measured" => numbers_agree(kept, fresh),
                            _ if name.starts_with("also in ") => numbers_agree(kept, fresh),
                            _ => false,
                        })
            })
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fields.iter().try_for_each(|(name, text)| writeln!(f, "{name}: {text}"))
    }
}

fn two_digits(x: f64) -> String {
    if x == 0.0 { "0".to_owned() } else { format!("{x:.1e}") }
}

fn within(a: &str, b: &str, tolerance: impl Fn(f64) -> f64) -> bool {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= tolerance(a),
        _ => false,
    }
}

/// Word by word, numbers within two units of the coarser one's last digit.
fn numbers_agree(a: &str, b: &str) -> bool {
    let words = |text: &str| -> Vec<String> { text.split([' ', ',']).map(str::to_owned).collect() };
    let (a, b) = (words(a), words(b));
    a.len() == b.len()
        && a.iter()
            .zip(&b)
            .all(|(a, b)| a == b || within(a, b, |_| 2.0 * last_digit(a).max(last_digit(b)) * (1.0 + 1e-9)))
}

/// One unit of the last digit of a number as written, `1.20e-3` included.
fn last_digit(text: &str) -> f64 {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let decimals = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32);
    10f64.powi(exponent.parse::<i32>().unwrap_or(0) - decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "claim: a\nmeasured: 0.8251, 1.0\nstandard error: 1.2e-3\nverdict: reproduced\n";

    fn with(from: &str, to: &str) -> Snapshot {
        Snapshot::parse(&TEXT.replace(from, to)).unwrap()
    }

    #[test]
    fn rounding_of_another_processor_agrees() {
        let snapshot = Snapshot::parse(TEXT).unwrap();
        assert!(snapshot.agrees_with(&with("0.8251", "0.8253")));
        assert!(snapshot.agrees_with(&with("1.2e-3", "1.3e-3")));
        assert!(!snapshot.agrees_with(&with("0.8251", "0.8254")));
        assert!(!snapshot.agrees_with(&with("1.2e-3", "1.4e-3")));
        assert!(!snapshot.agrees_with(&with("verdict: reproduced", "verdict: inconclusive")));
        assert!(!snapshot.agrees_with(&with(", 1.0", "")));
    }

    #[test]
    fn text_survives_the_round_trip_and_nonsense_does_not() {
        assert_eq!(Snapshot::parse(TEXT).unwrap().to_string(), TEXT);
        assert!(Snapshot::parse("claim: a\n").is_err());
        assert!(Snapshot::parse(&TEXT.replace("reproduced", "fine")).is_err());
        assert!(Snapshot::parse("no colon here").is_err());
    }
}
