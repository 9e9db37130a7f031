//! What finite width keeps: lengths, the ratio r that follows, and the depth of angles, against width and layer; with
//! normal and with orthogonal weights.

use ensemble::WeightLaw;
use mean_field::lengths::{self, Weights};
use report::{Table, TableError};
use statistics::Estimate;

use crate::experiment::observed::Spread;
use crate::experiment::runs::{Outcome, Question, Run};
use crate::report::tables::table;

/// One compared layer of one ensemble.
struct Row {
    law: WeightLaw,
    counts: [u64; 3],
    lengths: Estimate,
    ratio: Estimate,
    depth: Estimate,
}

impl Row {
    fn weights(&self) -> Weights {
        match self.law {
            WeightLaw::Gaussian => Weights::Gaussian,
            WeightLaw::Orthogonal => Weights::Orthogonal,
        }
    }

    /// n·cv² of the lengths, and what is predicted.
    fn lengths(&self) -> [f64; 3] {
        let [width, layer, _] = self.counts;
        let predicted = lengths::coefficients(self.weights()).nth(layer as usize).unwrap_or(f64::NAN);
        let found = self.lengths.times(width as f64);
        [found.value, found.standard_error, predicted]
    }

    /// r of the next layer's pre-activations; what is predicted, and what it would be in infinite width.
    fn ratio(&self) -> [f64; 4] {
        let [width, layer, _] = self.counts;
        let ratio = self.ratio.value.sqrt().recip();
        let error = 0.5 * ratio * self.ratio.standard_error / self.ratio.value;
        let next = layer as usize + 1;
        let at = |width| lengths::ratio(width, next, self.weights());
        [ratio, error, at(width as usize), at(usize::MAX)]
    }

    /// The mean depth of the angles; what is predicted, what it would be in infinite width, and the shape of the prediction
    /// where n and l are large, n(e^{2l/n} - 1)/2, orthogonal weights counting as twice the width.
    fn depth(&self) -> [f64; 5] {
        let [width, layer, _] = self.counts;
        let at = |width| lengths::depths(width, self.weights()).nth(layer as usize).unwrap_or(f64::NAN);
        let half = if self.law == WeightLaw::Gaussian { 0.5 } else { 1.0 } * width as f64;
        let shape = half * (layer as f64 / half).exp_m1();
        [self.depth.value, self.depth.standard_error, at(width as usize), at(usize::MAX), shape]
    }
}

/// The tables `lengths`, `ratios` and `angles`, and the same of orthogonal weights.
pub(crate) fn tables(outcomes: &[(Run, Outcome)]) -> Result<Vec<Table>, TableError> {
    let rows: Vec<Row> = outcomes.iter().flat_map(|(run, outcome)| rows(run, outcome)).collect();
    let mut tables = Vec::new();
    for (law, prefix) in [(WeightLaw::Gaussian, ""), (WeightLaw::Orthogonal, "orthogonal_")] {
        let of: Vec<&Row> = rows.iter().filter(|row| row.law == law).collect();
        let counts = ["width", "layer", "networks"];
        let lengths: Vec<_> = of.iter().map(|row| (row.counts, row.lengths())).collect();
        let names = ["cv2_times_width", "standard_error", "predicted"];
        tables.push(table(&format!("{prefix}lengths"), counts, names, &lengths)?);
        let next = |[width, layer, networks]: [u64; 3]| [width, layer + 1, networks];
        let ratios: Vec<_> = of.iter().map(|row| (next(row.counts), row.ratio())).collect();
        let names = ["ratio", "standard_error", "predicted", "infinite"];
        tables.push(table(&format!("{prefix}ratios"), counts, names, &ratios)?);
        let depths: Vec<_> = of.iter().map(|row| (row.counts, row.depth())).collect();
        let names = ["depth", "standard_error", "predicted", "infinite", "shape"];
        tables.push(table(&format!("{prefix}angles"), counts, names, &depths)?);
    }
    tables.push(limits()?);
    Ok(tables)
}

fn rows(run: &Run, outcome: &Outcome) -> Vec<Row> {
    let (Question::Lengths(law), Outcome::Lengths(networks)) = (run.question, outcome) else {
        return Vec::new();
    };
    let row = |(index, layer): (usize, usize)| {
        let mean = |of: fn(&Spread) -> f64| {
            let values = networks.iter().filter_map(|layers| layers.get(index).map(of));
            Estimate::mean_of(&values.collect::<Vec<_>>())
        };
        Row {
            law,
            counts: [run.width, layer, run.networks].map(|count| count as u64),
            lengths: mean(|spread| spread.lengths),
            ratio: mean(|spread| spread.ratio),
            depth: mean(|spread| spread.depth),
        }
    };
    run.compared().into_iter().enumerate().map(row).collect()
}

/// C_∞ of both laws.
fn limits() -> Result<Table, TableError> {
    let both = [Weights::Gaussian, Weights::Orthogonal].map(lengths::limit);
    table("limits", [], ["normal", "orthogonal"], &[([], both)])
}
