//! The palette.

use plotters::style::RGBColor;

/// A colour by its role.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Colour {
    /// Text, axes and predictions.
    Ink,
    /// Secondary lines, such as a diagonal to compare with.
    Grey,
    /// One of several kinds of things, counted from 0: blue, vermillion, green, purple, orange, sky.
    Kind(usize),
    /// Step `.0` of `.1` in a graded quantity, from light to dark.
    Step(usize, usize),
}

/// Okabe and Ito's colours, without black and yellow.
const KINDS: [(u8, u8, u8); 6] =
    [(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233)];

/// Ends and middle of the graded scale: lightness falls evenly, so that it also reads in grey.
const GRADES: [(f64, f64, f64); 3] = [(158.0, 202.0, 225.0), (49.0, 130.0, 189.0), (8.0, 29.0, 88.0)];

impl Colour {
    pub(super) fn rgb(self) -> RGBColor {
        match self {
            Self::Ink => RGBColor(26, 26, 26),
            Self::Grey => RGBColor(150, 150, 150),
            Self::Kind(index) => {
                let (red, green, blue) = KINDS[index % KINDS.len()];
                RGBColor(red, green, blue)
            }
            Self::Step(index, of) => {
                let position = if of > 1 { index as f64 / (of - 1) as f64 } else { 1.0 };
                let (from, to, t) = if position < 0.5 {
                    (GRADES[0], GRADES[1], 2.0 * position)
                } else {
                    (GRADES[1], GRADES[2], 2.0 * position - 1.0)
                };
                let mix = |a: f64, b: f64| (a + (b - a) * t).round() as u8;
                RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graded_colours_darken_evenly() {
        let lightness = |index| {
            let RGBColor(red, green, blue) = Colour::Step(index, 5).rgb();
            0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)
        };
        for index in 1..5 {
            assert!(lightness(index) < lightness(index - 1) - 15.0);
        }
    }
}
