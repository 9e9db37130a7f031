//! Compiles the paper with Typst to PDF and HTML.
//!
//! Typesetting is the last step of the way of the data: it reads what the sections left behind (tables, figures,
//! claims, provenance) and the prose under `paper/`, and sets both as one document, twice: `paper.pdf` and a
//! single-file `paper.html` with MathML. It computes nothing of its own. What the Typst files see is a small virtual
//! file system, described in [`World`](world::PaperWorld):
//!
//! | path in Typst | what it is |
//! |---|---|
//! | `/paper.typ`, `/template.typ`, `/sections/*.typ`, … | the files under `paper/` |
//! | `/generated/<section>/…` | tables and figures of a section: fresh, or from its record |
//! | `/against/<section>/…` | those of the results that this paper is compared with |
//! | `/crates/…` | the sources, read only |
//! | `/regions/<file>/<region>` | a marked region of a source file, as JSON (see [`regions`]) |
//! | `/claims.json` | the merged ledger |
//! | `/manifest.json` | sections in paper order, their results and provenance, and all claims (see [`manifest`]) |
//! | `/sections-index.typ`, `/appendix-index.typ` | include every page of `paper/sections` in the paper's order |
//!
//! Fonts are the ones embedded in the program; there is no network, no packages and no clock.

mod against;
pub mod claims;
pub mod diagnostics;
mod job;
pub mod manifest;
mod print;
pub mod regions;
mod repeats;
pub mod sections;
mod web;
pub mod world;

pub use job::{Job, Paper, TypesetError};
pub use repeats::{Profiles, Repeats};
