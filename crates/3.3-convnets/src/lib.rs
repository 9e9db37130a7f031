//! Section 3.3: ALL-CNN-C and U-Net at initialisation.
//!
//! The ratio of sample mean to sample standard deviation (Eq. 9) in every layer of two real networks on real images, as
//! in the middle and right parts of Fig. 2, and the same with one part of each network taken out: the part that the
//! paper holds responsible for what its figure shows.

pub mod experiment;
mod report;

/// Section 3.3.
pub const SECTION: ::report::Section<experiment::ConvNets> = ::report::Section {
    number: "3.3",
    name: env!("CARGO_PKG_NAME"),
    title: "ALL-CNN-C and U-Net at initialisation",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: ::report::same_for_all::<experiment::ConvNets>,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
