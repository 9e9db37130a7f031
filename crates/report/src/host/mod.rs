//! The program around a section: reads a request, plans, runs, writes.

mod events;
mod interrupt;
mod keys;
mod one_run;
mod ready;
mod work;
mod workers;
mod write;

use std::io::{BufRead, BufReader};
use std::process::ExitCode;

use experiment::{Experiment, Profile};
use runner::CommandError;
use runner::messages::{Description, Event, Parameter, Request, exit};

use crate::Section;
use crate::program::Program;
use events::{say, usage};
use ready::Ready;

/// The whole program of a section: answers `describe`, `plan`, `run`, `run-one` and `recheck`.
pub fn main<E: Experiment + 'static>(section: &Section<E>) -> ExitCode {
    serve(section)
}

fn serve(program: &dyn Program) -> ExitCode {
    let section = program.about();
    let mut words = std::env::args().skip(1);
    let (word, names) = (words.next().unwrap_or_default(), words.collect::<Vec<_>>());
    let outcome = match (word.as_str(), &names[..]) {
        ("describe", []) => {
            say(&Event::Description(describe(program)));
            Ok(())
        }
        ("plan", []) => request().and_then(|request| work::plan(&Ready::from(program, &request)?)),
        ("recheck", []) => request().and_then(|request| {
            ready::of_these_sources(&section, &request)?;
            let record = request.record.as_deref();
            let record = record.ok_or_else(|| usage("no record", "run it through `cargo xtask archive`"))?;
            let rechecked = crate::recorded::recheck_of(program, record, &request.register)?;
            say(&Event::Rechecked(rechecked));
            Ok(())
        }),
        ("run", []) => request().and_then(|request| {
            let interruption = interrupt::watched(true);
            work::run(Ready::from(program, &request)?, interruption)
        }),
        ("run-one", names @ [_, ..]) => request().and_then(|request| {
            let interruption = interrupt::watched(false);
            events::into_a_log();
            work::run_these(&Ready::from(program, &request)?, names, interruption)
        }),
        _ => {
            eprintln!("This program computes Section {} ({}) of the paper.", section.number, section.title);
            eprintln!("It is driven by xtask: run `cargo xtask reproduce {}`.", section.number);
            return ExitCode::from(exit::USAGE);
        }
    };
    match outcome {
        Ok(()) => ExitCode::from(exit::OK),
        Err(error) => {
            events::tell(&error);
            ExitCode::from(error.code)
        }
    }
}

/// One line: the standard input stays open as long as somebody listens.
fn request() -> Result<Request, CommandError> {
    let refused = |error| usage("unreadable request", "run it through `cargo xtask`").because(error);
    let mut text = String::new();
    BufReader::new(std::io::stdin()).read_line(&mut text).map_err(|error| refused(error.into()))?;
    serde_json::from_str(&text)
        .map_err(|error| refused(Box::<dyn std::error::Error + Send + Sync>::from(error)))
}

fn describe(program: &dyn Program) -> Description {
    let section = program.about();
    let defaults = Profile::ALL.map(|profile| (profile, program.defaults(profile)));
    let parameter = |(name, meaning): (&str, String)| Parameter {
        name: name.to_owned(),
        meaning,
        defaults: defaults
            .iter()
            .filter_map(|(profile, fields)| Some((profile.to_string(), fields.get(name)?.clone())))
            .collect(),
    };
    Description {
        number: section.number.to_owned(),
        name: section.name.to_owned(),
        title: section.title.to_owned(),
        parameters: program.parameters().into_iter().map(parameter).collect(),
    }
}
