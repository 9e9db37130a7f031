//! A section as the program around it sees it, whatever the types of its parameters, runs and outcomes are. What is written
//! for these types is compiled anew for every section; what is written for [`Program`] is compiled once. An outcome is here
//! what the store keeps of it: its bytes.

use std::collections::HashMap;
use std::path::Path;

use experiment::{
    Context, Device, Experiment, ExperimentError, Inputs, Parameters, Profile, Throughput, checked, fields_of,
};
use ledger::{Entry, Register};
use serde_json::{Map, Value};

use crate::{Outcomes, ProduceError, Produced, Section, Tables, judged, produce};

/// What runs gave, by their names.
pub(crate) type Given = HashMap<String, Vec<u8>>;

/// Units of work done and in all are told to it.
pub(crate) type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// What a section says of itself, as in [`Section`].
#[derive(Clone, Copy)]
pub(crate) struct About {
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) sources: &'static str,
    pub(crate) rustc: &'static str,
}

impl About {
    /// As [`Section::folder`].
    pub(crate) fn folder(&self) -> String {
        folder(self.number, self.name)
    }
}

/// Name of the folder that holds a section's files.
pub(crate) fn folder(number: &str, name: &str) -> String {
    format!("{number}-{name}")
}

/// A section.
pub(crate) trait Program: Sync {
    /// What it says of itself.
    fn about(&self) -> About;
    /// Its parameters, each with its meaning.
    fn parameters(&self) -> Vec<(&'static str, String)>;
    /// What they are in a profile.
    fn defaults(&self, profile: Profile) -> Map<String, Value>;
    /// Its experiments by the parameters of a profile and a user's settings, which are checked.
    fn experiments(
        &self,
        profile: Profile,
        sets: &[(String, String)],
    ) -> Result<Box<dyn Experiments + '_>, ExperimentError>;
    /// Its rows of the ledger, by tables.
    fn judged(&self, tables: &Tables, register: &Register) -> Result<Vec<Entry>, ProduceError>;
}

/// The experiments of a section by some parameters: see [`Experiment`].
pub(crate) trait Experiments: Sync {
    fn params(&self) -> Result<Value, ExperimentError>;
    fn inputs(&self, data: Option<&Path>) -> Result<Inputs, ExperimentError>;
    fn is_sweep(&self) -> bool;
    fn runs(&self, asked: Device) -> Result<Vec<Run>, ExperimentError>;
    /// The runs that only those outcomes can name.
    fn further(&self, given: &Given, asked: Device) -> Result<Vec<Run>, ExperimentError>;
    fn work_ahead(&self) -> u64;
    fn side_by_side(&self, device: Device, threads: usize) -> usize;
    /// Tables, figures and judged measurements of the runs that are there.
    fn produce(&self, given: &Given, register: &Register) -> Result<Produced, ExperimentError>;
}

/// A run.
pub(crate) struct Run {
    pub(crate) name: String,
    pub(crate) work: u64,
    /// The device that it uses.
    pub(crate) device: Device,
    /// All that its result depends on.
    pub(crate) parameters: Value,
    typed: Box<dyn Execute>,
}

impl Run {
    /// Executes it, and returns what it gave.
    pub(crate) fn execute(&self, context: &Context, progress: Progress) -> Result<Vec<u8>, ExperimentError> {
        self.typed.execute(context, progress)
    }

    /// How fast it went, by what it gave.
    pub(crate) fn throughput(&self, gave: &[u8]) -> Result<Option<Throughput>, ExperimentError> {
        self.typed.throughput(gave)
    }
}

/// A run of its own type.
trait Execute: Send + Sync {
    fn execute(&self, context: &Context, progress: Progress) -> Result<Vec<u8>, ExperimentError>;
    fn throughput(&self, gave: &[u8]) -> Result<Option<Throughput>, ExperimentError>;
}

struct RunOf<E: Experiment>(E::Run);

impl<E: Experiment> Execute for RunOf<E> {
    fn execute(&self, context: &Context, progress: Progress) -> Result<Vec<u8>, ExperimentError> {
        Ok(postcard::to_stdvec(&E::execute(&self.0, context, progress)?)?)
    }

    fn throughput(&self, gave: &[u8]) -> Result<Option<Throughput>, ExperimentError> {
        Ok(E::throughput(&self.0, &postcard::from_bytes(gave)?))
    }
}

impl<E: Experiment + 'static> Program for Section<E> {
    fn about(&self) -> About {
        let Self { number, name, title, sources, rustc, .. } = *self;
        About { number, name, title, sources, rustc }
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        E::Params::described()
    }

    fn defaults(&self, profile: Profile) -> Map<String, Value> {
        fields_of(&E::Params::of(profile))
    }

    fn experiments(
        &self,
        profile: Profile,
        sets: &[(String, String)],
    ) -> Result<Box<dyn Experiments + '_>, ExperimentError> {
        Ok(Box::new(Of { section: self, params: checked::<E>(profile, sets)? }))
    }

    fn judged(&self, tables: &Tables, register: &Register) -> Result<Vec<Entry>, ProduceError> {
        Ok(judged(self, tables, register)?.1)
    }
}

/// A run of its own type with what it gave.
type Outcome<E> = (<E as Experiment>::Run, <E as Experiment>::Outcome);

/// A section with parameters.
struct Of<'a, E: Experiment> {
    section: &'a Section<E>,
    params: E::Params,
}

impl<E: Experiment + 'static> Of<'_, E> {
    fn described(&self, runs: Vec<E::Run>, asked: Device) -> Result<Vec<Run>, ExperimentError> {
        let mut all = Vec::with_capacity(runs.len());
        for run in runs {
            all.push(Run {
                name: E::name(&run),
                work: E::work(&run),
                device: (self.section.device)(&run, asked),
                parameters: serde_json::to_value(&run)?,
                typed: Box::new(RunOf::<E>(run)),
            });
        }
        Ok(all)
    }

    /// Those of the runs that gave something, with that.
    fn outcomes(runs: Vec<E::Run>, given: &Given) -> Result<Vec<Outcome<E>>, ExperimentError> {
        let mut outcomes = Vec::with_capacity(runs.len());
        for run in runs {
            if let Some(gave) = given.get(&E::name(&run)) {
                outcomes.push((run, postcard::from_bytes(gave)?));
            }
        }
        Ok(outcomes)
    }

    fn called_for(&self, outcomes: &Outcomes<E>) -> Vec<E::Run> {
        if E::SWEEP { E::further(&self.params, outcomes) } else { Vec::new() }
    }
}

impl<E: Experiment + 'static> Experiments for Of<'_, E> {
    fn params(&self) -> Result<Value, ExperimentError> {
        Ok(serde_json::to_value(&self.params)?)
    }

    fn inputs(&self, data: Option<&Path>) -> Result<Inputs, ExperimentError> {
        E::inputs(&self.params, data)
    }

    fn is_sweep(&self) -> bool {
        E::SWEEP
    }

    fn runs(&self, asked: Device) -> Result<Vec<Run>, ExperimentError> {
        self.described(E::runs(&self.params), asked)
    }

    fn further(&self, given: &Given, asked: Device) -> Result<Vec<Run>, ExperimentError> {
        let outcomes = Self::outcomes(E::runs(&self.params), given)?;
        self.described(self.called_for(&outcomes), asked)
    }

    fn work_ahead(&self) -> u64 {
        E::work_ahead(&self.params)
    }

    fn side_by_side(&self, device: Device, threads: usize) -> usize {
        E::side_by_side(device, threads)
    }

    fn produce(&self, given: &Given, register: &Register) -> Result<Produced, ExperimentError> {
        let mut outcomes = Self::outcomes(E::runs(&self.params), given)?;
        let further = self.called_for(&outcomes);
        outcomes.extend(Self::outcomes(further, given)?);
        Ok(produce(self.section, &self.params, &outcomes, register)?)
    }
}
