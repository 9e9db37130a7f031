//! `cargo xtask reproduce`: the sections in the paper's order, the ledger, the paper.

use std::collections::HashMap;
use std::time::Instant;

use ledger::{Data, Entry, Origin, Scale, Totals};
use runner::CommandError;
use runner::executor::Engine;
use runner::messages::{Event, Execution, Plan, Request, exit};

use crate::begun::Repetition;
use crate::built::Built;
use crate::ledger_files::Results;
use crate::request::{self, Asker};
use crate::sections::{Section, Workspace};
use crate::work::Told;
use crate::{Outcome, compile, doctor, early, executors, ledger_files, paper, status, talk, work};

/// Options of `reproduce`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask reproduce                                   everything, a first look in minutes
  cargo xtask reproduce 3.1                               one section, by number or name
  cargo xtask reproduce --set theory.depth=80             with a parameter changed
  cargo xtask reproduce --list                            every section with its parameters
  cargo xtask reproduce --dry-run                         only say what would run
  cargo xtask reproduce --from-records                    with the runs of the adopted reproduction where they fit
  cargo xtask reproduce --profile paper --device cuda     the real thing
  cargo xtask reproduce 5 --on slurm --submit             on a cluster: submit and leave; the same command goes on

Exit codes: 0 done, 1 failed, 2 wrong input (nothing was begun), 3 interrupted, 10 something would run (--dry-run).")]
pub struct Args {
    #[command(flatten)]
    common: request::Args,
    #[command(flatten)]
    executor: executors::Args,
    /// Only say what would run; the exit code is 10 when some run would be computed
    #[arg(long)]
    dry_run: bool,
    /// Repeat runs even if they are there; interrupted, the same command repeats the rest
    #[arg(long)]
    force: bool,
    /// List sections and parameters, with their defaults, and stop
    #[arg(long)]
    list: bool,
    /// No progress bars
    #[arg(long)]
    quiet: bool,
    /// Print what happens as lines of JSON, each with its section, and nothing else
    #[arg(long)]
    json: bool,
}

/// A section with something to do.
struct Task<'a> {
    section: &'a Section,
    request: Request,
    plan: Plan,
    current: bool,
}

/// Runs the command.
/// Fails on wrong input, before anything is begun; a failed run; a paper that does not compile.
pub fn reproduce(args: &Args) -> Outcome {
    let started = Instant::now();
    let workspace = Workspace::find()?;
    let chosen = workspace.choose(&args.common.sections)?;
    if args.list {
        return list(&compile::build(&workspace, false)?, &chosen);
    }
    args.common.check(&workspace, &chosen)?;
    let told = match (args.json, args.quiet) {
        (true, _) => Told::AsJson,
        (_, true) => Told::Quietly,
        _ => Told::Whole,
    };
    let execution = args.executor.execution(&workspace)?;
    if execution.is_some() && args.common.same_arithmetic {
        return Err(CommandError::usage(
            "--same-arithmetic takes the arithmetic of this machine for that of the nodes",
        )
        .advise("leave it out: every run says what it was computed with"));
    }
    ledger_files::register(&workspace)?;
    let cuda = args.common.device == experiment::Device::Cuda;
    if cuda {
        doctor::cuda_toolkit()?;
    }
    // Only asked what would run, it writes nothing and waits for nobody.
    let lock = || {
        request::check_out(&workspace, &args.common.out(&workspace))?;
        workspace.lock("reproduce")
    };
    let lock = if args.dry_run { None } else { Some(lock()?) };
    // Where a section may refuse what is asked, nothing is begun before all have been asked.
    let asks_first = !args.common.sets.is_empty() || args.common.require_data || execution.is_some();
    let built = match args.dry_run || args.force || asks_first {
        true => compile::build(&workspace, cuda)?,
        false => early::build(&workspace, &args.common, &chosen, told)?,
    };
    let out = args.common.out(&workspace);
    let repetition = Repetition::of(&workspace.store(), &format!("{:?} {}", args.common, out.display()));
    if args.force && repetition.goes_on {
        eprintln!("going on with what --force began; the same command without it ends that");
    }
    let asker = Asker::new(&workspace, &args.common, &built, args.force.then_some(repetition.since))?;
    if args.dry_run {
        let would_run = status::print(&built, &HashMap::new(), &asker, &chosen, args.json)?;
        return Ok(if would_run { exit::WOULD_RUN } else { exit::OK });
    }
    // Every section is asked before the first one works, so that a wrong parameter costs nothing.
    let mut tasks = Vec::with_capacity(chosen.len());
    for section in chosen {
        let request = Request { execution: execution.clone(), ..asker.request(section)? };
        let plan = talk::plan(&built, section, &request)?;
        if args.json {
            println!("{}", work::told(section, &Event::Plan(plan.clone())));
        }
        let current = plan.current && plan.runs.iter().all(|run| run.state.is_there());
        tasks.push(Task { section, request, plan, current });
    }
    if args.force {
        repetition.begin()?;
    }
    let mut left: Vec<&Task> = tasks.iter().filter(|task| !task.current).collect();
    if let Some(execution) = &execution {
        // Others may build and submit while this command waits for a cluster, whose runs outlive it.
        drop(lock);
        // Everything is submitted before anything is waited for.
        let submit = Some(Execution { submit: true, ..execution.clone() });
        let mut waiting = Vec::new();
        for task in left {
            let request = Request { execution: submit.clone(), ..task.request.clone() };
            if !work::work(&built, task.section, &request, &task.plan, told)? {
                waiting.push(task);
            }
        }
        left = waiting;
        if !left.is_empty() && (execution.submit || !Engine::named(&execution.on)?.tells) {
            if !args.json {
                leave(&left, Engine::named(&execution.on)?);
            }
            return Ok(exit::OK);
        }
    }
    for task in left {
        let worked = work::work(&built, task.section, &task.request, &task.plan, told);
        let goes_on = |error: CommandError| {
            match execution.is_some() && error.code == exit::INTERRUPTED {
            true => error.advise(format!(
                "what was submitted goes on; the same command gathers it, `cargo xtask cancel {}` takes it back",
                task.section.number
            )),
            false => error,
        }
        };
        if !worked.map_err(goes_on)? {
            return Err(CommandError::failed(format!("Section {} ended early", task.section.number)));
        }
    }
    repetition.end()?;
    let results = Results::find(&workspace, &out);
    let rows = results.write_merged(&workspace, &out)?;
    let paper = paper::typeset(&workspace, &built, &out, None)?;
    if args.json {
        return Ok(exit::OK);
    }
    println!("{}", Totals::of(&rows));
    let adopted = Totals::of(&ledger_files::adopted(&workspace)?);
    if adopted != Totals::of(&rows) {
        println!("{}; adopted (data/records) are: {adopted}", beside(&rows));
    }
    let recorded = results.recorded();
    if !recorded.is_empty() {
        println!("not computed here but from the adopted record: Section {}", recorded.join(", "));
    }
    for file in [&paper.pdf, &paper.html] {
        println!("{}{}", file.display(), if paper.fresh { "" } else { " (unchanged)" });
    }
    eprintln!("finished in {:.1} s", started.elapsed().as_secs_f64());
    Ok(exit::OK)
}

/// What to know of totals that are not those of the adopted reproduction.
fn beside(rows: &[Entry]) -> String {
    let count =
        |is: fn(&Entry) -> bool| rows.iter().filter(|row| row.origin == Origin::Paper && is(row)).count();
    let reduced = count(|row| row.scale == Some(Scale::Reduced));
    let stand_ins = count(|row| row.data == Some(Data::StandIn));
    format!("of these, {reduced} at less than the paper's sizes and {stand_ins} on stand-ins for its images")
}

/// Says of sections that are left to a scheduler what comes next.
fn leave(left: &[&Task], engine: &Engine) {
    let which: Vec<&str> = left.iter().map(|task| task.section.number.as_str()).collect();
    let (all, some) = (which.join(", "), which.join(" "));
    if engine.tells {
        println!("on its way: Section {all}; the same command goes on from there");
    } else {
        println!(
            "left to whoever starts the tasks: Section {all}; `cargo xtask status {some}` says how they stand, \
             the same command makes the figures once they are done"
        );
    }
}

/// Lists sections and parameters.
fn list(built: &Built, sections: &[&Section]) -> Outcome {
    for section in sections {
        let description = talk::describe(built, section)?;
        println!("{} {}: {}", description.number, description.name, description.title);
        for parameter in description.parameters {
            let default = |profile| Some(format!("{profile} {}", parameter.defaults.get(profile)?));
            let defaults: Vec<String> = ["smoke", "quick", "paper"].into_iter().filter_map(default).collect();
            println!("    {}.{}: {}", section.name, parameter.name, parameter.meaning);
            println!("        {}", defaults.join("  "));
        }
    }
    Ok(exit::OK)
}
