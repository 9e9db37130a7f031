//! What an experiment of the paper is: checked parameters for each profile, the runs that they call for, and how one run
//! is executed. A section implements [`Experiment`] in its folder `experiment/`; every file there, and every file of this
//! crate, is part of the keys of its runs.

mod context;
mod experiment;
mod profile;
mod settings;
mod status;

pub use context::Context;
pub use experiment::{Experiment, ExperimentError, Inputs, Throughput};
pub use profile::{Device, Profile, UnknownWord};
pub use settings::{Count, ParamsError, fields_of, merged};
pub use status::Status;
