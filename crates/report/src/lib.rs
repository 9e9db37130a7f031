//! What a section hands over and shows: tables, figures, measurements; and the program around it. No tensors, no science.
//!
//! A section declares one [`Section`]: its [`experiment::Experiment`] and three pure functions: tables from run results,
//! figures from tables, measurements from tables. Its program is three lines ([`main`]); everything around the work, from
//! the store of runs to provenance, happens here and is the same for all.
//!
//! ```text
//! params + data ──► runs ──► tables ──► figures
//!                              └─────► measurements ──► verdicts
//! ```

mod columns;
mod curves;
pub mod figure;
mod host;
mod produce;
mod program;
mod protocol;
mod recorded;
mod rows;
mod section;
mod table;

pub use columns::{Columns, Count};
pub use host::main;
pub use ledger::{
    CONFIDENCE, Check, Claim, Data, Estimate, Homogeneity, Measurement, NOT_RUN, Register, Scale, Share, Time,
};
pub use produce::{Computed, ProduceError, Produced, compute, judged, produce};
pub use protocol::Protocol;
pub use recorded::{recheck, recorded_tables};
pub use section::{Outcomes, Section, same_for_all, stated};
pub use table::{Table, TableError, Tables};
