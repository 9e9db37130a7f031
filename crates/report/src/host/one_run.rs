//! One run: found, or computed and stored.

use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use experiment::{Context, Experiment, Status, Throughput};
use runner::messages::Event;
use runner::{CheckpointFiles, CommandError, Header, Key, Level, Lock};

use super::events::{failed, of_run, progress, say, warn};
use super::ready::{Presence, Ready};

/// What is known of a run that is done.
pub(super) struct Done {
    pub(super) header: Header,
    /// Where it was found, if it was not computed now.
    pub(super) found: Option<Level>,
    pub(super) throughput: Option<Throughput>,
}

/// A run's outcome, found or computed and stored. Two processes do not compute it at a time: they would share its
/// checkpoints.
///
/// # Errors
/// When it fails or cannot be kept.
pub(super) fn one_run<E: Experiment>(
    ready: &Ready<E>,
    (run, key): &(E::Run, Key),
    context: &Context,
) -> Result<(E::Outcome, Done), CommandError> {
    let (request, name) = (ready.request, E::name(run));
    let checkpoints = Arc::new(CheckpointFiles::of(&request.store, key, &ready.here.arithmetic(), warn));
    let cleared = |outcome: std::io::Result<()>| {
        if let Err(error) = outcome {
            warn(&format!("checkpoints of run {name} stay behind: {error}"));
        }
    };
    let finished = |outcome: E::Outcome, header: Header, found: Option<Level>| {
        cleared(checkpoints.clear());
        let (run_name, seconds) = (name.clone(), header.seconds);
        say(&Event::Finished { run: run_name, stored: found.is_some(), seconds });
        let throughput = E::throughput(run, &outcome);
        Ok((outcome, Done { header, found, throughput }))
    };
    let there = || match ready.presence(key) {
        Presence::There(header, payload, level) => {
            let outcome = postcard::from_bytes(&payload).map_err(|error| error.to_string())?;
            Ok(Some((outcome, *header, Some(level))))
        }
        Presence::Damaged(why) => Err(why),
        Presence::Missing | Presence::Refused(_) => Ok(None),
    };
    if let Ok(Some((outcome, header, level))) = there() {
        return finished(outcome, header, level);
    }
    let place = request.store.join("locks").join(ready.section.folder()).join("runs");
    let place = place.join(&blake3::hash(name.as_bytes()).to_hex()[..16]);
    let _lock = Lock::take(&place, &format!("run {name}"), |message| {
        warn(&format!("run {name}: {message}"));
    })
    .map_err(|error| {
        failed(format!("run {name} cannot be locked"), "is the store writable?").because(error)
    })?;
    // Who held the lock may have computed it.
    match there() {
        Ok(Some((outcome, header, level))) => return finished(outcome, header, level),
        Ok(None) => {}
        Err(why) => warn(&format!("the result of run {name} is damaged ({why}): computing it again")),
    }
    if let Some(time) = request.repeat_before {
        cleared(checkpoints.clear_before(time));
    }
    let (status, started) = (Status::default(), Instant::now());
    progress(&name, &status, 0, 0, 1);
    let from = OnceLock::new();
    let context =
        Context { checkpoints: Some(checkpoints.clone()), status: status.clone(), ..context.clone() };
    let on_its_way = |done, total| {
        let from = *from.get_or_init(|| if checkpoints.went_on() { done } else { 0 });
        progress(&name, &status, from, done, total);
    };
    let outcome = E::execute(run, &context, &on_its_way).map_err(|error| of_run(&name, error))?;
    // Data may come and go while a run is on its way: under this key belongs what was there when it was made.
    let inputs = E::inputs(&ready.params, request.data.as_deref());
    let inputs = inputs.map_err(|error| of_run(&name, error))?;
    if inputs != ready.inputs {
        let what = format!("run {name}: its data changed while it was computed, so its result is not kept");
        return Err(failed(what, "run it again, with the data in place"));
    }
    let _storing = context.interruption.stops_at_checkpoint();
    let header = Header {
        run: name.clone(),
        key: key.clone(),
        seconds: started.elapsed().as_secs_f64(),
        finished: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        peak_memory_bytes: runner::peak_memory_bytes(),
        origin: ready.here.with(rayon::current_num_threads(), checkpoints.went_on_from()),
    };
    let payload = postcard::to_stdvec(&outcome)
        .map_err(|error| failed(&name, "this is a fault of the section").because(error))?;
    ready.store.store(&header, &payload).map_err(|error| {
        let keep =
            "free some disk space (`cargo xtask cache prune`), then run it again: finished runs are kept";
        failed(format!("run {name} cannot be kept"), keep).because(error)
    })?;
    finished(outcome, header, None)
}
