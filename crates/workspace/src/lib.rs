//! The workspace as something to be read: its crates, the sections of the paper in their order, and the sources that a
//! result depends on.
//!
//! Everything stands on one side of a line. What computes is *keyed*: the folder `src/experiment` of a section, and the
//! library crates whose manifest says `keyed = true` in `[package.metadata.library]`. What shows is not. [`Sources::of`]
//! hashes both sides for one section; [`embed`], called from the section's build script, compiles the same hashes into its
//! program, so that a program can be asked which sources it was made of.

mod crates;
mod embed;
mod error;
mod files;
mod sections;
mod sources;
mod tokens;

pub use crates::{Crate, Crates, Side};
pub use embed::embed;
pub use error::WorkspaceError;
pub use files::{is_leftover, source_files};
pub use sections::{SectionCrate, by_number, root_above, sections};
pub use sources::{Sources, bytes};
