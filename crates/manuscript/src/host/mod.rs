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

use flow::Profile;
use flow::protocol::{Description, Event, Parameter, Request, exit};

use crate::Section;
use crate::params::fields_of;
use report::{Report, Trouble};

/// The whole program of a section: answers `describe`, `plan` and `run`.
pub fn main<S: Section>() -> ExitCode {
    let word = std::env::args().nth(1).unwrap_or_default();
    let report = Report::to_stdout();
    let outcome = match word.as_str() {
        "describe" => {
            report.line(&describe::<S>());
            Ok(())
        }
        "plan" => request().and_then(|request| work::plan::<S>(&request, &report)),
        "run" => request().and_then(|request| work::run::<S>(&request, &report)),
        _ => {
            eprintln!("This program computes Section {} ({}) of the paper.", S::NUMBER, S::TITLE);
            eprintln!("It is driven by xtask: run `cargo xtask reproduce {}`.", S::NUMBER);
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

fn describe<S: Section>() -> Description {
    let defaults = Profile::ALL.map(|profile| (profile, fields_of(&S::params(profile))));
    let parameter = |&(name, meaning): &(&str, &str)| Parameter {
        name: name.to_owned(),
        meaning: meaning.to_owned(),
        defaults: defaults
            .iter()
            .filter_map(|(profile, fields)| Some((profile.to_string(), fields.get(name)?.clone())))
            .collect(),
    };
    Description {
        number: S::NUMBER.to_owned(),
        name: S::NAME.to_owned(),
        title: S::TITLE.to_owned(),
        parameters: S::PARAMETERS.iter().map(parameter).collect(),
    }
}
