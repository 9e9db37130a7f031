//! Section 2: total and sample statistics.
//!
//! Kaiming initialisation keeps the variance of a pre-activation over samples and networks together at 2 in every layer
//! (Eq. 3), whatever the inputs are, as long as their mean square is 1. That variance is the sum of two parts (Eqs. 4
//! and 5): the variance over the samples of one network, and the square of the sample mean, which differs from network
//! to network. This section measures all of them, each from samples of its own, for four laws of the inputs and several
//! widths, to the depth at which the average over networks still decides anything.

pub mod experiment;
mod report;

/// Section 2.
pub const SECTION: ::report::Section<experiment::Background> = ::report::Section {
    number: "2",
    name: env!("CARGO_PKG_NAME"),
    title: "total and sample statistics",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: experiment::runs::Run::device,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
