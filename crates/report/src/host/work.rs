//! Planning and doing a section's work.

use std::time::Instant;

use ledger::{Data, Register};
use runner::protocol::{Event, PlannedRun, Request, RunState};
use runner::{Cache, Key, Lookup, RunRecord};

use super::keys::key;
use super::one_run::{Surroundings, one_run};
use super::report::{Report, Trouble};
use super::workers::in_order;
use super::write::{Made, Writer};
use crate::Section;
use experiment::{Context, Experiment, Inputs, Status, merged};

/// What a section says of the content of a data set that it has a stand-in for.
const STAND_IN: &str = Data::StandIn.as_str();

/// A section made ready: parameters checked, first runs and keys known.
struct Ready<'a, E: Experiment> {
    section: &'a Section<E>,
    request: &'a Request,
    params: E::Params,
    inputs: Inputs,
    runs: Vec<(E::Run, Key)>,
    cache: Cache,
}

/// A run with what it gave.
type Outcomes<E> = Vec<(<E as Experiment>::Run, <E as Experiment>::Outcome)>;

impl<'a, E: Experiment> Ready<'a, E> {
    fn from(section: &'a Section<E>, request: &'a Request) -> Result<Self, Trouble> {
        let see = format!(
            "`cargo xtask reproduce --list {}` lists the parameters with their defaults",
            section.number
        );
        let params = merged(E::params(request.profile), E::PARAMETERS, &request.sets)
            .map_err(|error| Trouble::usage(format!("{}: {error}", section.name), &see))?;
        E::check(&params).map_err(|why| Trouble::usage(format!("{}: {why}", section.name), &see))?;
        let inputs = E::inputs(&params, request.data.as_deref()).map_err(|error| {
            Trouble::usage(format!("{}: {error}", section.name), "`cargo xtask data verify` checks the data")
        })?;
        let runs = keyed(section, E::runs(&params), request, &inputs)?;
        Ok(Self {
            section,
            request,
            params,
            inputs,
            runs,
            cache: Cache::of_section(&request.cache, &section.folder()),
        })
    }

    fn writer(&self, runs: &[&(E::Run, Key)]) -> Result<Writer<'a>, Trouble> {
        let keys: Vec<&str> = runs.iter().map(|(_, key)| key.hash()).collect();
        Writer::new(self.section, self.request, &self.params, &keys)
    }

    /// The runs that the outcomes of others call for.
    fn further(&self, outcomes: &Outcomes<E>) -> Result<Vec<(E::Run, Key)>, Trouble> {
        keyed(self.section, E::further(&self.params, outcomes), self.request, &self.inputs)
    }

    /// Those outcomes that are cached and sound.
    fn cached(&self, runs: &[(E::Run, Key)]) -> Outcomes<E> {
        let outcome = |(run, key): &(E::Run, Key)| match self.cache.look_up(key) {
            Lookup::Found(_, payload) => Some((run.clone(), postcard::from_bytes(&payload).ok()?)),
            _ => None,
        };
        runs.iter().filter_map(outcome).collect()
    }

    /// How a run stands.
    fn planned(&self, (run, key): &(E::Run, Key)) -> PlannedRun {
        let name = E::name(run);
        let state = match self.cache.state(key) {
            Lookup::Found(..) if self.request.force => RunState::Missing,
            Lookup::Found(..) => RunState::Cached,
            Lookup::Missing => RunState::Missing,
            Lookup::Damaged(_) => RunState::Damaged,
        };
        let moved = match state {
            RunState::Missing => {
                self.cache.latest(&name).map(|last| key.moved_since(&last.key)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        PlannedRun { name, key: key.hash().to_owned(), state, moved, work: E::work(run) }
    }
}

/// Runs with their keys.
fn keyed<E: Experiment>(
    section: &Section<E>,
    runs: Vec<E::Run>,
    request: &Request,
    inputs: &Inputs,
) -> Result<Vec<(E::Run, Key)>, Trouble> {
    runs.into_iter().map(|run| key(section, &run, request, inputs).map(|key| (run, key))).collect()
}

/// Says what would be done. Runs that only outcomes can name are in it once those are cached.
pub(super) fn plan<E: Experiment>(
    section: &Section<E>,
    request: &Request,
    report: &Report,
) -> Result<(), Trouble> {
    let ready = Ready::from(section, request)?;
    let mut runs: Vec<PlannedRun> = ready.runs.iter().map(|run| ready.planned(run)).collect();
    let is_cached = |runs: &[PlannedRun]| runs.iter().all(|run| run.state == RunState::Cached);
    let (further, ahead) = match E::SWEEP && is_cached(&runs) {
        true => (ready.further(&ready.cached(&ready.runs))?, 0),
        false => (Vec::new(), E::work_ahead(&ready.params)),
    };
    runs.extend(further.iter().map(|run| ready.planned(run)));
    let all: Vec<_> = ready.runs.iter().chain(&further).collect();
    let current = is_cached(&runs) && ready.writer(&all)?.is_current();
    report.event(&Event::Plan { runs, current, ahead });
    Ok(())
}

/// Does the work: runs that are not cached, then tables, figures and measurements.
pub(super) fn run<E: Experiment>(
    section: &Section<E>,
    request: &Request,
    report: &Report,
) -> Result<(), Trouble> {
    let started = Instant::now();
    let ready = Ready::from(section, request)?;
    let register = Register::read(&request.register)
        .map_err(|error| Trouble::usage(error, "mend the file: its header explains the fields"))?;
    let context = Context {
        seed: request.seed,
        device: E::device(request.device),
        data: request.data.clone(),
        scratch: None,
        warn: Report::warn,
        status: Status::default(),
    };
    for (data, _) in ready.inputs.iter().filter(|(_, content)| *content == STAND_IN) {
        Report::warn(&format!(
            "{data}: a stand-in takes the place of the real images and says nothing of them; `cargo xtask data list` says where they are looked for"
        ));
    }
    let surroundings = Surroundings { cache: &ready.cache, context, request, report };
    let (mut outcomes, mut records) = completed(&ready, &ready.runs, &surroundings)?;
    let further = ready.further(&outcomes)?;
    if !further.is_empty() {
        let runs = further.iter().map(|run| ready.planned(run)).collect();
        report.event(&Event::Plan { runs, current: false, ahead: 0 });
        let (more, of_them) = completed(&ready, &further, &surroundings)?;
        outcomes.extend(more);
        records.extend(of_them);
    }
    let is_there = |(_, key): &&(E::Run, Key)| records.iter().any(|record| record.key == key.hash());
    let (there, missing): (Vec<_>, Vec<_>) = ready.runs.iter().chain(&further).partition(is_there);
    if there.is_empty() {
        let advice = format!("`cargo xtask reproduce {}` computes them", section.number);
        return Err(Trouble::usage(format!("{}: no run is there to be gathered", section.name), &advice));
    }
    let writer = ready.writer(&there)?;
    if records.iter().all(|record| record.cached) && !request.force && writer.is_current() {
        report.event(&Event::Done { written: Vec::new(), unchanged: writer.outputs() });
        return Ok(());
    }
    let produced = crate::produce(section, &ready.params, &outcomes, &register).map_err(|error| {
        Trouble::failed(format!("{}: {error}", section.name), "this is a fault of the section's own code")
    })?;
    let missing = missing.into_iter().map(|(run, _)| E::name(run)).collect();
    let made = Made { records, missing, inputs: ready.inputs, elapsed: started.elapsed() };
    let (written, unchanged) = writer.write(&produced, made)?;
    report.event(&Event::Done { written, unchanged });
    Ok(())
}

/// Runs completed, in order; where only what is there is to be gathered, those that are.
fn completed<E: Experiment>(
    ready: &Ready<E>,
    runs: &[(E::Run, Key)],
    surroundings: &Surroundings,
) -> Result<(Outcomes<E>, Vec<RunRecord>), Trouble> {
    let section = ready.section;
    let gather = surroundings.request.gather;
    if gather && !E::SWEEP {
        let what = format!("Section {} is worth nothing before all of its runs are done", section.number);
        let advice = format!("`cargo xtask reproduce {}` continues it", section.number);
        return Err(Trouble::usage(what, &advice));
    }
    let wanted = |run: &&(E::Run, Key)| !gather || matches!(ready.cache.state(&run.1), Lookup::Found(..));
    let wanted: Vec<&(E::Run, Key)> = runs.iter().filter(wanted).collect();
    let threads = rayon::current_num_threads();
    let side_by_side = E::side_by_side(surroundings.context.device, threads);
    let done = in_order(&wanted, side_by_side, threads, |(run, key)| {
        let (outcome, record) = one_run::<E>(run, key, surroundings)?;
        surroundings.report.event(&Event::Finished {
            run: record.name.clone(),
            cached: record.cached,
            seconds: record.seconds,
        });
        Ok(((run.clone(), outcome), record))
    })?;
    Ok(done.into_iter().unzip())
}
