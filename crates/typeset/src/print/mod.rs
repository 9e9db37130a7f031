//! The PDF: an archivable one that a screen reader can read (PDF/A-3a and PDF/UA-1), with what it claims attached.
//!
//! Both standards want every equation in words. Authors write none: the words are made from the equations as they were
//! set ([`spoken`]), and put where the exporter looks for them.

mod equations;
mod spoken;
mod symbols;

use typst::diag::SourceResult;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Exports the document.
///
/// # Errors
/// When the exporter finds that the document does not keep the standards.
pub(crate) fn encode(document: &PagedDocument) -> SourceResult<Vec<u8>> {
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1]);
    let standards = standards.expect("these two standards go together");
    typst_pdf::pdf(&equations::said(document), &PdfOptions { standards, ..PdfOptions::default() })
}
