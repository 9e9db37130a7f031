//! Section {{number}}: {{title}}.
//!
//! PLACEHOLDER: say in one paragraph what this section asks and how it answers. As made from the template it follows the
//! cosine map from correlated inputs, so that every room has something in it.

pub mod experiment;
mod report;

/// Section {{number}}.
pub const SECTION: ::report::Section<experiment::{{type}}> = ::report::Section {
    number: "{{number}}",
    name: env!("CARGO_PKG_NAME"),
    title: "{{title}}",
    sources: env!("SECTION_SOURCES"),
    rustc: env!("SECTION_RUSTC"),
    device: ::report::same_for_all::<experiment::{{type}}>,
    tables: report::tables::tables,
    figures: report::figures::figures,
    claims: report::claims::claims,
};
