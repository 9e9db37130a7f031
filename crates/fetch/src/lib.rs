//! The data sets of the paper, brought to their places: downloaded or taken from disk, and checked. Which files these are
//! and what they hold says the crate `datasets`, which alone decides what is real; where they come from and on what terms
//! says the catalogue, `data/datasets.toml`. The program of this crate is `cargo xtask data`.

// Output that nobody reads is no reason to stop: these take the places of the standard library's.
#[macro_use(eprintln)]
extern crate runner;

mod archive;
mod catalogue;
mod download;
mod error;
mod fetch;
mod import;
mod meter;
mod status;
#[cfg(test)]
mod tests;

pub use catalogue::{Archive, ArchiveName, Catalogue, DataSet};
pub use download::Downloader;
pub use error::TransferError;
pub use fetch::fetch;
pub use import::{Imported, import};
pub use status::SetStatus;
