//! Times to reach something, in pairs, of which some are known only as longer than a budget.

use statistics::Estimate;

/// A time, counted in whole steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Time {
    /// It was reached after so many steps.
    Reached(f64),
    /// It was not reached within so many.
    Beyond(f64),
}

/// Natural logarithms of the ratios of paired times, each known up to an interval: a time that was not reached makes it
/// unbounded on one side, two of them on both.
///
/// The exact signed-rank test (Wilcoxon's) says whether they lie about a number: under the hypothesis that the two of a
/// pair are alike, each logarithm is as likely above as below, with the same distribution of its size. In terms of the
/// averages of all n(n+1)/2 pairs of logarithms (each with itself included): at most w of them lie on the wrong side, of
/// which the exact distribution says how likely that is. Here the lower bound takes each logarithm at the low end of its
/// interval, the upper bound at the high end, so that no censored pair ever speaks for a side that it need not be on. A
/// pair of which neither was reached has no side: exchanging its two changes nothing, so that the question which of the two
/// takes longer is asked of the others alone ([`informative`](Self::informative)).
///
/// The smallest probability that n pairs can reach, one-sided, is 2⁻ⁿ: 1/8 for three, 1/16 for four, 1/32 for five,
/// 1/64 for six, 1/128 for seven, 1/256 for eight. At the level of 0.05 four pairs decide nothing; five and six decide if
/// all agree (of six also if the one that does not has the smallest logarithm), seven and eight allow one or two small ones.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRatios(Vec<[f64; 2]>);

impl LogRatios {
    /// ln of the first time of each pair over the second. Counting in whole steps adds half a step to either time.
    pub fn of(pairs: &[[Time; 2]]) -> Self {
        use Time::{Beyond, Reached};
        let ends = |pair: &[Time; 2]| match *pair {
            [Reached(a) | Beyond(a), Reached(b) | Beyond(b)]
                if !(a > 0.0 && b > 0.0 && a.max(b) < f64::INFINITY) =>
            {
                [f64::NEG_INFINITY, f64::INFINITY]
            }
            [Reached(a), Reached(b)] => {
                let (ratio, steps) = ((a / b).ln(), 0.5 / a + 0.5 / b);
                [ratio - steps, ratio + steps]
            }
            [Beyond(a), Reached(b)] => [(a / b).ln() - 0.5 / b, f64::INFINITY],
            [Reached(a), Beyond(b)] => [f64::NEG_INFINITY, (a / b).ln() + 0.5 / a],
            [Beyond(_), Beyond(_)] => [f64::NEG_INFINITY, f64::INFINITY],
        };
        Self(pairs.iter().map(ends).collect())
    }

    /// Their mean with its standard error, if every time was reached.
    pub fn mean(&self) -> Option<Estimate> {
        let known = !self.0.is_empty() && self.0.iter().flatten().all(|end| end.is_finite());
        let middle: Vec<f64> = self.0.iter().map(|[low, high]| 0.5 * (low + high)).collect();
        let steps = self.0.iter().map(|[low, high]| 0.5 * (high - low)).fold(0.0, f64::max);
        known.then(|| Estimate::mean_of(&middle).with_rounding(steps))
    }

    /// The number of pairs.
    pub fn pairs(&self) -> usize {
        self.0.len()
    }

    /// Those of which at least one time was reached.
    pub fn informative(&self) -> Self {
        Self(self.0.iter().copied().filter(|ends| ends.iter().any(|end| end.is_finite())).collect())
    }

    /// The ratios the other way round.
    pub fn reversed(&self) -> Self {
        Self(self.0.iter().map(|[low, high]| [-high, -low]).collect())
    }

    /// Hodges and Lehmann's estimate, the median of all averages, between its lowest and its highest value: infinite
    /// where it is a bound, not a number without pairs.
    pub fn estimate(&self) -> [f64; 2] {
        [0, 1].map(|end| {
            let averages = self.averages(end);
            match averages.len() {
                0 => f64::NAN,
                n if n % 2 == 1 => averages[n / 2],
                n => 0.5 * (averages[n / 2 - 1] + averages[n / 2]),
            }
        })
    }

    /// Lower and upper bound, each missed with at most the probability `level`; infinite where so few pairs cannot say.
    pub fn bounds(&self, level: f64) -> [f64; 2] {
        let probabilities = signed_rank(self.pairs());
        let within = probabilities.iter().take_while(|probability| **probability <= level).count();
        let (low, high) = (self.averages(0), self.averages(1));
        match within.checked_sub(1) {
            Some(wrong) if wrong < low.len() => [low[wrong], high[high.len() - 1 - wrong]],
            _ => [f64::NEG_INFINITY, f64::INFINITY],
        }
    }

    /// The probability, one-sided, of so many averages above zero if the two of each pair were alike.
    pub fn probability(&self) -> f64 {
        let wrong = self.averages(0).iter().filter(|average| **average <= 0.0).count();
        signed_rank(self.pairs()).get(wrong).copied().unwrap_or(1.0)
    }

    /// The averages of all pairs of logarithms at one end of their intervals, ascending.
    fn averages(&self, end: usize) -> Vec<f64> {
        let ends: Vec<f64> = self.0.iter().map(|interval| interval[end]).collect();
        let mut averages: Vec<f64> = (0..ends.len())
            .flat_map(|i| (0..=i).map(move |j| (i, j)))
            .map(|(i, j)| 0.5 * (ends[i] + ends[j]))
            .collect();
        averages.sort_by(f64::total_cmp);
        averages
    }
}

/// P(W ≤ w) of the signed-rank statistic of n pairs for w = 0, 1, … n(n+1)/2: the number of sets of ranks with the sum w,
/// of 2ⁿ.
fn signed_rank(n: usize) -> Vec<f64> {
    let mut sets = vec![1.0];
    for rank in 1..=n {
        let mut longer = vec![0.0; sets.len() + rank];
        for (sum, count) in sets.iter().enumerate() {
            longer[sum] += count;
            longer[sum + rank] += count;
        }
        sets = longer;
    }
    let all: f64 = sets.iter().sum();
    let add = |sum: &mut f64, count: f64| {
        *sum += count;
        Some(*sum / all)
    };
    sets.into_iter().scan(0.0, add).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Time::{Beyond, Reached};

    #[test]
    fn critical_values_are_those_of_the_tables() {
        // The largest rank sum that is significant, one-sided: Wilcoxon and Wilcox (1964), as in every textbook.
        for (n, level, critical) in [
            (5, 0.05, 0),
            (6, 0.05, 2),
            (7, 0.05, 3),
            (8, 0.05, 5),
            (10, 0.05, 10),
            (20, 0.05, 60),
            (6, 0.025, 0),
            (8, 0.025, 3),
            (10, 0.005, 3),
            (25, 0.01, 76),
        ] {
            let significant = signed_rank(n).iter().filter(|probability| **probability <= level).count();
            assert_eq!(significant, critical + 1, "{n} pairs at {level}");
        }
        assert!(signed_rank(4)[0] > 0.05, "four pairs decide nothing");
    }

    #[test]
    fn estimate_and_bounds_are_those_of_a_published_example() {
        // Darwin's pairs of maize, in eighths of an inch: R's wilcox.test gives V = 96, p = 0.04126, two-sided.
        let darwin = [49., -67., 8., 16., 6., 23., 28., 41., 14., 29., 56., 24., 75., 60., -48.];
        let ratios = LogRatios(darwin.iter().map(|x| [*x, *x]).collect());
        assert!((2.0 * ratios.probability() - 0.041_26).abs() < 5e-6, "{}", ratios.probability());
        let [low, high] = ratios.estimate();
        assert!(low == high && (20.0..30.0).contains(&low), "{low}");
        let [lower, upper] = ratios.bounds(0.025);
        assert!(lower > 0.0 && lower < low && upper > high, "{lower} {upper}");
    }

    #[test]
    fn censored_pairs_never_speak_for_a_side_they_need_not_be_on() {
        let slower = [Beyond(320.0), Reached(100.0)];
        assert_eq!(LogRatios::of(&[slower; 4]).bounds(0.05), [f64::NEG_INFINITY, f64::INFINITY]);
        let [lower, upper] = LogRatios::of(&[slower; 5]).bounds(0.05);
        assert!((lower - (3.2f64.ln() - 0.005)).abs() < 1e-12 && upper == f64::INFINITY);
        assert_eq!(LogRatios::of(&[slower; 5]).reversed().bounds(0.05)[1], -lower);
        // A pair in which neither got there may have the largest rank, on either side; or it is left out.
        let with_one = LogRatios::of(&[vec![slower; 7], vec![[Beyond(320.0), Beyond(320.0)]]].concat());
        assert_eq!(with_one.bounds(0.05), [f64::NEG_INFINITY, f64::INFINITY]);
        assert_eq!((with_one.pairs(), with_one.informative().pairs()), (8, 7));
        assert_eq!(with_one.informative().bounds(0.05)[0], lower);
    }

    #[test]
    fn nothing_reached_says_nothing_and_bad_times_are_no_ratios() {
        let nothing = LogRatios::of(&[[Beyond(9.0), Beyond(9.0)]; 8]);
        assert!(nothing.informative().pairs() == 0 && nothing.mean().is_none());
        assert_eq!(nothing.bounds(0.05), [f64::NEG_INFINITY, f64::INFINITY]);
        for bad in [0.0, f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(LogRatios::of(&[[Reached(bad), Reached(5.0)]]).informative().pairs(), 0, "{bad}");
        }
        assert!(LogRatios::of(&[]).estimate()[0].is_nan() && LogRatios::of(&[]).mean().is_none());
        let known = LogRatios::of(&[[Reached(200.0), Reached(100.0)], [Reached(300.0), Reached(100.0)]]);
        let mean = known.mean().unwrap();
        assert!(
            (mean.value - 6f64.ln() / 2.0).abs() < 1e-12 && mean.replicates == Some(2) && mean.rounding > 0.0
        );
    }
}
