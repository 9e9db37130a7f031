//! What the user asks of the sections: profile, device, seed, settings, where the files go.

use std::fs;
use std::path::{Path, PathBuf};

use experiment::{Device, Profile, fields_of};
use runner::messages::Request;
use runner::{Checkout, CommandError, results};

use crate::built::Built;
use crate::checkout;
use crate::code::Code;
use crate::sections::{Section, Workspace};

/// The seed unless another is given: the year of the paper.
const SEED: u64 = 2019;

/// Options shared by `reproduce` and `status`.
#[derive(clap::Args, Debug, Clone)]
pub struct Args {
    /// Sections by number or name; all of them if none is given
    pub sections: Vec<String>,
    /// Sizes: smoke, quick or paper [default: quick, or with --from-records what the record has]
    #[arg(long)]
    pub profile: Option<Profile>,
    /// Where tensors live: cpu or cuda
    #[arg(long, default_value = "cpu")]
    pub device: Device,
    /// Seed of everything random [default: 2019, or with --from-records what the record has]
    #[arg(long, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Set a parameter: section.key=value, for example `simulation.widths=[3000,100000]`
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub sets: Vec<String>,
    /// Write everything that goes under paper/ into this folder instead
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Take runs from the records where the store lacks them; without --profile, at the sizes that the records have
    #[arg(long)]
    pub from_records: bool,
    /// Refuse to compute on stand-ins where real data is not there
    #[arg(long)]
    pub require_data: bool,
    /// Take no run that was computed with another instruction set or card than this machine's
    #[arg(long)]
    pub same_arithmetic: bool,
}

impl Args {
    /// Where tables, figures, claims and the paper go.
    pub fn out(&self, workspace: &Workspace) -> PathBuf {
        out(workspace, self.out.as_deref())
    }

    /// Refuses, before anything is compiled, what can be seen to be wrong without the programs.
    /// Fails when a setting belongs to no section that runs or is of no parameter, or the data folder is none.
    pub fn check(&self, workspace: &Workspace, chosen: &[&Section]) -> Result<(), CommandError> {
        workspace.data()?;
        for (section, key, _) in self.sets(workspace)? {
            let Section { number, name, folder } = section;
            if !chosen.contains(&section) {
                let all = chosen.iter().chain([&section]).map(|section| section.number.as_str());
                let all = all.collect::<Vec<_>>().join(" ");
                return Err(CommandError::usage(format!(
                    "--set {name}.{key}: Section {number} does not run"
                ))
                .advise(format!(
                    "name it as well: `cargo xtask reproduce {all}`, and what else you asked for"
                )));
            }
            let declared = fs::read_to_string(folder.join("src/experiment/params.rs")).unwrap_or_default();
            if !parameters(&declared).any(|known| known == key) {
                let (what, advice) = (
                    format!("parameter of Section {number}"),
                    format!("`cargo xtask reproduce --list {number}` lists them"),
                );
                return Err(CommandError::unknown(&what, &key, parameters(&declared), &advice));
            }
        }
        Ok(())
    }

    /// The settings, each with the section it belongs to.
    /// Fails when one is not of the form `section.key=value`, or names no section.
    pub fn sets<'a>(
        &self,
        workspace: &'a Workspace,
    ) -> Result<Vec<(&'a Section, String, String)>, CommandError> {
        let read = |text: &String| {
            let form = || {
                CommandError::usage(format!("cannot read --set {text}"))
                    .advise("write section.key=value, for example --set theory.depth=80")
            };
            let (name, value) = text.split_once('=').ok_or_else(form)?;
            // The section may be a number with points in it, so the key is what follows the last one.
            let (section, key) = name.rsplit_once('.').ok_or_else(form)?;
            Ok((workspace.section(section)?, key.to_owned(), value.to_owned()))
        };
        self.sets.iter().map(read).collect()
    }
}

/// Names that begin a line of a section's `params.rs` as those of parameters do. What they may be only its program knows.
fn parameters(declared: &str) -> impl Iterator<Item = &str> {
    declared.lines().filter_map(|line| line.trim_start().split_once(": ").map(|(name, _)| name))
}

/// The folder for everything under `paper/`, or the one given instead, as an absolute path.
pub fn out(workspace: &Workspace, given: Option<&Path>) -> PathBuf {
    let out = given.map_or_else(|| workspace.root.join("paper"), Path::to_path_buf);
    std::path::absolute(&out).unwrap_or(out)
}

/// The folder whose results a command shows: that of the checkout, or the one that `reproduce --out` wrote to.
/// Fails when it wrote to none of this name.
pub fn results(workspace: &Workspace, given: Option<&Path>) -> Result<PathBuf, CommandError> {
    let out = out(workspace, given);
    if given.is_none() || out.join("generated").is_dir() {
        return Ok(out);
    }
    let what = format!("--out: no results in {}", out.display());
    Err(CommandError::usage(what).advise("name the folder that `cargo xtask reproduce --out DIR` wrote to"))
}

/// Everything ready to be asked: code hashed, checkout looked at.
pub struct Asker<'a> {
    workspace: &'a Workspace,
    args: &'a Args,
    sets: Vec<(&'a Section, String, String)>,
    code: Code<'a>,
    checkout: Checkout,
    out: PathBuf,
    repeat_before: Option<u64>,
}

impl<'a> Asker<'a> {
    /// Reads the sources and looks at the checkout.
    /// Fails when a setting or a source is unreadable or the lock file is missing.
    pub fn new(
        workspace: &'a Workspace,
        args: &'a Args,
        built: &'a Built,
        repeat_before: Option<u64>,
    ) -> Result<Self, CommandError> {
        let (sets, code) = (args.sets(workspace)?, Code::read(workspace, built)?);
        let checkout = checkout::look(&workspace.root, code.lock_hash());
        Ok(Self { workspace, args, sets, code, checkout, out: args.out(workspace), repeat_before })
    }

    /// The request to a section.
    /// Fails when a dependency of its experiment is not locked.
    pub fn request(&self, section: &Section) -> Result<Request, CommandError> {
        let mine = self.sets.iter().filter(|(owner, ..)| *owner == section);
        let data = self.workspace.data()?;
        let place = self.workspace.records().join(section.slug());
        let record = match self.args.from_records && place.join("provenance.json").is_file() {
            true => Some(results::read(&place)?),
            false => None,
        };
        // Of the record's sizes are its parameters, too; those of another profile are that profile's.
        let sizes = record.as_ref().filter(|_| self.args.profile.is_none());
        let sets = sizes.into_iter().flat_map(|record| fields_of(&record.params));
        let sets = sets.map(|(key, value)| (key.to_owned(), value.to_string()));
        let seed = self.args.seed.or(record.as_ref().map(|record| record.seed)).unwrap_or(SEED);
        let profile = self.args.profile.or(record.as_ref().map(|record| record.profile));
        Ok(Request {
            profile: profile.unwrap_or(Profile::Quick),
            seed,
            device: self.args.device,
            sets: sets.chain(mine.map(|(_, key, value)| (key.clone(), value.clone()))).collect(),
            code: self.code.parts(section)?,
            sources: self.code.sources(section),
            store: self.workspace.store(),
            record: self.args.from_records.then_some(place),
            same_arithmetic: self.args.same_arithmetic,
            register: self.workspace.register(),
            out: self.out.join("generated").join(section.slug()),
            data: data.is_dir().then_some(data),
            require_data: self.args.require_data,
            repeat_before: self.repeat_before,
            gather: false,
            execution: None,
            checkout: self.checkout.clone(),
        })
    }
}

/// Refuses, before any work, an out folder that cannot be written to, or in which something that is not ours would be
/// overwritten.
/// Fails when nothing can be created there, or a paper is there and no results are.
pub fn check_out(workspace: &Workspace, out: &Path) -> Result<(), CommandError> {
    let is_others = out != self::out(workspace, None) && !out.join("generated").is_dir();
    let papers = ["paper.pdf", "paper.html"].map(|name| out.join(name));
    if let Some(paper) = papers.iter().find(|paper| is_others && paper.exists()) {
        return Err(CommandError::usage(format!("{} would be overwritten", paper.display()))
            .advise("move it away, or choose another folder with --out DIR"));
    }
    let attempt = || {
        fs::create_dir_all(out)?;
        tempfile::Builder::new().prefix(runner::atomic::UNFINISHED).tempfile_in(out).map(drop)
    };
    attempt().map_err(|error| {
        CommandError::usage(format!("cannot write to {}", out.display()))
            .because(error)
            .advise("choose another folder with --out DIR, or make this one writable")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner::messages::exit;

    impl Args {
        /// What a command is called with.
        pub fn of(words: &[&str]) -> Self {
            use clap::{Args, FromArgMatches};
            let matches =
                Self::augment_args(clap::Command::new("x")).get_matches_from([&["x"], words].concat());
            Self::from_arg_matches(&matches).unwrap()
        }
    }

    #[test]
    fn a_record_is_asked_for_as_it_is_unless_other_sizes_are_named() {
        let root = crate::sections::tests::workspace(&[("1", "a")]);
        let record = serde_json::json!({"section": "1", "profile": "paper", "seed": 7, "params": {"depth": 50}, "device": "cpu",
            "commit": "c", "dirty": false, "diff_hash": null, "rustc": "r", "lock_hash": "l", "cpu": "p", "gpu": null,
            "driver": null, "threads": 1, "created": "", "wall_seconds": 1.0, "peak_memory_bytes": null, "runs": [],
            "data_hashes": {}, "outputs": {}, "stamp": ""});
        for (name, text) in [
            ("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n".to_owned()),
            ("crates/1-a/src/experiment/mod.rs", String::new()),
            ("data/records/1-a/provenance.json", record.to_string()),
        ] {
            runner::atomic::write(&root.path().join(name), text.as_bytes()).unwrap();
        }
        let (workspace, built) = (Workspace::at(root.path()).unwrap(), Built::default());
        let asked = |words: &[&str]| {
            let args = Args::of(words);
            let asker = Asker::new(&workspace, &args, &built, None).unwrap();
            let Request { profile, seed, sets, record, .. } = asker.request(&workspace.sections[0]).unwrap();
            (
                profile,
                seed,
                sets.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" "),
                record.is_some(),
            )
        };
        assert_eq!(asked(&[]), (Profile::Quick, SEED, String::new(), false));
        assert_eq!(asked(&["--from-records"]), (Profile::Paper, 7, "depth=50".to_owned(), true));
        let more = ["--from-records", "--seed", "8", "--set", "a.depth=60"];
        assert_eq!(asked(&more), (Profile::Paper, 8, "depth=50 depth=60".to_owned(), true));
        let other = ["--from-records", "--profile", "quick", "--set", "a.depth=60"];
        assert_eq!(asked(&other), (Profile::Quick, 7, "depth=60".to_owned(), true));
    }

    #[test]
    fn an_out_folder_is_writable_and_holds_no_paper_of_others() {
        let root = crate::sections::tests::workspace(&[("3.1", "theory")]);
        let workspace = Workspace::at(root.path()).unwrap();
        let [out, checkout] = ["out", "paper"].map(|name| root.path().join(name));
        fs::create_dir(&out).unwrap();
        fs::write(out.join("paper.pdf"), "the user's").unwrap();
        assert_eq!(check_out(&workspace, &out).unwrap_err().code, exit::USAGE);
        assert_eq!(check_out(&workspace, &out.join("paper.pdf")).unwrap_err().code, exit::USAGE);
        assert_eq!(results(&workspace, Some(&out)).unwrap_err().code, exit::USAGE);
        fs::create_dir(out.join("generated")).unwrap();
        fs::write(checkout.join("paper.pdf"), "ours").unwrap();
        check_out(&workspace, &results(&workspace, Some(&out)).unwrap()).unwrap();
        check_out(&workspace, &results(&workspace, None).unwrap()).unwrap();
    }

    #[test]
    fn settings_that_nothing_would_use_are_refused_before_anything_is_compiled() {
        let root = crate::sections::tests::workspace(&[("3.1", "theory"), ("3.2", "simulation")]);
        let params = "pub struct Params {
                /// Layers.
                depth: Count<2, 9> = 5;
            }";
        let place = root.path().join("crates/3.1-theory/src/experiment/params.rs");
        runner::atomic::write(&place, params.as_bytes()).unwrap();
        let workspace = Workspace::at(root.path()).unwrap();
        let check = |words: &[&str]| {
            let args = Args::of(words);
            let chosen = workspace.choose(&args.sections).unwrap();
            args.check(&workspace, &chosen).map_err(|error| format!("{} {error:?}", error.code))
        };
        check(&["3.1", "--set", "theory.depth=7"]).unwrap();
        check(&["--set", "3.1.depth=7"]).unwrap();
        for (words, told) in [
            (["3.2", "--set", "theory.depth=7"], "Section 3.1 does not run"),
            (["3.1", "--set", "theory.detph=7"], "did you mean `depth`?"),
            (["3.1", "--set", "nothing.depth=7"], "no section `nothing`"),
            (["3.1", "--set", "theory.depth"], "section.key=value"),
        ] {
            let refused = check(&words).unwrap_err();
            assert!(refused.starts_with("2 ") && refused.contains(told), "{refused}");
        }
    }
}
