//! Section 4: batch normalisation and exploding gradients.
//!
//! Batch normalisation, and biases and scales set from the data, keep the sample variance of every layer at one (Eq.
//! 12). What they pay is the factor 1/σ_s by which each layer is amplified, forward and backward: gradients explode.
//! This section draws the paper's Fig. 3 at its own size, fits the slopes, and follows what the paper leaves unstated:
//! how they depend on the size of the batch and on the layers that are fitted, and what samples outside the batch see.

pub mod experiment;
mod report;

/// Section 4.
pub const SECTION: ::report::Section<experiment::BatchNorm> = ::report::Section {
    number: "4",
    name: env!("CARGO_PKG_NAME"),
    title: "batch normalisation and exploding gradients",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: experiment::runs::Run::device,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
