//! Runs: their keys, their store, their provenance, and the words in which sections and `xtask` speak.
//!
//! A run is the unit of work of the reproduction: independent, seeded, stored, resumable. Its [`Key`] hashes all that can
//! change its result; the [`Store`] keeps results under their keys, checks them on reading and never shows a half-written
//! one. [`messages`] holds the requests and events, one JSON object a line, between `xtask` and the section programs, and
//! [`executor`] has runs computed here or by a scheduler; [`Provenance`] says afterwards how a section's files came about, and [`results`] which of them are a whole result.

pub mod atomic;
mod checkpoints;
mod command_error;
pub mod executor;
mod file_error;
mod key;
mod lock;
mod memory;
pub mod messages;
mod origin;
pub mod output;
mod program;
mod provenance;
pub mod results;
mod store;

pub use checkpoints::CheckpointFiles;
pub use command_error::CommandError;
pub use experiment::told;
pub use file_error::FileError;
pub use key::{FORMAT, Key, Part};
pub use lock::Lock;
pub use memory::peak_memory_bytes;
pub use origin::{Checkout, Origin, cpu, host, instruction_set};
pub use program::Program;
pub use provenance::{Provenance, RunRecord};
pub use store::{EntryError, Header, Level, Lookup, Store, StoreError, Usage};
