//! What a run may use besides its own parameters: seeds, the device, data, a place for checkpoints, and a voice.

use std::path::PathBuf;
use std::sync::Arc;

use crate::{Checkpoints, Device, Interruption, Seeds, Status};

/// What a run may use besides its own parameters.
#[derive(Debug, Clone)]
pub struct Context {
    /// Seeds of everything random.
    pub seeds: Seeds,
    /// Where tensors live.
    pub device: Device,
    /// Where real data lies, if it was found.
    pub data: Option<PathBuf>,
    /// Where a long run keeps what it needs to continue after an interruption. None where nothing is kept.
    pub checkpoints: Option<Arc<dyn Checkpoints>>,
    /// Whether runs are to stop.
    pub interruption: Interruption,
    /// Says something that the user should know, in one line.
    pub warn: fn(&str),
    /// How the run is doing, shown beside its progress.
    pub status: Status,
}

impl Context {
    /// A context on the processor without data, where nothing is kept: for tests.
    pub fn bare(seed: u64) -> Self {
        Self {
            seeds: Seeds::new("test", seed),
            device: Device::Cpu,
            data: None,
            checkpoints: None,
            interruption: Interruption::default(),
            warn: |message| eprintln!("warning: {message}"),
            status: Status::default(),
        }
    }
}
