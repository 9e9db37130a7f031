//! One run: from the cache, or computed and cached.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use runner::protocol::{Event, Request};
use runner::{Cache, Header, Key, Lookup, RunRecord};

use super::report::{Report, Trouble};
use super::scratch::Scratch;
use experiment::{Context, Experiment, Status};

/// What surrounds a section's runs.
pub(super) struct Surroundings<'a> {
    pub(super) cache: &'a Cache,
    pub(super) context: Context,
    pub(super) request: &'a Request,
    pub(super) report: &'a Report,
}

/// A run's outcome, from the cache or computed and cached.
///
/// # Errors
/// When it fails or cannot be kept.
pub(super) fn one_run<E: Experiment>(
    run: &E::Run,
    key: &Key,
    surroundings: &Surroundings,
) -> Result<(E::Outcome, RunRecord), Trouble> {
    let Surroundings { cache, context, request, report } = surroundings;
    let name = E::name(run);
    let record = |header: &Header, outcome: &E::Outcome, cached| RunRecord {
        name: name.clone(),
        key: key.hash().to_owned(),
        cached,
        seconds: header.seconds,
        peak_memory_bytes: header.peak_memory_bytes,
        throughput: E::throughput(run, outcome),
    };
    let scratch = Scratch::of(&request.cache, key);
    let done_with_scratch = || {
        if let Err(error) = scratch.clear() {
            Report::warn(&format!("{} stays behind: {error}", scratch.path().display()));
        }
    };
    match cache.look_up(key) {
        Lookup::Found(header, payload) if !request.force => match postcard::from_bytes(&payload) {
            Ok(outcome) => {
                done_with_scratch();
                let record = record(&header, &outcome, true);
                return Ok((outcome, record));
            }
            Err(error) => damaged(report, &name, &error.to_string()),
        },
        Lookup::Damaged(why) => damaged(report, &name, &why),
        _ => {}
    }
    let status = Status::default();
    report.progress(&name, &status, 0, 1);
    let started = Instant::now();
    if request.force {
        done_with_scratch();
    }
    let folder = Some(scratch.path().to_path_buf());
    let context = Context { scratch: folder, status: status.clone(), ..context.clone() };
    let progress = |done, total| report.progress(&name, &status, done, total);
    let outcome = E::execute(run, &context, &progress).map_err(|error| {
        Trouble::failed(format!("run {name} failed: {error}"), "other runs are kept; run it again")
    })?;
    let header = Header {
        run: name.clone(),
        key: key.clone(),
        seconds: started.elapsed().as_secs_f64(),
        finished: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        peak_memory_bytes: runner::peak_memory_bytes(),
    };
    let keep = "free some disk space (`cargo xtask cache prune`), then run it again: finished runs are kept";
    let payload = postcard::to_stdvec(&outcome)
        .map_err(|error| Trouble::failed(error, "this is a fault of the section"))?;
    cache
        .store(&header, &payload)
        .map_err(|error| Trouble::failed(format!("run {name} cannot be kept: {error}"), keep))?;
    done_with_scratch();
    let record = record(&header, &outcome, false);
    Ok((outcome, record))
}

fn damaged(report: &Report, run: &str, why: &str) {
    let message = format!("the cached result of run {run} is damaged ({why}): computing it again");
    report.event(&Event::Warning { message });
}
