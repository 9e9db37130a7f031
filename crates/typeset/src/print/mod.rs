//! The PDF: an archivable one that a screen reader can read (PDF/A-3a and PDF/UA-1), with what it claims attached.
//!
//! Both standards want every equation in words. Authors write none: the words are made from the equations as they were
//! set ([`spoken`]), and put where the exporter looks for them.

mod equations;
mod spoken;
mod symbols;

use typst::diag::{SourceDiagnostic, SourceResult};
use typst::foundations::Smart;
use typst::model::Document;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Exports the document. What cannot be archived, such as a letter that no font has, is exported all the same, and
/// returned is why it keeps no standard. A paper without any result has no date and nothing to archive.
///
/// # Errors
/// When the document cannot be exported at all.
pub(crate) fn encode(document: &PagedDocument) -> SourceResult<(Vec<u8>, Vec<SourceDiagnostic>)> {
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1]);
    let standards = standards.expect("these two standards go together");
    let document = equations::said(document);
    if !matches!(document.info().date, Smart::Custom(Some(_))) {
        return Ok((typst_pdf::pdf(&document, &PdfOptions::default())?, Vec::new()));
    }
    match typst_pdf::pdf(&document, &PdfOptions { standards, ..PdfOptions::default() }) {
        Ok(pdf) => Ok((pdf, Vec::new())),
        Err(reasons) => Ok((typst_pdf::pdf(&document, &PdfOptions::default())?, reasons.to_vec())),
    }
}
