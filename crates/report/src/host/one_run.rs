//! One run: found, or computed and stored.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use experiment::{Context, Experiment, Status, Throughput};
use runner::messages::Event;
use runner::{CheckpointFiles, Header, Key, Level, Origin};

use super::events::{Events, SectionError};
use super::ready::{Presence, Ready};

/// What is known of a run that is done.
pub(super) struct Done {
    pub(super) header: Header,
    /// Where it was found, if it was not computed now.
    pub(super) found: Option<Level>,
    pub(super) throughput: Option<Throughput>,
}

/// A run's outcome, found or computed and stored.
///
/// # Errors
/// When it fails or cannot be kept.
pub(super) fn one_run<E: Experiment>(
    ready: &Ready<E>,
    (run, key): &(E::Run, Key),
    context: &Context,
    events: &Events,
) -> Result<(E::Outcome, Done), SectionError> {
    let (request, name) = (ready.request, E::name(run));
    let checkpoints = CheckpointFiles::of(&request.store, key, Events::warn);
    let done_with_checkpoints = || {
        if let Err(error) = checkpoints.clear() {
            Events::warn(&format!("checkpoints of run {name} stay behind: {error}"));
        }
    };
    let damaged =
        |why: &str| Events::warn(&format!("the result of run {name} is damaged ({why}): computing it again"));
    match ready.presence(key) {
        Presence::There(header, payload, level) => match postcard::from_bytes(&payload) {
            Ok(outcome) => {
                done_with_checkpoints();
                return Ok(finished::<E>(run, outcome, (*header, Some(level)), events));
            }
            Err(error) => damaged(&error.to_string()),
        },
        Presence::Damaged(why) => damaged(&why),
        Presence::Missing => {}
    }
    if request.force {
        done_with_checkpoints();
    }
    let (status, started) = (Status::default(), Instant::now());
    events.progress(&name, &status, 0, 1);
    let context = Context {
        checkpoints: Some(Arc::new(CheckpointFiles::of(&request.store, key, Events::warn))),
        status: status.clone(),
        ..context.clone()
    };
    let progress = |done, total| events.progress(&name, &status, done, total);
    let outcome = E::execute(run, &context, &progress).map_err(|error| SectionError::of_run(&name, error))?;
    // Data may come and go while a run is on its way: under this key belongs what was there when it was made.
    let inputs = E::inputs(&ready.params, request.data.as_deref());
    let inputs = inputs.map_err(|error| SectionError::of_run(&name, error))?;
    if inputs != ready.inputs {
        let what = format!("run {name}: its data changed while it was computed, so its result is not kept");
        return Err(SectionError::failed(what, "run it again, with the data in place"));
    }
    let _storing = context.interruption.stops_at_checkpoint();
    let uses_gpu = context.device == experiment::Device::Cuda;
    let header = Header {
        run: name.clone(),
        key: key.clone(),
        seconds: started.elapsed().as_secs_f64(),
        finished: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        peak_memory_bytes: runner::peak_memory_bytes(),
        origin: Origin::here(&request.checkout, ready.section.rustc, rayon::current_num_threads(), uses_gpu),
    };
    let payload = postcard::to_stdvec(&outcome)
        .map_err(|error| SectionError::failed(&name, "this is a fault of the section").because(error))?;
    ready.store.store(&header, &payload).map_err(|error| {
        let keep =
            "free some disk space (`cargo xtask cache prune`), then run it again: finished runs are kept";
        SectionError::failed(format!("run {name} cannot be kept"), keep).because(error)
    })?;
    done_with_checkpoints();
    Ok(finished::<E>(run, outcome, (header, None), events))
}

fn finished<E: Experiment>(
    run: &E::Run,
    outcome: E::Outcome,
    (header, found): (Header, Option<Level>),
    events: &Events,
) -> (E::Outcome, Done) {
    let (name, seconds) = (header.run.clone(), header.seconds);
    events.event(&Event::Finished { run: name, stored: found.is_some(), seconds });
    let throughput = E::throughput(run, &outcome);
    (outcome, Done { header, found, throughput })
}
