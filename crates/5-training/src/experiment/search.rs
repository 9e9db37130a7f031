//! Looking things up in the outcomes, and the search for the fastest learning rate.

use crate::experiment::choices::{Initialisation, Optimiser, Part, Task};
use crate::experiment::curve::Curve;
use crate::experiment::params::Params;
use crate::experiment::runs::{Outcome, Run, at_chosen_rates};

/// The outcomes, to be looked things up in.
pub(crate) struct Results<'a> {
    pub(crate) outcomes: &'a [(Run, Outcome)],
}

/// A panel of Fig. 4.
pub(crate) type Panel = (Task, Optimiser);

/// A learning rate of an initialisation in a panel, with its runs for one part of the experiment, one for each seed.
pub(crate) struct Series<'a> {
    pub(crate) panel: Panel,
    pub(crate) initialisation: Initialisation,
    pub(crate) rate: f64,
    pub(crate) runs: Vec<&'a (Run, Outcome)>,
}

impl<'a> Results<'a> {
    /// The panels, in order.
    pub(crate) fn panels(&self) -> Vec<Panel> {
        distinct(self.outcomes.iter().map(|(run, _)| (run.task, run.optimiser)))
    }

    /// Every initialisation at every rate in a panel that has runs for a part of the experiment, in order.
    pub(crate) fn series(&self, panel: Panel, part: Part) -> Vec<Series<'a>> {
        let of_panel = move |run: &Run| (run.task, run.optimiser) == panel && run.part == part;
        let here = || self.outcomes.iter().filter(move |(run, _)| of_panel(run));
        let initialisations = distinct(here().map(|(run, _)| run.initialisation));
        let mut rates = distinct(here().map(|(run, _)| run.rate));
        rates.sort_by(f64::total_cmp);
        let all = initialisations.into_iter().flat_map(|initialisation| {
            rates.iter().map(move |rate| Series {
                panel,
                initialisation,
                rate: *rate,
                runs: here()
                    .filter(|(run, _)| run.initialisation == initialisation && run.rate == *rate)
                    .collect(),
            })
        });
        all.filter(|series| !series.runs.is_empty()).collect()
    }

    /// The runs by which learning rates are compared in a panel: those of the search or, without one, the curves.
    pub(crate) fn searched(&self, panel: Panel) -> Vec<Series<'a>> {
        let searched = self.series(panel, Part::Search);
        if searched.is_empty() { self.series(panel, Part::Curve) } else { searched }
    }

    // region: choose
    /// The rate at which each initialisation converges fastest in a panel: the one with the least area under the
    /// logarithm of the loss on the shared budget, on average over seeds. A rate at which any seed diverged is out.
    pub(crate) fn fastest(&self, panel: Panel) -> Vec<(Initialisation, f64)> {
        let mut best: Vec<Series<'a>> = Vec::new();
        for series in self.searched(panel).into_iter().filter(|series| series.area().is_finite()) {
            match best.iter_mut().find(|other| other.initialisation == series.initialisation) {
                Some(other) if series.area() < other.area() => *other = series,
                Some(_) => {}
                None => best.push(series),
            }
        }
        best.iter().map(|series| (series.initialisation, series.rate)).collect()
    }
    // endregion: choose

    /// The runs of a panel for a part of the experiment at the fastest rates, as far as they are there.
    pub(crate) fn chosen(&self, panel: Panel, part: Part) -> Vec<Series<'a>> {
        let fastest = self.fastest(panel);
        let is_fastest = |series: &Series| fastest.contains(&(series.initialisation, series.rate));
        self.series(panel, part).into_iter().filter(is_fastest).collect()
    }
}

impl Series<'_> {
    /// The curves, one for each seed.
    pub(crate) fn curves(&self) -> impl Iterator<Item = Curve<'_>> {
        self.runs.iter().map(|(run, outcome)| Curve::new(&outcome.losses, run.iterations))
    }

    /// The area under the logarithm of the loss, on average over seeds; infinite if any diverged.
    pub(crate) fn area(&self) -> f64 {
        self.curves().map(|curve| curve.area()).sum::<f64>() / self.runs.len() as f64
    }

    /// The mean loss at the end, on average over seeds.
    pub(crate) fn end(&self) -> f64 {
        self.curves().map(|curve| curve.end()).sum::<f64>() / self.runs.len() as f64
    }

    pub(crate) fn is(&self, panel: Panel, initialisation: Initialisation) -> bool {
        self.panel == panel && self.initialisation == initialisation
    }
}

/// Different values in order of first appearance.
pub(crate) fn distinct<T: PartialEq>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen
}

/// The runs that the outcomes of a search call for.
pub fn further(params: &Params, outcomes: &[(Run, Outcome)]) -> Vec<Run> {
    let results = Results { outcomes };
    let of = |panel| at_chosen_rates(params, panel, &results.fastest(panel));
    results.panels().into_iter().flat_map(of).collect()
}
