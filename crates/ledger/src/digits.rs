//! Printed digits. A number in a paper stands for the interval of all values that round to it; a number that we
//! print carries the digits its standard error warrants and no more.

use std::fmt;

/// A number as printed: its digits, its value and half the width of the interval that rounds to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Digits {
    text: String,
    value: f64,
    half_width: f64,
}

/// The text is not a decimal number such as `-0.383`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a decimal number such as -0.383")]
pub struct DigitsError(pub String);

impl Digits {
    /// Reads a plain decimal number, keeping its digits: `1.0` and `1` stand for different intervals.
    ///
    /// # Errors
    /// When the text is anything but an optional sign, digits and at most one point.
    pub fn parse(text: &str) -> Result<Self, DigitsError> {
        let text = text.trim();
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let well_formed = unsigned.chars().all(|c| c.is_ascii_digit() || c == '.')
            && unsigned.matches('.').count() <= 1
            && unsigned.chars().any(|c| c.is_ascii_digit());
        let value: f64 = match text.parse() {
            Ok(value) if well_formed => value,
            _ => return Err(DigitsError(text.to_owned())),
        };
        let decimals = unsigned.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32);
        Ok(Self { text: text.to_owned(), value, half_width: 0.5 * 10f64.powi(-decimals) })
    }

    /// The value the digits name, the centre of their rounding interval.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Half the width of the rounding interval: half a unit of the last digit.
    pub fn half_width(&self) -> f64 {
        self.half_width
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The significant digits shown of a value without statistical error.
const COMPUTED_DIGITS: i32 = 6;

/// Writes `value` with the digits that `error` warrants: down to the second significant digit of the error.
///
/// Without an error (`0`), six significant digits. A value smaller than a tenth of the error's last shown digit is `0`
/// followed by the decimals that the error has, so that the reader sees how finely zero was measured.
pub fn warranted(value: f64, error: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let decimals = if error > 0.0 && error.is_finite() {
        1 - error.abs().log10().floor() as i32
    } else if value == 0.0 {
        0
    } else {
        COMPUTED_DIGITS - 1 - value.abs().log10().floor() as i32
    };
    fixed(value, decimals)
}

/// Writes a value known up to a bound: six significant digits, fewer if the bound is wider, plain `0` within it. A whole
/// number known exactly is written as one.
pub fn warranted_bound(value: f64, bound: f64) -> String {
    if value.abs() <= bound {
        return "0".to_owned();
    }
    if bound == 0.0 && value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{value:.0}");
    }
    let finest = COMPUTED_DIGITS - 1 - value.abs().log10().floor() as i32;
    let allowed = if bound > 0.0 { -(bound.log10().ceil() as i32) } else { finest };
    fixed(value, finest.min(allowed))
}

/// Fixed-point notation, or scientific where fixed-point would need more than nine decimals or as many digits that nothing
/// warrants.
fn fixed(value: f64, decimals: i32) -> String {
    if !(-5..=9).contains(&decimals) {
        let lead = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
        return format!("{value:.*e}", (decimals + lead).max(0) as usize);
    }
    let unit = 10f64.powi(-decimals);
    let rounded = if decimals < 0 { (value / unit).round() * unit } else { value };
    let text = format!("{rounded:.*}", decimals.max(0) as usize);
    let is_zero = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
    if is_zero { text.trim_start_matches('-').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_for_their_rounding_interval() {
        let digits = Digits::parse("-0.383").unwrap();
        assert_eq!(digits.value(), -0.383);
        assert_eq!(digits.half_width(), 0.0005);
        assert_eq!(digits.to_string(), "-0.383");
        assert_eq!(Digits::parse("2").unwrap().half_width(), 0.5);
        assert_eq!(Digits::parse("2.0").unwrap().half_width(), 0.05);
    }

    #[test]
    fn anything_but_a_plain_decimal_is_refused() {
        for text in ["", "-", ".", "1e3", "0.3.4", "nan", "inf", "0,5", "1_000"] {
            assert_eq!(Digits::parse(text), Err(DigitsError(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn two_digits_of_the_error_are_shown() {
        assert_eq!(warranted(-0.380_912, 0.001_23), "-0.3809");
        assert_eq!(warranted(1234.56, 87.0), "1235");
        assert_eq!(warranted(1234.56, 870.0), "1230");
        assert_eq!(warranted(-0.000_01, 0.003), "0.0000");
        assert_eq!(warranted(0.825_644_9, 0.0), "0.825645");
        assert_eq!(warranted(2.5e-14, 1e-16), "2.500e-14");
        assert_eq!(warranted(3.7e27, 1.2e26), "3.70e27");
        assert_eq!(warranted(98_765_432.0, 12_345_678.0), "9.9e7");
        assert_eq!(warranted(123_456_789_012.0, 0.0), "1.23457e11");
        assert_eq!(warranted(1_234_567_890_123.0, 0.0), "1.23457e12");
    }

    #[test]
    fn within_its_bound_a_value_is_zero() {
        assert_eq!(warranted_bound(3e-16, 1e-12), "0");
        assert_eq!(warranted_bound(0.825_644_9, 1e-15), "0.825645");
        assert_eq!(warranted_bound(0.825_644_9, 1e-3), "0.826");
        assert_eq!(warranted_bound(4.0, 0.0), "4", "a count is a count");
    }
}
