//! `cargo xtask status`: how every run stands, and what is stale and why.

use std::collections::{BTreeMap, HashMap};

use runner::CommandError;
use runner::messages::{Event, PlannedRun, RunState, exit};

use crate::built::Built;
use crate::request::{self, Asker};
use crate::sections::{Section, Workspace};
use crate::{Outcome, compile, talk, work};

/// What `--help` ends with.
const EXAMPLES: &str = "Examples:
  cargo xtask status                        run by run, what is there and what is stale, of the default profile
  cargo xtask status 5 --profile paper      what is queued, running (where, since when), done or failed of a sweep

Give the options of the `reproduce` that it is about: they are part of what is looked for.";

/// Options of `status`.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    common: request::Args,
    /// Print a line of JSON for each section
    #[arg(long)]
    json: bool,
}

/// Runs the command.
/// Fails on wrong input, or a workspace that does not build.
pub fn status(Args { common: args, json }: &Args) -> Outcome {
    let workspace = Workspace::find()?;
    let chosen = workspace.choose(&args.sections)?;
    args.check(&workspace, &chosen)?;
    let built = compile::build(&workspace, args.device == experiment::Device::Cuda)?;
    let warn = |message: &str| eprintln!("warning: {message}");
    let submitted = runner::executor::stand(&workspace.store(), warn);
    print(&built, &submitted, &Asker::new(&workspace, args, &built, None)?, &chosen, *json)?;
    Ok(exit::OK)
}

/// Prints the state of every run and of every section's files. Says whether any run would be computed.
/// Fails when a section refuses its parameters.
/// What was submitted is told by the runs' keys; as JSON, by their names.
pub fn print(
    built: &Built,
    submitted: &HashMap<String, String>,
    asker: &Asker,
    sections: &[&Section],
    json: bool,
) -> Result<bool, CommandError> {
    let mut would_run = false;
    for section in sections {
        let plan = talk::plan(built, section, &asker.request(section)?)?;
        let stale = plan.runs.iter().filter(|run| !run.state.is_there()).count();
        would_run |= stale > 0;
        if json {
            let of_plan = |run: &PlannedRun| Some((run.name.clone(), submitted.get(&run.key)?));
            let submitted: BTreeMap<_, _> = plan.runs.iter().filter_map(of_plan).collect();
            let mut line = work::told(section, &Event::Plan(plan.clone()));
            line["submitted"] = serde_json::json!(submitted);
            println!("{line}");
            continue;
        }
        let files = if plan.current { "files up to date" } else { "files to be made" };
        println!("{} {}: {} runs, {stale} to do; {files}", section.number, section.name, plan.runs.len());
        for run in &plan.runs {
            let why = match (run.state, run.moved.is_empty()) {
                (RunState::Missing | RunState::Damaged | RunState::Refused, _)
                    if submitted.contains_key(&run.key) =>
                {
                    submitted[&run.key].clone()
                }
                (RunState::Stored, _) => "stored".to_owned(),
                (RunState::Recorded, _) => "from the record".to_owned(),
                (RunState::Refused, _) => "there: to be computed again".to_owned(),
                (RunState::Damaged, _) => "damaged: to be computed again".to_owned(),
                (RunState::Missing, true) => "never computed".to_owned(),
                (RunState::Missing, false) => format!("stale: {}", run.moved.join("; ")),
            };
            let with =
                run.arithmetic.as_ref().map_or(String::new(), |with| format!(", computed with {with}"));
            println!("    {:<32} {why}{with}", run.name);
        }
    }
    Ok(would_run)
}
