//! Axes: their label, scale, range and ticks.

/// An axis of a panel.
#[derive(Debug, Clone)]
pub struct Axis {
    pub(super) label: String,
    pub(super) logarithmic: bool,
    pub(super) whole: bool,
    pub(super) range: Option<(f64, f64)>,
}

/// A tick: where, in the axis' own (possibly logarithmic) coordinate, and its label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: String,
}

impl Axis {
    /// A linear axis that fits its data.
    pub fn linear(label: &str) -> Self {
        Self { label: label.to_owned(), logarithmic: false, whole: false, range: None }
    }

    /// A linear axis of things that are counted, such as layers: no ticks between whole numbers.
    pub fn counting(label: &str) -> Self {
        Self { whole: true, ..Self::linear(label) }
    }

    /// A logarithmic axis that fits its data; values that are not positive are left out.
    pub fn logarithmic(label: &str) -> Self {
        Self { label: label.to_owned(), logarithmic: true, whole: false, range: None }
    }

    /// Fixes the range instead.
    pub fn range(mut self, from: f64, to: f64) -> Self {
        self.range = Some((from, to));
        self
    }

    /// A value in the axis' own coordinate.
    pub(super) fn coordinate(&self, value: f64) -> Option<f64> {
        let coordinate = if self.logarithmic { value.log10() } else { value };
        coordinate.is_finite().then_some(coordinate)
    }

    /// The range in the axis' own coordinate, around the data with a little air.
    pub(super) fn span(&self, values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
        if let Some((from, to)) = self.range {
            return Some((self.coordinate(from)?, self.coordinate(to)?));
        }
        let (low, high) = values
            .filter_map(|value| self.coordinate(value))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        if low > high {
            return None;
        }
        let air = if high > low { 0.04 * (high - low) } else { 0.5_f64.max(low.abs() * 0.1) };
        Some((low - air, high + air))
    }

    pub(super) fn ticks(&self, (low, high): (f64, f64), most: usize) -> Vec<Tick> {
        if self.logarithmic && high - low >= 1.0 {
            decades(low, high, most)
        } else {
            self.even(low, high, most)
        }
    }

    /// Ticks at 1, 2 or 5 times a power of ten, at least two. On a logarithmic axis shorter than a decade they are even in the
    /// value.
    fn even(&self, low: f64, high: f64, most: usize) -> Vec<Tick> {
        let value = |coordinate: f64| if self.logarithmic { 10f64.powf(coordinate) } else { coordinate };
        let (from, to) = (value(low), value(high));
        let rough = (to - from) / most as f64;
        let power = 10f64.powf(rough.log10().floor());
        let steps = [10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1].map(|factor| factor * power);
        let steps = steps.map(|step| if self.whole { step.max(1.0) } else { step });
        let inside = |step: f64| (from / step - 1e-9).ceil() as i64..=(to / step + 1e-9).floor() as i64;
        let roomy = steps.iter().rposition(|step| *step >= rough).unwrap_or(0);
        let two = |step: &&f64| inside(**step).count() > 1;
        let step = *steps[roomy..].iter().find(two).unwrap_or(&steps[roomy]);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let tick = |index: i64| {
            let at = index as f64 * step;
            let label = format!("{at:.decimals$}").replace('-', "−");
            Some(Tick { at: self.coordinate(at)?, label })
        };
        inside(step).filter_map(tick).collect()
    }
}

/// Ticks at powers of ten; where fewer than three lie in the span, at 2 and 5 times them as well, or at 3 times them where there
/// is no room for those, if these are short to write.
fn decades(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let (first, last) = ((low - 1e-9).ceil() as i64, (high + 1e-9).floor() as i64);
    let tick = |power: i64| Tick { at: power as f64, label: power_of_ten(power) };
    if last - first < 2 && -2 <= first && last <= 4 {
        let within = |value: &f64| (low - 1e-9..=high + 1e-9).contains(&value.log10());
        let label = |value: f64| format!("{value:.*}", (-value.log10().floor()).max(0.0) as usize);
        for factors in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0]] {
            let multiples = |power: i64| factors.iter().map(move |factor| factor * 10f64.powi(power as i32));
            let all = (first - 1..=last).flat_map(multiples).filter(within);
            let all: Vec<Tick> = all.map(|value| Tick { at: value.log10(), label: label(value) }).collect();
            if all.len() <= most {
                return all;
            }
        }
    }
    let stride = ((last - first) as usize / most.max(1) + 1) as i64;
    (first..=last).filter(|power| power.rem_euclid(stride) == 0).map(tick).collect()
}

fn power_of_ten(power: i64) -> String {
    match power {
        0..=3 => 10i64.pow(power as u32).to_string(),
        _ => format!("10{}", power.to_string().chars().map(superscript).collect::<String>()),
    }
}

fn superscript(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis, span: (f64, f64), most: usize) -> Vec<String> {
        axis.ticks(span, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn linear_ticks_are_round() {
        let axis = Axis::linear("l");
        assert_eq!(labels(&axis, (0.0, 50.0), 6), ["0", "10", "20", "30", "40", "50"]);
        assert_eq!(labels(&axis, (-0.4, 0.05), 5), ["−0.4", "−0.3", "−0.2", "−0.1", "0.0"]);
    }

    #[test]
    fn there_is_no_layer_one_and_a_half() {
        assert_eq!(labels(&Axis::linear("l"), (0.8, 3.2), 6), ["1.0", "1.5", "2.0", "2.5", "3.0"]);
        assert_eq!(labels(&Axis::counting("l"), (0.8, 3.2), 6), ["1", "2", "3"]);
    }

    #[test]
    fn logarithmic_ticks_are_decades() {
        let axis = Axis::logarithmic("l");
        assert_eq!(labels(&axis, (0.0, 4.0), 6), ["1", "10", "100", "1000", "10⁴"]);
        assert_eq!(labels(&axis, (-12.0, 0.0), 4), ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"]);
        assert_eq!(labels(&axis, (1.2, 2.3), 6), ["20", "50", "100"]);
        // A scale is told by two of its numbers.
        assert_eq!(labels(&axis, (-0.68, -0.4), 2), ["0.25", "0.30", "0.35"]);
        assert_eq!(labels(&axis, (-0.8, 0.9), 6), ["0.2", "0.5", "1", "2", "5"]);
        assert_eq!(labels(&axis, (-0.8, 0.9), 4), ["0.3", "1", "3"]);
    }

    #[test]
    fn a_span_surrounds_its_data_and_skips_what_a_logarithm_cannot_show() {
        let (low, high) = Axis::linear("x").span([1.0, 3.0, f64::NAN].into_iter()).unwrap();
        assert!(low < 1.0 && high > 3.0);
        assert!(Axis::logarithmic("x").span([0.0, -1.0].into_iter()).is_none());
        assert_eq!(Axis::logarithmic("x").range(1.0, 100.0).span(std::iter::empty()), Some((0.0, 2.0)));
    }
}
