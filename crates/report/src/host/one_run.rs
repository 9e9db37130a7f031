//! One run: found, or computed and stored.

use std::sync::{Arc, OnceLock};
use std::time::{Instant, UNIX_EPOCH};

use experiment::{Context, ExperimentError, Status, told};
use runner::messages::Event;
use runner::{CheckpointFiles, CommandError, Header, Level, Lock, Lookup};

use super::events::{FAULT, failed, of_run, progress, say, warn};
use super::ready::{Keyed, Ready};
use super::write::Done;

/// What a run gave where it is there, sound, and by the rules of the request to be taken. `computed` says whether it was
/// computed for this request.
/// Fails with why it is damaged.
pub(super) fn found(
    ready: &Ready,
    of: &Keyed,
    computed: bool,
) -> Result<Option<(Vec<u8>, Done)>, ExperimentError> {
    match ready.store.look_up(&of.1) {
        Lookup::Found(header, ..) if ready.refuses(&of.0, &header) => Ok(None),
        Lookup::Found(header, gave, level) => {
            finished(ready, of, gave, *header, (!computed).then_some(level)).map(Some)
        }
        Lookup::Damaged(why) => Err(why.into()),
        Lookup::Missing => Ok(None),
    }
}

/// Says that a run is finished, and removes its checkpoints.
fn finished(
    ready: &Ready,
    (run, _): &Keyed,
    gave: Vec<u8>,
    header: Header,
    found: Option<Level>,
) -> Result<(Vec<u8>, Done), ExperimentError> {
    let throughput = run.throughput(&gave)?;
    let checkpoints = CheckpointFiles::of(&ready.request.store, &header.key, "", warn);
    cleared(&header.run, checkpoints.clear());
    say(&Event::Finished { run: header.run.clone(), stored: found.is_some(), seconds: header.seconds });
    Ok((gave, Done { header, found, throughput }))
}

fn cleared(run: &str, outcome: std::io::Result<()>) {
    if let Err(error) = outcome {
        warn(&format!("checkpoints of run {run} stay behind: {error}"));
    }
}

/// What a run gave, found or computed and stored. Where the store's file system has locks, two processes do not compute it at
/// a time; where they do, each writes the same, and neither harms the other's checkpoints.
/// Fails when it fails or cannot be kept.
pub(super) fn one_run(ready: &Ready, of: &Keyed, context: &Context) -> Result<(Vec<u8>, Done), CommandError> {
    let (request, (run, key)) = (ready.request, of);
    let name = run.name.clone();
    if let Ok(Some(found)) = found(ready, of, false) {
        return Ok(found);
    }
    let place = request.store.join("locks").join(ready.section.folder()).join("runs");
    let place = place.join(&blake3::hash(name.as_bytes()).to_hex()[..16]);
    let _lock = Lock::take(&place, &format!("run {name}"), |message| {
        warn(&format!("run {name}: {message}"));
    })?;
    // Who held the lock may have computed it.
    match found(ready, of, false) {
        Ok(Some(found)) => return Ok(found),
        Ok(None) => {}
        Err(why) => {
            let why = told(&*why);
            warn(&format!("the result of run {name} is damaged ({why}): computing it again"));
        }
    }
    if ready.lent {
        let data = ready.inputs.keys().cloned().collect::<Vec<_>>().join(", ");
        let what = format!("run {name} is not in the record, and not all of {data} is here to compute it on");
        let advice = "REPRO_DATA_DIR names its place and `cargo xtask data fetch` gets it; with --profile stand-ins take it";
        return Err(failed(what, advice));
    }
    let here = ready.here(run);
    let checkpoints = Arc::new(CheckpointFiles::of(&request.store, key, &here.arithmetic(), warn));
    if let Some(time) = request.repeat_before {
        cleared(&name, checkpoints.clear_before(time));
    }
    let (status, started) = (Status::default(), Instant::now());
    progress(&name, &status, 0, 0, 1);
    let from = OnceLock::new();
    let context = Context {
        device: run.device,
        checkpoints: Some(checkpoints.clone()),
        status: status.clone(),
        ..context.clone()
    };
    let on_its_way = |done, total| {
        let from = *from.get_or_init(|| if checkpoints.went_on() { done } else { 0 });
        progress(&name, &status, from, done, total);
    };
    let gave = run.execute(&context, &on_its_way).map_err(|error| of_run(&name, error))?;
    // Data may come and go while a run is on its way: under this key belongs what was there when it was made.
    let inputs = ready.experiments.inputs(request.data.as_deref());
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
        finished: now().max(request.repeat_before.map_or(0, |time| time + 1)),
        peak_memory_bytes: runner::peak_memory_bytes(),
        origin: here.with(rayon::current_num_threads(), checkpoints.went_on_from()),
    };
    ready.store.store(&header, &gave).map_err(|error| {
        let keep =
            "mend that, or make room (`cargo xtask cache prune`), then run it again: finished runs are kept";
        failed(format!("run {name} cannot be kept"), keep).because(error)
    })?;
    finished(ready, of, gave, header, None)
        .map_err(|error| failed(format!("run {name}"), FAULT).because(error))
}

/// Seconds since 1970. Clocks of machines that share a store may differ: a run that is repeated is later than what it replaces
/// whatever they say.
fn now() -> u64 {
    UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs())
}
