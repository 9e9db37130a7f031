//! Section 5: the three initialisations in training.
//!
//! ALL-CNN-C on CIFAR-10 and U-Net on ISBI 2012, each trained by momentum SGD and by Adam, from scale initialisation
//! (Eq. 13), from scale+bias initialisation (Eq. 14), and with batch normalisation, as in Fig. 4. Seeds are replicates:
//! runs that differ in their initialisation alone start from the same random numbers and see the same minibatches.

pub mod experiment;
mod report;

/// Section 5.
pub const SECTION: ::report::Section<experiment::Training> = ::report::Section {
    number: "5",
    name: env!("CARGO_PKG_NAME"),
    title: "the three initialisations in training",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: ::report::same_for_all::<experiment::Training>,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
