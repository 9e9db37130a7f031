//! Facts about the place a reproduction runs at, gathered once by `xtask` and written into every provenance.

use serde::{Deserialize, Serialize};

/// Where and with what a result was made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Commit of the checkout, or `no git`.
    pub commit: String,
    /// Whether tracked files differed from that commit.
    pub dirty: bool,
    /// BLAKE3 of that difference.
    pub diff_hash: Option<String>,
    /// `rustc --version`.
    pub rustc: String,
    /// BLAKE3 of `Cargo.lock`.
    pub lock_hash: String,
    /// The processor.
    pub cpu: String,
    /// The GPU, where there is one.
    pub gpu: Option<String>,
    /// Its driver.
    pub driver: Option<String>,
    /// Threads used.
    pub threads: usize,
    /// Time of day at the start, RFC 3339, UTC.
    pub created: String,
}
