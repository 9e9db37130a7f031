//! Section 6: always on or always off; ordered and chaotic regimes.
//!
//! Two remarks of the paper's discussion, made into measurements. In deep Kaiming networks a unit is either on for all
//! samples or off for all of them: the share of such units is counted, layer by layer, and held against an orthant
//! probability. And a flat gradient belongs to the ordered regime, an exploding one to the chaotic: the growth of a
//! perturbation is followed beside the growth of the gradient.

pub mod experiment;
mod report;

/// Section 6.
pub const SECTION: ::report::Section<experiment::Discussion> = ::report::Section {
    number: "6",
    name: env!("CARGO_PKG_NAME"),
    title: "always on or always off; regimes",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: experiment::runs::Run::device,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
