//! Section 7: beyond the paper.
//!
//! PLACEHOLDER: say in one paragraph what this section asks and how it answers. As made from the template it follows the
//! cosine map from correlated inputs, so that every room has something in it.

pub mod experiment;
pub mod report;

/// Section 7.
pub const SECTION: ::report::Section<experiment::BeyondThePaper> = ::report::Section {
    number: "7",
    name: env!("CARGO_PKG_NAME"),
    title: "beyond the paper",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
