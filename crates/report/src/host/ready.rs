//! A section made ready: its program is of the right sources, its parameters are checked, its first runs and their keys are
//! known.

use std::collections::HashSet;

use experiment::{Device, Experiment, Inputs, checked};
use ledger::Data;
use runner::messages::{PlannedRun, Request, RunState};
use runner::{CommandError, Header, Key, Lookup, Origin, Store, results};

use super::events::{failed, usage};
use super::keys::key;
use super::write::Writer;
use crate::Section;

/// A section made ready.
pub(super) struct Ready<'a, E: Experiment> {
    pub(super) section: &'a Section<E>,
    pub(super) request: &'a Request,
    pub(super) params: E::Params,
    pub(super) inputs: Inputs,
    /// Whether these are the record's, of data that is not here: its runs can be shown, and none can be computed.
    pub(super) lent: bool,
    pub(super) runs: Vec<(E::Run, Key)>,
    pub(super) store: Store,
    /// The card, if any of the runs uses it.
    pub(super) device: Device,
    /// Where and with what this process computes.
    pub(super) here: Origin,
}

/// Runs with what they gave.
pub(super) type Outcomes<E> = Vec<(<E as Experiment>::Run, <E as Experiment>::Outcome)>;

impl<'a, E: Experiment> Ready<'a, E> {
    pub(super) fn from(section: &'a Section<E>, request: &'a Request) -> Result<Self, CommandError> {
        let (name, number) = (section.name, section.number);
        of_these_sources(section, request)?;
        let see = format!("`cargo xtask reproduce --list {number}` lists the parameters with their defaults");
        let params =
            checked::<E>(request.profile, &request.sets).map_err(|error| usage(name, &see).because(error))?;
        let inputs = E::inputs(&params, request.data.as_deref())
            .map_err(|error| usage(name, "`cargo xtask data verify` checks the data").because(error))?;
        let lent = lent(request, &inputs);
        let (inputs, lent) = lent.map_or((inputs, false), |inputs| (inputs, true));
        if let Some(data) = stand_ins(&inputs).next().filter(|_| request.require_data) {
            let advice = "`cargo xtask data fetch` gets it, and `data list` says where it is looked for";
            return Err(usage(format!("{name}: {data} would be a stand-in"), advice));
        }
        let runs = keyed(section, E::runs(&params), request, &inputs)?;
        let store = Store::of_section(&request.store, &section.folder(), request.record.as_deref());
        let on_card = |(run, _): &(E::Run, Key)| (section.device)(run, request.device) == Device::Cuda;
        let device = if runs.iter().any(on_card) { Device::Cuda } else { Device::Cpu };
        let threads = rayon::current_num_threads();
        let here = Origin::here(&request.checkout, section.rustc, threads, device == Device::Cuda);
        let ready = Self { section, request, params, inputs, lent, runs, store, device, here };
        ready.distinct(&ready.runs, &[])?;
        Ok(ready)
    }

    /// Refuses runs of one name.
    fn distinct(&self, runs: &[(E::Run, Key)], more: &[(E::Run, Key)]) -> Result<(), CommandError> {
        let mut names = HashSet::new();
        let mut all = runs.iter().chain(more).map(|(run, _)| E::name(run));
        all.find(|name| !names.insert(name.clone())).map_or(Ok(()), |run| {
            let what = format!("{}: two runs are called {run}", self.section.name);
            Err(usage(what, "do the parameters name something twice?"))
        })
    }

    pub(super) fn writer(&self, runs: &[&(E::Run, Key)]) -> Result<Writer<'a>, CommandError> {
        // A result that was computed again under the same key is another one.
        let stored = |(_, key): &&(E::Run, Key)| match self.store.look_up(key) {
            Lookup::Found(header, ..) => format!("{key} {}", header.finished),
            _ => key.to_string(),
        };
        let runs: Vec<String> = runs.iter().map(stored).collect();
        Writer::new(self.section, self.request, &self.params, self.device, &runs)
    }

    /// The runs that the outcomes of others call for.
    pub(super) fn further(&self, outcomes: &Outcomes<E>) -> Result<Vec<(E::Run, Key)>, CommandError> {
        let further = keyed(self.section, E::further(&self.params, outcomes), self.request, &self.inputs)?;
        self.distinct(&self.runs, &further)?;
        Ok(further)
    }

    /// The device that a run uses.
    pub(super) fn device(&self, run: &E::Run) -> Device {
        (self.section.device)(run, self.request.device)
    }

    /// Where a run is computed: a card is named if the run uses it.
    pub(super) fn here(&self, run: &E::Run) -> Origin {
        match self.device(run) {
            Device::Cuda => self.here.clone(),
            Device::Cpu => Origin { gpu: None, driver: None, ..self.here.clone() },
        }
    }

    /// Whether a run that is there is not to be taken, by the rules of the request.
    pub(super) fn refuses(&self, run: &E::Run, header: &Header) -> bool {
        self.request.repeat_before.is_some_and(|time| header.finished <= time)
            || self.request.same_arithmetic && !header.origin.has_arithmetic_of(&self.here(run))
    }

    /// The outcomes of runs that are there and sound.
    pub(super) fn there(&self, runs: &[(E::Run, Key)]) -> Outcomes<E> {
        let outcome = |(run, key): &(E::Run, Key)| match self.store.look_up(key) {
            Lookup::Found(header, payload, _) if !self.refuses(run, &header) => {
                Some((run.clone(), postcard::from_bytes(&payload).ok()?))
            }
            _ => None,
        };
        runs.iter().filter_map(outcome).collect()
    }

    /// How a run stands.
    pub(super) fn planned(&self, (run, key): &(E::Run, Key)) -> PlannedRun {
        let name = E::name(run);
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
        PlannedRun { name, key: key.hash().to_owned(), state, moved, arithmetic, work: E::work(run) }
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
pub(super) fn of_these_sources<E: Experiment>(
    section: &Section<E>,
    request: &Request,
) -> Result<(), CommandError> {
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
fn keyed<E: Experiment>(
    section: &Section<E>,
    runs: Vec<E::Run>,
    request: &Request,
    inputs: &Inputs,
) -> Result<Vec<(E::Run, Key)>, CommandError> {
    runs.into_iter().map(|run| key(section, &run, request, inputs).map(|key| (run, key))).collect()
}
