//! A section made ready: its program is of the right sources, its parameters are checked, its first runs and their keys are
//! known.

use std::collections::HashSet;

use experiment::{Device, ExperimentError, Inputs};
use ledger::Data;
use runner::messages::{PlannedRun, Request, RunState};
use runner::{CommandError, Header, Key, Lookup, Origin, Store, results};

use super::events::{FAULT, failed, usage};
use super::keys::key;
use super::write::Writer;
use crate::program::{About, Experiments, Given, Program, Run};

/// A section made ready.
pub(super) struct Ready<'a> {
    pub(super) section: About,
    pub(super) request: &'a Request,
    pub(super) experiments: Box<dyn Experiments + 'a>,
    pub(super) inputs: Inputs,
    /// Whether these are the record's, of data that is not here: its runs can be shown, and none can be computed.
    pub(super) lent: bool,
    pub(super) runs: Vec<Keyed>,
    pub(super) store: Store,
    /// The card, if any of the runs uses it.
    pub(super) device: Device,
    /// Where and with what this process computes.
    pub(super) here: Origin,
}

/// A run with its key.
pub(super) type Keyed = (Run, Key);

impl<'a> Ready<'a> {
    pub(super) fn from(program: &'a dyn Program, request: &'a Request) -> Result<Self, CommandError> {
        let section = program.about();
        let (name, number) = (section.name, section.number);
        of_these_sources(&section, request)?;
        let see = format!("`cargo xtask reproduce --list {number}` lists the parameters with their defaults");
        let experiments = program.experiments(request.profile, &request.sets);
        let experiments = experiments.map_err(|error| usage(name, &see).because(error))?;
        let inputs = experiments
            .inputs(request.data.as_deref())
            .map_err(|error| usage(name, "`cargo xtask data verify` checks the data").because(error))?;
        let lent = lent(request, &inputs);
        let (inputs, lent) = lent.map_or((inputs, false), |inputs| (inputs, true));
        if let Some(data) = stand_ins(&inputs).next().filter(|_| request.require_data) {
            let advice = "`cargo xtask data fetch` gets it, and `data list` says where it is looked for";
            return Err(usage(format!("{name}: {data} would be a stand-in"), advice));
        }
        let runs = keyed(&section, experiments.runs(request.device), request, &inputs)?;
        let store = Store::of_section(&request.store, &section.folder(), request.record.as_deref());
        let on_card = |(run, _): &Keyed| run.device == Device::Cuda;
        let device = if runs.iter().any(on_card) { Device::Cuda } else { Device::Cpu };
        let threads = rayon::current_num_threads();
        let here = Origin::here(&request.checkout, section.rustc, threads, device == Device::Cuda);
        let ready = Self { section, request, experiments, inputs, lent, runs, store, device, here };
        ready.distinct(&ready.runs, &[])?;
        Ok(ready)
    }

    /// Refuses runs of one name.
    fn distinct(&self, runs: &[Keyed], more: &[Keyed]) -> Result<(), CommandError> {
        let mut names = HashSet::new();
        let mut all = runs.iter().chain(more).map(|(run, _)| &run.name);
        all.find(|name| !names.insert(*name)).map_or(Ok(()), |run| {
            let what = format!("{}: two runs are called {run}", self.section.name);
            Err(usage(what, "do the parameters name something twice?"))
        })
    }

    pub(super) fn writer(&self, runs: &[&Keyed]) -> Result<Writer<'a>, CommandError> {
        // A result that was computed again under the same key is another one.
        let stored = |(_, key): &&Keyed| match self.store.look_up(key) {
            Lookup::Found(header, ..) => format!("{key} {}", header.finished),
            _ => key.to_string(),
        };
        let runs: Vec<String> = runs.iter().map(stored).collect();
        let params = self.experiments.params().map_err(|error| failed("parameters", FAULT).because(error))?;
        Writer::new(&self.section, self.request, params, self.device, &runs)
    }

    /// The runs that the outcomes of others call for.
    pub(super) fn further(&self, given: &Given) -> Result<Vec<Keyed>, CommandError> {
        let further = self.experiments.further(given, self.request.device);
        let further = keyed(&self.section, further, self.request, &self.inputs)?;
        self.distinct(&self.runs, &further)?;
        Ok(further)
    }

    /// Where a run is computed: a card is named if the run uses it.
    pub(super) fn here(&self, run: &Run) -> Origin {
        match run.device {
            Device::Cuda => self.here.clone(),
            Device::Cpu => Origin { gpu: None, driver: None, ..self.here.clone() },
        }
    }

    /// Whether a run that is there is not to be taken, by the rules of the request.
    pub(super) fn refuses(&self, run: &Run, header: &Header) -> bool {
        self.request.repeat_before.is_some_and(|time| header.finished <= time)
            || self.request.same_arithmetic && !header.origin.has_arithmetic_of(&self.here(run))
    }

    /// The outcomes of runs that are there and sound.
    pub(super) fn there(&self, runs: &[Keyed]) -> Given {
        let gave = |(run, key): &Keyed| match self.store.look_up(key) {
            Lookup::Found(header, gave, _) if !self.refuses(run, &header) => Some((run.name.clone(), gave)),
            _ => None,
        };
        runs.iter().filter_map(gave).collect()
    }

    /// How a run stands.
    pub(super) fn planned(&self, (run, key): &Keyed) -> PlannedRun {
        let name = run.name.clone();
        let (state, header) = match self.store.look_up(key) {
            Lookup::Found(header, ..) if self.refuses(run, &header) => (RunState::Refused, Some(header)),
            Lookup::Found(header, _, level) => (level.into(), Some(header)),
            Lookup::Missing => (RunState::Missing, None),
            Lookup::Damaged(_) => (RunState::Damaged, None),
        };
        let moved = match state {
            RunState::Missing => {
                self.store.latest(&name).map(|last| key.moved_since(&last.key)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let other = header.filter(|header| !header.origin.has_arithmetic_of(&self.here(run)));
        let arithmetic = other.map(|header| header.origin.arithmetic());
        PlannedRun { name, key: key.hash().to_owned(), state, moved, arithmetic, work: run.work }
    }
}

/// The data sets in whose places stand-ins are taken: what a section says of the content of such a one is that word.
pub(super) fn stand_ins(inputs: &Inputs) -> impl Iterator<Item = &String> {
    inputs.iter().filter(|(_, content)| *content == Data::StandIn.as_str()).map(|(data, _)| data)
}

/// The data sets of the record that is asked for, where stand-ins would take the place of some: to show what was computed on
/// them, nobody needs them.
fn lent(request: &Request, inputs: &Inputs) -> Option<Inputs> {
    stand_ins(inputs).next()?;
    let record = results::read(request.record.as_deref()?).ok()?;
    let is_asked_for = (record.profile, record.seed) == (request.profile, request.seed);
    let has_all = is_asked_for && record.data_hashes.keys().eq(inputs.keys());
    (has_all && stand_ins(&record.data_hashes).next().is_none()).then_some(record.data_hashes)
}

/// Refuses a request of other sources than the program is made of.
pub(super) fn of_these_sources(section: &About, request: &Request) -> Result<(), CommandError> {
    if request.sources == section.sources {
        return Ok(());
    }
    let what =
        format!("the program of Section {} is not made of the sources that stand here", section.number);
    let advice =
        "run it again: another build may have been under way, or another checkout shares the target folder";
    Err(failed(what, advice))
}

/// Runs with their keys.
fn keyed(
    section: &About,
    runs: Result<Vec<Run>, ExperimentError>,
    request: &Request,
    inputs: &Inputs,
) -> Result<Vec<Keyed>, CommandError> {
    let runs = runs.map_err(|error| failed("a run cannot be described", FAULT).because(error))?;
    let keyed = |run: Run| {
        let key = key(section, &run, request, inputs);
        (run, key)
    };
    Ok(runs.into_iter().map(keyed).collect())
}
