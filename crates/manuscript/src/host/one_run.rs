//! One run: from the cache, or computed and cached.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use flow::protocol::{Event, Request};
use flow::{Cache, Header, Key, Lookup, RunRecord};

use super::report::{Report, Trouble};
use super::scratch::Scratch;
use crate::{Context, Section, Standing};

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
pub(super) fn one_run<S: Section>(
    run: &S::Run,
    key: &Key,
    surroundings: &Surroundings,
) -> Result<(S::Outcome, RunRecord), Trouble> {
    let Surroundings { cache, context, request, report } = surroundings;
    let name = S::name(run);
    let record = |header: &Header, outcome: &S::Outcome, cached| RunRecord {
        name: name.clone(),
        key: key.hash().to_owned(),
        cached,
        seconds: header.seconds,
        peak_memory_bytes: header.peak_memory_bytes,
        throughput: S::throughput(run, outcome),
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
    let standing = Standing::default();
    report.progress(&name, &standing, 0, 1);
    let started = Instant::now();
    if request.force {
        done_with_scratch();
    }
    let folder = Some(scratch.path().to_path_buf());
    let context = Context { scratch: folder, standing: standing.clone(), ..context.clone() };
    let progress = |done, total| report.progress(&name, &standing, done, total);
    let outcome = S::execute(run, &context, &progress).map_err(|error| {
        Trouble::failed(format!("run {name} failed: {error}"), "other runs are kept; run it again")
    })?;
    let header = Header {
        run: name.clone(),
        key: key.clone(),
        seconds: started.elapsed().as_secs_f64(),
        finished: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        peak_memory_bytes: flow::peak_memory_bytes(),
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
