//! What an experiment of the paper is: checked parameters for each profile, the runs that they call for, and how one run
//! is executed. A section implements [`Experiment`] in its folder `experiment/`; every file there, and every file of this
//! crate, is part of the keys of its runs.

mod checkpoints;
mod context;
mod count;
mod described;
mod experiment;
mod parameters;
mod profile;
mod seeds;
mod status;

pub use checkpoints::{Checkpoints, Interrupted, Interruption, StopsAtCheckpoint};
pub use context::Context;
pub use count::{Count, List};
pub use described::{accepted, described};
pub use experiment::{Experiment, ExperimentError, Inputs, RunRefused, Throughput, checked, told};
pub use parameters::{Parameters, ParamsError, fields_of, merged};
pub use profile::{Device, Profile, UnknownWord};
pub use seeds::Seeds;
pub use status::Status;
