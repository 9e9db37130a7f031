//! Planning and doing a section's work.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use experiment::{Context, Interruption, Seeds, Status};
use runner::executor::{self, Drive, Engine, Rules, Submission, Wanted};
use runner::messages::{Event, Execution, Plan, PlannedRun, exit};
use runner::{CommandError, Lock};

use super::events::{FAULT, failed, say, tell, usage, warn};
use super::one_run::{found, one_run};
use super::ready::{Keyed, Ready, stand_ins};
use super::workers::side_by_side;
use super::write::Done;
use crate::program::Given;

/// Says what would be done. Runs that only outcomes can name are in it once those are there.
pub(super) fn plan(ready: &Ready) -> Result<(), CommandError> {
    let mut runs: Vec<PlannedRun> = ready.runs.iter().map(|run| ready.planned(run)).collect();
    let all_there = |runs: &[PlannedRun]| runs.iter().all(|run| run.state.is_there());
    let (further, ahead) = match ready.experiments.is_sweep() && all_there(&runs) {
        true => (ready.further(&ready.there(&ready.runs))?, 0),
        false => (Vec::new(), ready.experiments.work_ahead()),
    };
    runs.extend(further.iter().map(|run| ready.planned(run)));
    let all: Vec<_> = ready.runs.iter().chain(&further).collect();
    let current = all_there(&runs) && ready.writer(&all)?.is_current();
    say(&Event::Plan(Plan { runs, current, ahead }));
    Ok(())
}

/// What every run of a request is given.
fn context(ready: &Ready, interruption: Interruption) -> Context {
    let request = ready.request;
    for data in stand_ins(&ready.inputs) {
        warn(&format!(
            "{data}: a stand-in takes the place of the real images, so the numbers say nothing of these; `cargo xtask data list` says where they are looked for"
        ));
    }
    let elsewhere = ready.runs.iter().filter(|(run, _)| run.device != request.device).count();
    if elsewhere > 0 {
        let (all, asked) = (ready.runs.len(), request.device);
        warn(&format!(
            "{elsewhere} of {all} runs are computed on the processor, as they do not use `{asked}`"
        ));
    }
    Context {
        seeds: Seeds::new(ready.section.name, request.seed),
        device: ready.device,
        data: request.data.clone(),
        checkpoints: None,
        interruption,
        warn,
        status: Status::default(),
    }
}

/// Does the work: runs that are not there, then tables, figures and measurements. Two processes do not write them at a time.
/// Where runs are submitted and left to themselves, nothing is written before all are there.
pub(super) fn run(ready: Ready, interruption: Interruption) -> Result<(), CommandError> {
    let (started, section, request) = (Instant::now(), ready.section, ready.request);
    // Judged is by what the register says once the runs are done; that it can be read at all is checked before.
    ready.writer(&[])?.register()?;
    let context = context(&ready, interruption);
    let Some((mut given, mut done)) = stage(&ready, &ready.runs, &context)? else { return Ok(()) };
    let further = if ready.experiments.is_sweep() { ready.further(&given)? } else { Vec::new() };
    if !further.is_empty() {
        let runs = further.iter().map(|run| ready.planned(run)).collect();
        say(&Event::Plan(Plan { runs, current: false, ahead: 0 }));
        let Some((more, of_them)) = stage(&ready, &further, &context)? else { return Ok(()) };
        given.extend(more);
        done.extend(of_them);
    }
    let is_there = |(_, key): &&Keyed| done.iter().any(|done| done.header.key == *key);
    let (there, missing): (Vec<_>, Vec<_>) = ready.runs.iter().chain(&further).partition(is_there);
    if there.is_empty() {
        let what = format!("{}: no run is there to be gathered", section.name);
        let advice = format!("`cargo xtask reproduce {}` computes them", section.number);
        return Err(usage(what, advice));
    }
    let place = request.store.join("locks").join(section.folder()).join("lock");
    let _lock = Lock::take(&place, &format!("Section {}", section.number), warn)?;
    executor::retire(&request.store, &there.iter().map(|(_, key)| key.hash().to_owned()).collect());
    let writer = ready.writer(&there)?;
    if done.iter().all(|done| done.found.is_some()) && writer.is_current() {
        say(&Event::Done { written: Vec::new(), unchanged: writer.outputs() });
        return Ok(());
    }
    let missing = missing.into_iter().map(|(run, _)| run.name.clone()).collect();
    let produced = ready.experiments.produce(&given, &writer.register()?);
    let produced = produced.map_err(|error| failed(section.name, FAULT).because(error))?;
    let made = writer.provenance(done, &ready.here, missing, &ready.inputs, started.elapsed());
    let (written, unchanged) = writer.write(&produced, made)?;
    say(&Event::Done { written, unchanged });
    Ok(())
}

/// Computes the named runs of the request, unless they are there, and stores them. After one that fails it goes on.
pub(super) fn run_these(
    ready: &Ready,
    names: &[String],
    interruption: Interruption,
) -> Result<(), CommandError> {
    let asked = || names.iter().map(|name| executor::name_and_key(name));
    let mut known: HashMap<&str, &Keyed> = HashMap::new();
    known.extend(ready.runs.iter().map(|run| (run.0.name.as_str(), run)));
    let there = match asked().all(|(name, _)| known.contains_key(name)) {
        true => Given::new(),
        false => ready.there(&ready.runs),
    };
    let all_there = !there.is_empty() && there.len() == ready.runs.len();
    let further = if all_there { ready.further(&there)? } else { Vec::new() };
    known.extend(further.iter().map(|run| (run.0.name.as_str(), run)));
    let named = |(name, key): (&str, Option<&str>)| match known.get(name) {
        Some((_, found)) if key.is_some_and(|key| key != found.hash()) => {
            let what = format!(
                "run {name} depends on something that is not the same here as where it was asked for"
            );
            Err(failed(what, "are the same data sets there, at the same place (REPRO_DATA_DIR)?"))
        }
        Some(run) => Ok(*run),
        None => {
            let what = format!("run {name}: the parameters of {} call for no such run", ready.section.name);
            Err(usage(what, "`cargo xtask status` names them; some are called for once others are done"))
        }
    };
    let runs = asked().map(named).collect::<Result<Vec<_>, _>>()?;
    let context = context(ready, interruption);
    let errors = Mutex::new(Vec::new());
    let threads = rayon::current_num_threads();
    side_by_side(&runs, ready.experiments.side_by_side(context.device, threads), threads, |run| {
        if !context.interruption.is_requested()
            && let Err(error) = one_run(ready, run, &context)
        {
            errors.lock().unwrap_or_else(PoisonError::into_inner).push(error);
        }
        Ok(())
    })?;
    let mut errors = errors.into_inner().unwrap_or_else(PoisonError::into_inner);
    errors.sort_by_key(|error| error.code != exit::INTERRUPTED);
    let mut errors = errors.into_iter();
    let last = errors.next();
    errors.for_each(|error| tell(&error));
    last.map_or(Ok(()), Err)
}

/// A stage: runs that depend on no other of them, found or computed wherever the request says; none where some are on their
/// way to be computed. Where only what is there is to be gathered, those that are.
fn stage(
    ready: &Ready,
    runs: &[Keyed],
    context: &Context,
) -> Result<Option<(Given, Vec<Done>)>, CommandError> {
    let (section, request) = (ready.section, ready.request);
    if request.gather && !ready.experiments.is_sweep() {
        let what = format!("Section {} is worth nothing before all of its runs are done", section.number);
        let advice = format!("`cargo xtask reproduce {}` continues it", section.number);
        return Err(usage(what, &advice));
    }
    let done: Vec<_> = runs.iter().map(|run| Mutex::new(found(ready, run, false).ok().flatten())).collect();
    let place: HashMap<&str, usize> = runs.iter().map(|(_, key)| key.hash()).zip(0..).collect();
    let slot = |key: &str| {
        let index = *place.get(key)?;
        Some((&runs[index], done[index].lock().unwrap_or_else(PoisonError::into_inner)))
    };
    let wanted = |(run, key): &Keyed| {
        let (_, there) = slot(key.hash())?;
        let wanted = || Wanted { name: run.name.clone(), key: key.hash().to_owned(), work: run.work };
        there.is_none().then(wanted)
    };
    let wanted: Vec<Wanted> =
        if request.gather { Vec::new() } else { runs.iter().filter_map(wanted).collect() };
    if !wanted.is_empty() {
        let compute = |submission: &Submission| {
            let wanted = submission.tasks.iter().flatten();
            let wanted: Vec<_> = wanted.filter_map(|run| slot(&run.key).map(|(run, _)| run)).collect();
            let threads = rayon::current_num_threads();
            side_by_side(&wanted, ready.experiments.side_by_side(context.device, threads), threads, |run| {
                let computed = one_run(ready, run, context)?;
                if let Some((_, mut slot)) = slot(run.1.hash()) {
                    *slot = Some(computed);
                }
                Ok(())
            })
        };
        let collect = |wanted: &Wanted| {
            let Some((run, mut slot)) = slot(&wanted.key) else { return false };
            if slot.is_none() {
                *slot = found(ready, run, true).ok().flatten();
            }
            slot.is_some()
        };
        let (on, rules, submit) = match &request.execution {
            Some(Execution { on, rules, submit }) => (on.as_str(), rules, *submit),
            None => ("local", &Rules::default(), false),
        };
        let engine = Engine::named(on)?;
        let slug = section.folder();
        let drive = Drive {
            engine,
            executor: engine.executor(&request.store, &compute, warn),
            request,
            section: [&slug, section.name, section.number],
            rules,
            submit,
            say,
        };
        if !drive.drive(wanted, &collect)? {
            return Ok(None);
        }
    }
    let done = done.into_iter().zip(runs).filter_map(|(done, (run, _))| {
        let (gave, done) = done.into_inner().unwrap_or_else(PoisonError::into_inner)?;
        Some(((run.name.clone(), gave), done))
    });
    Ok(Some(done.unzip()))
}
