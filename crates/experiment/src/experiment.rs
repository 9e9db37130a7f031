//! The interface between an experiment and what plans, executes and keeps its runs.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Context, Device, Parameters, Profile, merged};

/// Why an experiment cannot go on: any error, with its sources.
pub type ExperimentError = Box<dyn Error + Send + Sync>;

/// An error with everything that lies behind it, in one line.
pub fn told(error: &(dyn Error + 'static)) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", told(source)),
        None => error.to_string(),
    }
}

/// The parameters of a profile with the user's settings laid over them, checked one by one and together.
///
/// # Errors
/// What is wrong, before any work starts.
pub fn checked<E: Experiment>(
    profile: Profile,
    sets: &[(String, String)],
) -> Result<E::Params, ExperimentError> {
    let params = merged(profile, sets)?;
    E::check(&params).map(|()| params)
}

/// A run that cannot be done as it is asked for.
#[derive(Debug, thiserror::Error)]
#[error("run {run}")]
pub struct RunRefused {
    run: String,
    #[source]
    error: ExperimentError,
}

impl RunRefused {
    /// Says of which run an error is, for `map_err`.
    pub fn named<E: Into<ExperimentError>>(run: impl Into<String>) -> impl FnOnce(E) -> ExperimentError {
        move |error| Self { run: run.into(), error: error.into() }.into()
    }
}

/// The data sets that runs read: BLAKE3 by name. Part of every run's key.
pub type Inputs = BTreeMap<String, String>;

/// How fast a run went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Throughput {
    /// So many a second.
    pub per_second: f64,
    /// Of what.
    pub of: String,
}

/// The experiments of a section.
pub trait Experiment {
    /// The parameters, as [`parameters!`](crate::parameters) declares them.
    type Params: Parameters;
    /// One run: all parameters that its result depends on, and no other.
    type Run: Serialize + Clone + Send + Sync;
    /// What a run gives.
    type Outcome: Serialize + DeserializeOwned + Send;

    /// Whether the runs are a sweep: results are worth something before all of them are there, and some may be called for
    /// by the outcomes of others ([`Experiment::further`]).
    const SWEEP: bool = false;

    /// What no single parameter can check: combinations, sizes beyond memory.
    ///
    /// # Errors
    /// What is wrong, naming parameters and limit, before any work starts.
    fn check(_params: &Self::Params) -> Result<(), ExperimentError> {
        Ok(())
    }

    /// The device it uses of the one asked for: experiments without tensors stay on the processor.
    fn device(_asked: Device) -> Device {
        Device::Cpu
    }

    /// The data sets it reads.
    ///
    /// # Errors
    /// When data is there but cannot be read.
    fn inputs(_params: &Self::Params, _data: Option<&Path>) -> Result<Inputs, ExperimentError> {
        Ok(Inputs::new())
    }

    /// The runs that the parameters call for, in order.
    fn runs(params: &Self::Params) -> Vec<Self::Run>;

    /// The runs that only the outcomes of those can name, such as runs at the learning rate that was found to be fastest.
    fn further(_params: &Self::Params, _outcomes: &[(Self::Run, Self::Outcome)]) -> Vec<Self::Run> {
        Vec::new()
    }

    /// How much work a run is, in any unit that is the same for all runs of the section: the time left is told by it.
    fn work(_run: &Self::Run) -> u64 {
        1
    }

    /// Work of the runs that only outcomes can name, as far as it is known without them.
    fn work_ahead(_params: &Self::Params) -> u64 {
        0
    }

    /// How many runs go side by side on a device where there are so many threads, of which each gets its share. More than
    /// one pays where a run is too small to keep all of them busy. Results do not depend on it.
    fn side_by_side(_device: Device, _threads: usize) -> usize {
        1
    }

    /// A run's name, unique within the section, made of what tells it from the others.
    fn name(run: &Self::Run) -> String;

    /// Executes a run, telling its progress in units of work done and in all.
    ///
    /// # Errors
    /// Why it failed; nothing is kept then.
    fn execute(
        run: &Self::Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Self::Outcome, ExperimentError>;

    /// How fast a run went, where it counts something. It goes into the provenance.
    fn throughput(_run: &Self::Run, _outcome: &Self::Outcome) -> Option<Throughput> {
        None
    }
}
