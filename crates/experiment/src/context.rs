//! What a run may use besides its own parameters: seeds, the device, data, a place for checkpoints, and a voice.

use std::path::PathBuf;

use crate::{Device, Status};

/// What a run may use besides its own parameters.
#[derive(Debug, Clone)]
pub struct Context {
    /// Seed of everything random.
    pub seed: u64,
    /// Where tensors live.
    pub device: Device,
    /// Where real data lies, if it was found.
    pub data: Option<PathBuf>,
    /// A folder for what a long run keeps to continue after an interruption. It is this run's own, need not exist yet,
    /// and goes when the run's result is cached. None where there is no cache.
    pub scratch: Option<PathBuf>,
    /// Says something that the user should know, in one line.
    pub warn: fn(&str),
    /// How the run is doing, shown beside its progress.
    pub status: Status,
}

impl Context {
    /// A context on the processor without data and without a cache: for tests.
    pub fn bare(seed: u64) -> Self {
        let warn = |message: &str| eprintln!("warning: {message}");
        Self { seed, device: Device::Cpu, data: None, scratch: None, warn, status: Status::default() }
    }
}
