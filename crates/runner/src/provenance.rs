//! Provenance: how the files of a section came about, written beside them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use experiment::{Device, Profile, Throughput};

use crate::{Level, Origin};

/// One run, as provenance names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The run's name.
    pub name: String,
    /// The hash of its key.
    pub key: String,
    /// Where it was found, if it was not computed for these files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Level>,
    /// How long it took when it was computed.
    pub seconds: f64,
    /// Peak memory of the process that computed it, in bytes, where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// Which of the section's [`Provenance::origins`] it has.
    #[serde(default)]
    pub origin: usize,
    /// How fast it went, where it counts something. Times are no part of any table: tables are the same byte for byte
    /// whenever they are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<Throughput>,
}

/// How a section's files came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Number of the section.
    pub section: String,
    /// Profile it ran under.
    pub profile: Profile,
    /// Seed of everything random.
    pub seed: u64,
    /// Every parameter, as it ran.
    pub params: serde_json::Value,
    /// Where tensors lived.
    pub device: Device,
    /// Where and with what the files were made of the runs.
    #[serde(flatten)]
    pub made: Origin,
    /// Where and with what the runs were computed, each place once.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// Seconds this process took, runs that were there not counted again.
    pub wall_seconds: f64,
    /// Largest peak memory of the processes that computed the runs and made the files, in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// The runs behind the files.
    pub runs: Vec<RunRecord>,
    /// Names of runs that belong to a sweep and were not done when it was gathered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// BLAKE3 of the data sets used, by name.
    pub data_hashes: BTreeMap<String, String>,
    /// BLAKE3 of each file written, by name.
    pub outputs: BTreeMap<String, String>,
    /// Hash of all that the files were made from: while it stands, nothing is made again.
    pub stamp: String,
}

impl Provenance {
    /// Where its runs were computed. A record of before runs said so has the place of its files alone.
    pub fn places(&self) -> &[Origin] {
        if self.origins.is_empty() { std::slice::from_ref(&self.made) } else { &self.origins }
    }
}
