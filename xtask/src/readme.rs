//! The README's totals: written between two markers whenever a result is adopted, never by hand.

use std::fs;
use std::path::Path;

use ledger::Totals;
use runner::{CommandError, atomic};

const OPEN: &str = "<!-- totals -->";
const CLOSE: &str = "<!-- /totals -->";

/// Writes the totals of the adopted ledger into the README.
/// Fails when the README has no markers or cannot be written.
pub fn write_totals(root: &Path, totals: &Totals) -> Result<(), CommandError> {
    let path = root.join("README.md");
    let text = fs::read_to_string(&path)?;
    let replaced = replaced(&text, &format!("The adopted reproduction: {totals}."));
    let replaced =
        replaced.ok_or_else(|| CommandError::failed(format!("README.md has no {OPEN} … {CLOSE}")))?;
    atomic::write_if_changed(&path, replaced.as_bytes())?;
    Ok(())
}

fn replaced(text: &str, line: &str) -> Option<String> {
    let (before, rest) = text.split_once(OPEN)?;
    let (_, after) = rest.split_once(CLOSE)?;
    Some(format!("{before}{OPEN}\n{line}\n{CLOSE}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_markers_changes() {
        let text = format!("a\n{OPEN}\nold\n{CLOSE}\nb\n");
        let once = replaced(&text, "new").unwrap();
        assert_eq!(once, format!("a\n{OPEN}\nnew\n{CLOSE}\nb\n"));
        assert_eq!(replaced(&once, "new").unwrap(), once);
        assert!(replaced("no markers", "new").is_none());
    }
}
