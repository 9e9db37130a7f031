//! What a section of the paper is and what it hands over. No tensors, no science.
//!
//! A section implements [`Section`]: checked parameters for each profile, the runs they call for, and three pure
//! functions: tables from run results, figures from tables, measurements from tables. Its program is three lines
//! ([`main`]); everything around the work, from the run cache to provenance, happens here and is the same for all.
//!
//! ```text
//! params + data ──► runs ──► tables ──► figures
//!                              └─────► measurements ──► verdicts
//! ```

pub mod figure;
mod host;
mod params;
mod produce;
mod protocol;
mod section;
mod standing;
mod table;

pub use flow::{Device, Profile, Throughput};
pub use host::main;
pub use ledger::{Check, Data, Estimate, Measurement, Scale};
pub use params::{Count, ParamsError, merged};
pub use produce::{Computed, ProduceError, Produced, compute, produce};
pub use protocol::Protocol;
pub use section::{Context, Failure, Inputs, Section};
pub use standing::Standing;
pub use table::{Table, TableError, Tables};
