//! Checkpoints: all that the rest of a run depends on, in a file that is checked when it is read.
//!
//! A file holds a BLAKE3 checksum of what follows, the identity of the run, and the [`Checkpoint`]. Two generations take
//! turns: while one is written, atomically, the other stands, so that neither a kill, nor a full disk, nor a damaged file
//! costs more than the iterations between two checkpoints.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use datasets::Source;
use runner::atomic;
use serde::{Deserialize, Serialize};

use crate::experiment::runs::{Failure, Outcome, Run};

/// Version of the format.
const FORMAT: u32 = 1;
/// Bytes of a checksum.
const CHECKSUM: usize = blake3::OUT_LEN;

/// A run on its way. Its place in the order of minibatches is the number of losses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The network's, one list per tensor.
    pub parameters: Vec<Vec<f32>>,
    /// Steps that the optimiser took.
    pub steps: u64,
    /// What it remembers of them.
    pub memory: Vec<Vec<f32>>,
    /// What the run gave so far.
    pub outcome: Outcome,
}

/// What a checkpoint is a checkpoint of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity(String);

impl Identity {
    /// A run with everything that its result depends on, as text.
    ///
    /// # Errors
    /// Never for a run.
    pub fn of(run: &Run, seed: u64, source: Source) -> Result<Self, Failure> {
        Ok(Self(format!("format {FORMAT}, seed {seed}, {source} images, {}", serde_json::to_string(run)?)))
    }
}

/// Why a file is no checkpoint to continue from.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error("its checksum does not match")]
    Checksum,
    #[error("its content cannot be read: {0}")]
    Content(#[from] postcard::Error),
    #[error("it belongs to another configuration")]
    Stranger,
}

/// The checkpoints of a run: two files in a folder of its own.
#[derive(Debug, Clone)]
pub struct Generations {
    files: [PathBuf; 2],
    every: u64,
    identity: Identity,
}

impl Generations {
    /// Those in a folder, which need not exist yet, made every so many steps.
    pub fn new(folder: &Path, every: u64, identity: Identity) -> Self {
        Self { files: ["even", "odd"].map(|name| folder.join(format!("{name}.checkpoint"))), every, identity }
    }

    /// The newest sound checkpoint of this run. Files that are not are told of and passed over.
    pub fn newest(&self, warn: impl Fn(&str)) -> Option<Checkpoint> {
        let sound = self.files.iter().filter_map(|file| match self.read(file) {
            Ok(checkpoint) => Some(checkpoint),
            Err(Unfit::Unreadable(error)) if error.kind() == ErrorKind::NotFound => None,
            Err(unfit) => {
                warn(&format!("the checkpoint {} is passed over: {unfit}", file.display()));
                None
            }
        });
        sound.max_by_key(|checkpoint| checkpoint.steps)
    }

    /// Keeps a checkpoint in place of the older one. Where it cannot be kept, that is told, and the newer one stands.
    pub fn keep(&self, checkpoint: &Checkpoint, warn: impl Fn(&str)) {
        if let Err(error) = self.write(checkpoint) {
            let steps = checkpoint.steps;
            warn(&format!("no checkpoint after {steps} steps: {error}; the one before it stands"));
        }
    }

    fn write(&self, checkpoint: &Checkpoint) -> Result<(), Failure> {
        let content = postcard::to_stdvec(&(&self.identity.0, checkpoint))?;
        let checksum = blake3::hash(&content);
        atomic::write_with(self.file_after(checkpoint.steps), |file| {
            file.write_all(checksum.as_bytes())?;
            file.write_all(&content)
        })?;
        Ok(())
    }

    /// The file for a checkpoint after so many steps: they take turns.
    fn file_after(&self, steps: u64) -> &Path {
        &self.files[(steps / self.every % 2) as usize]
    }

    fn read(&self, file: &Path) -> Result<Checkpoint, Unfit> {
        let bytes = fs::read(file)?;
        let (checksum, content) = bytes.split_at_checked(CHECKSUM).ok_or(Unfit::Checksum)?;
        if blake3::hash(content).as_bytes() != checksum {
            return Err(Unfit::Checksum);
        }
        let (identity, rest) = postcard::take_from_bytes::<String>(content)?;
        if identity != self.identity.0 {
            return Err(Unfit::Stranger);
        }
        Ok(postcard::from_bytes(rest)?)
    }
}

#[cfg(test)]
mod tests;
