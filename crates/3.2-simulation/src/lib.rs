//! Section 3.2: random networks of finite width.
//!
//! Networks as the paper drew them, from 30 to 3000 units wide, and far beyond: the ratio of sample mean to sample
//! standard deviation against depth (Eq. 9, Fig. 2 left), what it lacks of the infinite-width curve and how that goes
//! away with width, and the statements of Section 3.1 that a simulation can test (Eqs. 6 and 8, Fig. 1).

pub mod experiment;
mod report;

/// Section 3.2.
pub const SECTION: ::report::Section<experiment::Simulation> = ::report::Section {
    number: "3.2",
    name: env!("CARGO_PKG_NAME"),
    title: "random networks of finite width",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: experiment::runs::Run::device,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
