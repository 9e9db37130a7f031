//! Section 7: beyond the paper.
//!
//! What is it that a narrow network keeps of the differences between its samples, how deep do the remedies for their decay
//! hold at finite width and with finite batches, and what do they cost? Each answer is derived in `mean-field` before it
//! is measured by the exact engine of `ensemble`; the claims are our own, and say what would refute them.

pub mod experiment;
mod report;

/// Section 7.
pub const SECTION: ::report::Section<experiment::BeyondThePaper> = ::report::Section {
    number: "7",
    name: env!("CARGO_PKG_NAME"),
    title: "what narrow networks keep, and its price",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: ::report::same_for_all::<experiment::BeyondThePaper>,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
