//! Where runs are computed, as the user says it: `--on`, and what `executors.toml` and `--with` ask of it.

use std::fs;
use std::io::ErrorKind;

use runner::executor::{ENGINES, Engine, Rules};
use runner::messages::Execution;
use runner::{CommandError, FileError};
use serde_json::Value;

use crate::Outcome;
use crate::sections::{Section, Workspace};

/// Where runs are computed.
#[derive(clap::Args, Debug, Clone)]
pub struct Args {
    /// Where runs are computed: local, slurm, hyperqueue, or script (written for any other scheduler, and not submitted)
    #[arg(long, value_name = "EXECUTOR", default_value = "local")]
    pub on: String,
    /// Submit what can be submitted and leave; the same command later goes on
    #[arg(long)]
    pub submit: bool,
    /// An option of the executor, over those of executors.toml: for example time=2:00:00
    #[arg(long, value_name = "KEY=VALUE")]
    pub with: Vec<String>,
}

impl Args {
    /// The engine, if its program is there, and what it is asked; none where runs are computed by the sections' programs
    /// themselves.
    /// Fails on an unknown executor, a wrong option, and a program that is not there.
    pub fn execution(&self, workspace: &Workspace) -> Result<Option<Execution>, CommandError> {
        let engine = Engine::named(&self.on)?;
        let table = table(workspace, engine)?;
        let rules = Rules::read(&table, &self.with)?;
        if engine.is_local() {
            let unused = self.submit || !self.with.is_empty();
            let refused =
                || CommandError::usage("--submit and --with are for schedulers").advise("add --on slurm");
            return if unused { Err(refused()) } else { Ok(None) };
        }
        engine.ask(&workspace.store(), |message| eprintln!("warning: {message}"))?;
        Ok(Some(Execution { on: self.on.clone(), rules, submit: self.submit }))
    }
}

/// The table of an executor in `executors.toml`, all of which is checked.
fn table(workspace: &Workspace, engine: &Engine) -> Result<Value, CommandError> {
    let path = workspace.root.join("executors.toml");
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.map_err(FileError::of("read", &path))?,
    };
    let refused = |error| CommandError::usage(path.display()).because(error);
    let tables: toml::map::Map<String, toml::Value> = toml::from_str(&text).map_err(refused)?;
    let mut own = Value::Object(serde_json::Map::new());
    for (name, table) in tables {
        let known = ENGINES.map(|engine| engine.name);
        if !known.contains(&name.as_str()) {
            let all = format!("executors.toml has a table for each of {}", known.join(", "));
            return Err(CommandError::unknown("executor", &name, known, &all));
        }
        let table = serde_json::to_value(table)?;
        check(workspace, &table).map_err(|error| error.within(format!("executors.toml, [{name}]")))?;
        if name == engine.name {
            own = table;
        }
    }
    Ok(own)
}

fn check(workspace: &Workspace, table: &Value) -> Result<(), CommandError> {
    let rules = Rules::read(table, &[])?;
    let names = |section: &Section| [section.name.clone(), section.number.clone(), section.slug()];
    let known: Vec<String> = workspace.sections.iter().flat_map(names).collect();
    match rules.sections().find(|name| !known.iter().any(|known| known == name)) {
        Some(unknown) => {
            let all = format!("sections: {}", known.join(", "));
            Err(CommandError::unknown("section", unknown, known.iter().map(String::as_str), &all))
        }
        None => Ok(()),
    }
}

/// Options of `cancel`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  cargo xtask cancel 5      what is queued or running of Section 5, of any profile and seed; checkpoints are kept
  cargo xtask cancel        of every section

What `--on script` wrote is given up and can be written again; the scheduler's own commands take its tasks back.")]
pub struct Cancel {
    /// Sections by number or name; all of them if none is given
    sections: Vec<String>,
}

/// Takes back what is queued or running.
/// Fails on an unknown section, and with what a scheduler says.
pub fn cancel(args: &Cancel) -> Outcome {
    let workspace = Workspace::find()?;
    let sections: Vec<String> =
        workspace.choose(&args.sections)?.iter().map(|section| section.slug()).collect();
    let warn = |message: &str| eprintln!("warning: {message}");
    let taken_back = runner::executor::cancel(&workspace.store(), &sections, warn)?;
    taken_back.iter().for_each(|id| println!("{id}"));
    match taken_back.len() {
        0 => eprintln!("nothing was queued or running"),
        count => eprintln!("submissions taken back: {count}; checkpoints are kept"),
    }
    Ok(runner::messages::exit::OK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sections::tests::workspace;

    fn asked(text: &str, on: &str, with: &[&str]) -> Result<Option<Execution>, String> {
        let root = workspace(&[("5", "training")]);
        fs::write(root.path().join("executors.toml"), text).unwrap();
        let with = with.iter().map(|text| (*text).to_owned()).collect();
        let args = Args { on: on.to_owned(), submit: false, with };
        args.execution(&Workspace::at(root.path()).unwrap()).map_err(|error| format!("{error} {error:?}"))
    }

    #[test]
    fn words_that_look_like_numbers_are_words() {
        let rules =
            asked("[script]\ntime = 60\naccount = 12345", "script", &["partition=7"]).unwrap().unwrap().rules;
        let options = rules.of(&["5"], 0).unwrap();
        let asked = [options.time, options.account, options.partition].map(Option::unwrap);
        assert_eq!(asked, ["60", "12345", "7"]);
    }

    /// The file in the documentation, cut out of it.
    fn documented() -> String {
        let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../CLUSTER.md")).unwrap();
        let file = page.split("```toml\n").nth(1).unwrap();
        file.split("```").next().unwrap().to_owned()
    }

    #[test]
    fn the_documented_file_is_accepted_and_asks_by_section_and_size() {
        let rules = asked(&documented(), "script", &["time=9:00:00"]).unwrap().unwrap().rules;
        assert_eq!(rules.of(&["5-training"], 0).unwrap().time.as_deref(), Some("9:00:00"));
        let root = workspace(&[("5", "training")]);
        fs::write(root.path().join("executors.toml"), documented()).unwrap();
        let workspace = Workspace::at(root.path()).unwrap();
        let rules = Rules::read(&table(&workspace, Engine::named("slurm").unwrap()).unwrap(), &[]).unwrap();
        let [small, large, other] = [("training", 0), ("training", u64::MAX), ("theory", 0)]
            .map(|(section, work)| rules.of(&[section], work).unwrap());
        assert!(small.batch > 1 && large.batch == 1 && small.time != large.time && other.time != large.time);
    }

    #[test]
    fn what_is_unknown_or_of_the_wrong_type_is_refused_with_a_suggestion() {
        for (text, on, with, told) in [
            ("", "slrum", &[][..], "did you mean `slurm`?"),
            ("[slrum]", "script", &[], "did you mean `slurm`?"),
            ("[slurm]\npartitoin = 'main'", "script", &[], "did you mean `partition`?"),
            ("[[slurm.when]]\nwork_form = 3", "script", &[], "did you mean `work_from`?"),
            ("[script]\ncores = 'two'", "script", &[], "[script]: `cores`: invalid type"),
            ("[script]\nbatch = 0", "script", &[], "`batch` is at least 1"),
            ("[script]\npoll = 0", "script", &[], "`poll` is at least 1"),
            ("[script]\nat_once = 0", "script", &[], "`at_once` is at least 1"),
            ("[script]\nprograms = '/not/there'", "script", &[], "`programs` names no folder: /not/there"),
            (
                "[[script.when]]\nwork_from = -1",
                "script",
                &[],
                "[script]: when: `work_from` is a whole number",
            ),
            ("[[script.when]]\nwork_from = 9\nwork_below = 9", "script", &[], "no run has work from 9 on"),
            ("[[script.when]]\nsection = 'trainin'", "script", &[], "did you mean `training`?"),
            ("[[script.when]]\nsection = 5", "script", &[], "in quotes"),
            ("", "script", &["tiem=1:00"], "did you mean `time`?"),
            ("", "script", &["cores=two"], "--with: `cores`: invalid type"),
            ("", "local", &["cores=2"], "are for schedulers"),
            ("[slurm", "script", &[], "executors.toml"),
        ] {
            let refusal = asked(text, on, with).unwrap_err();
            assert!(refusal.contains(told) && refusal.contains("code: 2"), "{text} {with:?}: {refusal}");
        }
    }
}
