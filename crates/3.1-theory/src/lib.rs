//! Section 3.1: the cosine map K and its limits.
//!
//! In infinite width the cosine similarity of two samples goes from layer to layer by a fixed map K (Eq. 7). This
//! section computes K by three independent routes, iterates it to the curves of sample mean and sample variance (Eq. 8,
//! Fig. 1 left), and follows the decay far enough to see that it is slower than any exponential and at which rate it
//! goes. What other sections need of K lives in the crate `mean-field`; here it is put to the test.

pub mod experiment;
mod report;

/// Section 3.1.
pub const SECTION: ::report::Section<experiment::Theory> = ::report::Section {
    number: "3.1",
    name: env!("CARGO_PKG_NAME"),
    title: "the cosine map K and its limits",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: ::report::same_for_all::<experiment::Theory>,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
