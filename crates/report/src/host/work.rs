//! Planning and doing a section's work.

use std::time::Instant;

use experiment::{Context, Experiment, Interruption, Seeds, Status};
use runner::messages::{Event, Plan, PlannedRun};
use runner::{CommandError, Key, Lock};

use super::events::{failed, say, usage, warn};
use super::one_run::{Done, one_run};
use super::ready::{Outcomes, Presence, Ready, stand_ins};
use super::workers::in_order;

/// Says what would be done. Runs that only outcomes can name are in it once those are there.
pub(super) fn plan<E: Experiment>(ready: &Ready<E>) -> Result<(), CommandError> {
    let mut runs: Vec<PlannedRun> = ready.runs.iter().map(|run| ready.planned(run)).collect();
    let all_there = |runs: &[PlannedRun]| runs.iter().all(|run| run.state.is_there());
    let (further, ahead) = match E::SWEEP && all_there(&runs) {
        true => (ready.further(&ready.there(&ready.runs))?, 0),
        false => (Vec::new(), E::work_ahead(&ready.params)),
    };
    runs.extend(further.iter().map(|run| ready.planned(run)));
    let all: Vec<_> = ready.runs.iter().chain(&further).collect();
    let current = all_there(&runs) && ready.writer(&all)?.is_current();
    say(&Event::Plan(Plan { runs, current, ahead }));
    Ok(())
}

/// What every run of a request is given.
fn context<E: Experiment>(ready: &Ready<E>, interruption: Interruption) -> Context {
    let request = ready.request;
    for data in stand_ins(&ready.inputs) {
        warn(&format!(
            "{data}: a stand-in takes the place of the real images and says nothing of them; `cargo xtask data list` says where they are looked for"
        ));
    }
    Context {
        seeds: Seeds::new(ready.section.name, request.seed),
        device: E::device(request.device),
        data: request.data.clone(),
        checkpoints: None,
        interruption,
        warn,
        status: Status::default(),
    }
}

/// Does the work: runs that are not there, then tables, figures and measurements. Two processes do not do it at a time.
pub(super) fn run<E: Experiment>(ready: Ready<E>, interruption: Interruption) -> Result<(), CommandError> {
    let (started, section, request) = (Instant::now(), ready.section, ready.request);
    let place = request.store.join("locks").join(section.folder()).join("lock");
    let _lock = Lock::take(&place, &format!("Section {}", section.number), warn)
        .map_err(|error| failed("the section cannot be locked", "is the store writable?").because(error))?;
    // Judged is by what the register says once the runs are done; that it can be read at all is checked before.
    ready.writer(&[])?.register()?;
    let context = context(&ready, interruption);
    let (mut outcomes, mut done) = all(&ready, &ready.runs, &context)?;
    let further = if E::SWEEP { ready.further(&outcomes)? } else { Vec::new() };
    if !further.is_empty() {
        let runs = further.iter().map(|run| ready.planned(run)).collect();
        say(&Event::Plan(Plan { runs, current: false, ahead: 0 }));
        let (more, of_them) = all(&ready, &further, &context)?;
        outcomes.extend(more);
        done.extend(of_them);
    }
    let is_there = |(_, key): &&(E::Run, Key)| done.iter().any(|done| done.header.key == *key);
    let (there, missing): (Vec<_>, Vec<_>) = ready.runs.iter().chain(&further).partition(is_there);
    if there.is_empty() {
        let what = format!("{}: no run is there to be gathered", section.name);
        let advice = format!("`cargo xtask reproduce {}` computes them", section.number);
        return Err(usage(what, advice));
    }
    let writer = ready.writer(&there)?;
    if done.iter().all(|done| done.found.is_some()) && writer.is_current() {
        say(&Event::Done { written: Vec::new(), unchanged: writer.outputs() });
        return Ok(());
    }
    let missing = missing.into_iter().map(|(run, _)| E::name(run)).collect();
    let produced = crate::produce(section, &ready.params, &outcomes, &writer.register()?)
        .map_err(|error| failed(section.name, "this is a fault of the section's own code").because(error))?;
    let made = writer.provenance(done, &ready.here, missing, &ready.inputs, started.elapsed());
    let (written, unchanged) = writer.write(&produced, made)?;
    say(&Event::Done { written, unchanged });
    Ok(())
}

/// Computes one run of the request, unless it is there, and stores it.
pub(super) fn run_one<E: Experiment>(
    ready: &Ready<E>,
    name: &str,
    interruption: Interruption,
) -> Result<(), CommandError> {
    let named = |runs: &[(E::Run, Key)]| runs.iter().find(|(run, _)| E::name(run) == name).cloned();
    let found = match named(&ready.runs) {
        Some(found) => Some(found),
        None => {
            let there = ready.there(&ready.runs);
            let all_there = there.len() == ready.runs.len();
            if all_there { named(&ready.further(&there)?) } else { None }
        }
    };
    let run = found.ok_or_else(|| {
        let what = format!("{}: these parameters call for no run {name}", ready.section.name);
        usage(what, "`cargo xtask status` names them; some are called for once others are done")
    })?;
    one_run(ready, &run, &context(ready, interruption)).map(drop)
}

/// Runs done, in order; where only what is there is to be gathered, those that are.
fn all<E: Experiment>(
    ready: &Ready<E>,
    runs: &[(E::Run, Key)],
    context: &Context,
) -> Result<(Outcomes<E>, Vec<Done>), CommandError> {
    let (section, gather) = (ready.section, ready.request.gather);
    if gather && !E::SWEEP {
        let what = format!("Section {} is worth nothing before all of its runs are done", section.number);
        let advice = format!("`cargo xtask reproduce {}` continues it", section.number);
        return Err(usage(what, &advice));
    }
    let wanted = |run: &&(E::Run, Key)| !gather || matches!(ready.presence(&run.1), Presence::There(..));
    let wanted: Vec<&(E::Run, Key)> = runs.iter().filter(wanted).collect();
    let threads = rayon::current_num_threads();
    let done = in_order(&wanted, E::side_by_side(context.device, threads), threads, |run| {
        let (outcome, done) = one_run(ready, run, context)?;
        Ok(((run.0.clone(), outcome), done))
    })?;
    Ok(done.into_iter().unzip())
}
