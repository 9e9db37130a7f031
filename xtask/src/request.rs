//! What the user asks of the sections: profile, device, seed, settings, where the files go.

use std::fs;
use std::path::{Path, PathBuf};

use experiment::{Device, Profile};
use runner::Facts;
use runner::protocol::Request;

use crate::code;
use crate::locked::Locked;
use crate::sections::{Section, Workspace};
use crate::stop::Stop;

/// The seed unless another is given: the year of the paper.
const SEED: u64 = 2019;

/// Options shared by `reproduce` and `status`.
#[derive(clap::Args, Debug, Clone)]
pub struct Args {
    /// Sections by number or name; all of them if none is given
    pub sections: Vec<String>,
    /// Sizes: smoke, quick or paper
    #[arg(long, default_value = "quick")]
    pub profile: Profile,
    /// Where tensors live: cpu or cuda
    #[arg(long, default_value = "cpu")]
    pub device: Device,
    /// Seed of everything random
    #[arg(long, default_value_t = SEED)]
    pub seed: u64,
    /// Set a parameter: section.key=value, for example `simulation.widths=[3000,100000]`
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub sets: Vec<String>,
    /// Write everything that goes under paper/ into this folder instead
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

impl Args {
    /// Where tables, figures, claims and the paper go.
    pub fn out(&self, workspace: &Workspace) -> PathBuf {
        out(workspace, self.out.as_deref())
    }

    /// The settings, each with the section it belongs to.
    ///
    /// # Errors
    /// When one is not of the form `section.key=value`, or names no section.
    pub fn sets<'a>(&self, workspace: &'a Workspace) -> Result<Vec<(&'a Section, String, String)>, Stop> {
        let read = |text: &String| {
            let form = || {
                Stop::usage(format!("cannot read --set {text}"))
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

/// The folder for everything under `paper/`, or the one given instead, as an absolute path.
pub fn out(workspace: &Workspace, given: Option<&Path>) -> PathBuf {
    let out = given.map_or_else(|| workspace.root.join("paper"), Path::to_path_buf);
    std::path::absolute(&out).unwrap_or(out)
}

/// Everything ready to be asked: code hashed, facts gathered.
pub struct Asker<'a> {
    workspace: &'a Workspace,
    args: &'a Args,
    sets: Vec<(&'a Section, String, String)>,
    locked: Locked,
    facts: Facts,
    out: PathBuf,
    force: bool,
}

impl<'a> Asker<'a> {
    /// Reads the lock file and gathers the facts.
    ///
    /// # Errors
    /// When a setting is unreadable or the lock file is missing.
    pub fn new(workspace: &'a Workspace, args: &'a Args, force: bool) -> Result<Self, Stop> {
        let sets = args.sets(workspace)?;
        let locked = Locked::read(&workspace.root)?;
        let facts = crate::facts::gather(&workspace.root, &locked);
        Ok(Self { workspace, args, sets, locked, facts, out: args.out(workspace), force })
    }

    /// The request to a section.
    ///
    /// # Errors
    /// When its code cannot be hashed.
    pub fn request(&self, section: &Section) -> Result<Request, Stop> {
        let mine = self.sets.iter().filter(|(owner, ..)| *owner == section);
        let data = self.workspace.data();
        Ok(Request {
            profile: self.args.profile,
            seed: self.args.seed,
            device: self.args.device,
            sets: mine.map(|(_, key, value)| (key.clone(), value.clone())).collect(),
            code: code::parts(self.workspace, section, &self.locked)?,
            cache: self.workspace.cache(),
            register: self.workspace.register(),
            out: self.out.join("generated").join(section.slug()),
            data: data.is_dir().then_some(data),
            force: self.force,
            gather: false,
            facts: self.facts.clone(),
        })
    }

    /// Refuses, before any work, an out folder that cannot be written to.
    ///
    /// # Errors
    /// When nothing can be created there.
    pub fn check_out(&self) -> Result<(), Stop> {
        let attempt = || {
            fs::create_dir_all(&self.out)?;
            tempfile::Builder::new().prefix(runner::atomic::UNFINISHED).tempfile_in(&self.out).map(drop)
        };
        attempt().map_err(|error| {
            Stop::usage(format!("cannot write to {}: {error}", self.out.display()))
                .advise("choose another folder with --out DIR, or make this one writable")
        })
    }
}
