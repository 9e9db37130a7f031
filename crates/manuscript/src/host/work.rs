//! Planning and doing a section's work.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use flow::protocol::{Event, PlannedRun, Request, RunState};
use flow::{Cache, Header, Key, Lookup, RunRecord};
use ledger::Register;

use super::keys::key;
use super::report::{Report, Trouble};
use super::scratch::Scratch;
use super::write::Writer;
use crate::params::merged;
use crate::section::Inputs;
use crate::{Context, Section};

/// A section made ready: parameters checked, runs and keys known.
struct Ready<S: Section> {
    params: S::Params,
    inputs: Inputs,
    runs: Vec<(S::Run, Key)>,
    cache: Cache,
}

impl<S: Section> Ready<S> {
    fn from(request: &Request) -> Result<Self, Trouble> {
        let see =
            format!("`cargo xtask reproduce --list {}` lists the parameters with their defaults", S::NUMBER);
        let params = merged(S::params(request.profile), S::PARAMETERS, &request.sets)
            .map_err(|error| Trouble::usage(format!("{}: {error}", S::NAME), &see))?;
        S::check(&params).map_err(|why| Trouble::usage(format!("{}: {why}", S::NAME), &see))?;
        let inputs = S::inputs(&params, request.data.as_deref()).map_err(|error| {
            Trouble::usage(format!("{}: {error}", S::NAME), "`cargo xtask data verify` checks the data")
        })?;
        let runs = S::runs(&params).into_iter();
        let runs = runs
            .map(|run| key::<S>(&run, request, &inputs).map(|key| (run, key)))
            .collect::<Result<_, _>>()?;
        Ok(Self { params, inputs, runs, cache: Cache::of_section(&request.cache, &S::folder()) })
    }

    fn writer<'a>(&self, request: &'a Request) -> Result<Writer<'a>, Trouble> {
        let keys: Vec<&str> = self.runs.iter().map(|(_, key)| key.hash()).collect();
        Writer::new::<S>(request, &self.params, &keys)
    }
}

/// Says what would be done.
pub(super) fn plan<S: Section>(request: &Request, report: &Report) -> Result<(), Trouble> {
    let ready = Ready::<S>::from(request)?;
    let planned = ready.runs.iter().map(|(run, key)| {
        let name = S::name(run);
        let state = match ready.cache.state(key) {
            Lookup::Found(..) if request.force => RunState::Missing,
            Lookup::Found(..) => RunState::Cached,
            Lookup::Missing => RunState::Missing,
            Lookup::Damaged(_) => RunState::Damaged,
        };
        let moved = match state {
            RunState::Missing => {
                ready.cache.latest(&name).map(|last| key.moved_since(&last.key)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        PlannedRun { name, key: key.hash().to_owned(), state, moved }
    });
    let runs: Vec<PlannedRun> = planned.collect();
    let cached = runs.iter().all(|run| run.state == RunState::Cached);
    let current = cached && ready.writer(request)?.is_current();
    report.event(&Event::Plan { runs, current });
    Ok(())
}

/// Does the work: runs that are not cached, then tables, figures and measurements.
pub(super) fn run<S: Section>(request: &Request, report: &Report) -> Result<(), Trouble> {
    let started = Instant::now();
    let ready = Ready::<S>::from(request)?;
    let writer = ready.writer(request)?;
    let register = Register::read(&request.register)
        .map_err(|error| Trouble::usage(error, "mend the file: its header explains the fields"))?;
    let context = Context {
        seed: request.seed,
        device: S::device(request.device),
        data: request.data.clone(),
        scratch: None,
        warn: Report::warn,
    };
    let mut outcomes = Vec::with_capacity(ready.runs.len());
    let mut records = Vec::with_capacity(ready.runs.len());
    for (run, key) in &ready.runs {
        let (outcome, record) = one_run::<S>(run, key, &ready.cache, &context, request, report)?;
        report.event(&Event::Finished {
            run: record.name.clone(),
            cached: record.cached,
            seconds: record.seconds,
        });
        outcomes.push((run.clone(), outcome));
        records.push(record);
    }
    if records.iter().all(|record| record.cached) && !request.force && writer.is_current() {
        report.event(&Event::Done { written: Vec::new(), unchanged: writer.outputs() });
        return Ok(());
    }
    let produced = crate::produce::<S>(&ready.params, &outcomes, &register).map_err(|error| {
        Trouble::failed(format!("{}: {error}", S::NAME), "this is a fault of the section's own code")
    })?;
    let (written, unchanged) = writer.write(&produced, records, ready.inputs, started.elapsed())?;
    report.event(&Event::Done { written, unchanged });
    Ok(())
}

/// A run's outcome, from the cache or computed and cached.
fn one_run<S: Section>(
    run: &S::Run,
    key: &Key,
    cache: &Cache,
    context: &Context,
    request: &Request,
    report: &Report,
) -> Result<(S::Outcome, RunRecord), Trouble> {
    let name = S::name(run);
    let record = |header: &Header, cached| RunRecord {
        name: name.clone(),
        key: key.hash().to_owned(),
        cached,
        seconds: header.seconds,
        peak_memory_bytes: header.peak_memory_bytes,
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
                return Ok((outcome, record(&header, true)));
            }
            Err(error) => damaged(report, &name, &error.to_string()),
        },
        Lookup::Damaged(why) => damaged(report, &name, &why),
        _ => {}
    }
    report.progress(&name, 0, 1);
    let started = Instant::now();
    if request.force {
        done_with_scratch();
    }
    let context = Context { scratch: Some(scratch.path().to_path_buf()), ..context.clone() };
    let outcome =
        S::execute(run, &context, &|done, total| report.progress(&name, done, total)).map_err(|error| {
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
    Ok((outcome, record(&header, false)))
}

fn damaged(report: &Report, run: &str, why: &str) {
    let message = format!("the cached result of run {run} is damaged ({why}): computing it again");
    report.event(&Event::Warning { message });
}
