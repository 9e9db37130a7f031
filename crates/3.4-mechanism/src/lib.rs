//! Section 3.4: why the sample variance decays.
//!
//! A feedforward ReLU network does two things in turn: it multiplies by a random matrix, and it rectifies. The first
//! leaves the ratio of squared sample mean to sample variance as it is, on average (Eq. 10). The second raises means and
//! lowers second moments (Eq. 11), as long as there is something below zero to cut off. This section takes the two
//! steps apart: Eq. 10 with sets of vectors of several kinds, Eq. 11 with one-dimensional laws by quadrature, and both
//! steps one after the other through the layers of a deep network.

pub mod experiment;
mod report;

/// Section 3.4.
pub const SECTION: ::report::Section<experiment::Mechanism> = ::report::Section {
    number: "3.4",
    name: env!("CARGO_PKG_NAME"),
    title: "why the sample variance decays",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: experiment::runs::Run::device,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
