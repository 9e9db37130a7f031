//! The program around a section: reads a request, plans, runs, writes.

mod keys;
mod one_run;
mod report;
mod scratch;
mod work;
mod workers;
mod write;

use std::io::Read;
use std::process::ExitCode;

use experiment::{Experiment, Profile, fields_of};
use runner::protocol::{Description, Event, Parameter, Request, exit};

use crate::Section;
use report::{Report, Trouble};

/// The whole program of a section: answers `describe`, `plan` and `run`.
pub fn main<E: Experiment>(section: &Section<E>) -> ExitCode {
    let word = std::env::args().nth(1).unwrap_or_default();
    let report = Report::to_stdout();
    let outcome = match word.as_str() {
        "describe" => {
            report.line(&describe(section));
            Ok(())
        }
        "plan" => request().and_then(|request| work::plan(section, &request, &report)),
        "run" => request().and_then(|request| work::run(section, &request, &report)),
        _ => {
            eprintln!("This program computes Section {} ({}) of the paper.", section.number, section.title);
            eprintln!("It is driven by xtask: run `cargo xtask reproduce {}`.", section.number);
            return ExitCode::from(exit::USAGE);
        }
    };
    match outcome {
        Ok(()) => ExitCode::from(exit::OK),
        Err(Trouble { message, advice, code }) => {
            report.event(&Event::Error { message, advice });
            ExitCode::from(code)
        }
    }
}

fn request() -> Result<Request, Trouble> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text).map_err(|error| error.to_string());
    let parsed = read.and_then(|_| serde_json::from_str(&text).map_err(|error| error.to_string()));
    parsed.map_err(|why| Trouble::usage(format!("unreadable request: {why}"), "run it through `cargo xtask`"))
}

fn describe<E: Experiment>(section: &Section<E>) -> Description {
    let defaults = Profile::ALL.map(|profile| (profile, fields_of(&E::params(profile))));
    let parameter = |&(name, meaning): &(&str, &str)| Parameter {
        name: name.to_owned(),
        meaning: meaning.to_owned(),
        defaults: defaults
            .iter()
            .filter_map(|(profile, fields)| Some((profile.to_string(), fields.get(name)?.clone())))
            .collect(),
    };
    Description {
        number: section.number.to_owned(),
        name: section.name.to_owned(),
        title: section.title.to_owned(),
        parameters: E::PARAMETERS.iter().map(parameter).collect(),
    }
}
