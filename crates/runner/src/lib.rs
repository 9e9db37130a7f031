//! Runs: their keys, their cache, their provenance, and the words in which sections and `xtask` speak.
//!
//! A run is the unit of work of the reproduction: independent, seeded, cached, resumable. Its [`Key`] hashes all that
//! can change its result; the [`Cache`] keeps results under their keys, checks them on reading and never shows a
//! half-written one. [`protocol`] holds the requests and events, one JSON object a line, between `xtask` and the section
//! binaries, [`Provenance`] says afterwards how a section's files came about, and [`results`] which of them are a whole
//! result.

pub mod atomic;
mod cache;
mod facts;
mod key;
mod lock;
mod memory;
mod program;
pub mod protocol;
mod provenance;
pub mod results;

pub use cache::{Cache, CacheError, Header, Lookup, Usage};
pub use facts::Facts;
pub use key::{FORMAT, Key, Part};
pub use lock::{Lock, LockError};
pub use memory::peak_memory_bytes;
pub use program::program_stamp;
pub use provenance::{Provenance, RunRecord};
