//! Cuts listings out of the real sources. A region lies between `// region: NAME` and `// endregion: NAME`, or is the
//! function of that name with its documentation; the paper shows its lines with the numbers they have in the file, so a
//! listing can never drift from the code that ran.

use serde::Serialize;

/// The lines between two markers, without the markers, without the indentation they share, without blank lines at
/// either end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Region {
    /// The number that each line of the text has in its file, counted from 1.
    pub numbers: Vec<usize>,
    /// The text.
    pub text: String,
}

impl Region {
    /// Number of the first line in its file; 1 for an empty region.
    pub fn line(&self) -> usize {
        self.numbers.first().copied().unwrap_or(1)
    }
}

/// Why a region could not be cut: the source file, the line of its marker, counted from 1, and the region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// No such marker; the regions that exist.
    #[error("{0} has no region `{1}`; it has{known}", known = known(.2))]
    Missing(String, String, Vec<String>),
    /// The region is opened and never closed.
    #[error("{0}:{1}: region `{2}` is never closed; add `// endregion: {2}`")]
    Open(String, usize, String),
    /// The region is opened twice.
    #[error("{0}:{1}: a second region `{2}` opens here; names must be unique within a file")]
    Twice(String, usize, String),
}

fn known(others: &[String]) -> String {
    if others.is_empty() { " none".into() } else { format!(": {}", others.join(", ")) }
}

/// Cuts `region` out of `source`, the text of `file`.
///
/// Lines that open or close other regions inside it are left out, since the markers are no part of the code, and so is
/// a line under `#[cfg(test)]`, which did not run for the paper.
///
/// # Errors
/// When the region is missing, never closed or opened twice.
pub fn cut(file: &str, source: &str, region: &str) -> Result<Region, RegionError> {
    let (file, region) = (file.to_owned(), region.to_owned());
    let at = |line: &str, wanted| marker(line) == Some((wanted, region.as_str()));
    let lines = || source.lines().enumerate();
    let mut opened = lines().filter(|(_, line)| at(line, OPENS)).map(|(number, _)| number);
    let Some(first) = opened.next() else {
        if let Some((first, last)) = function(source, &region) {
            return Ok(dedent(source, first, last));
        }
        let opened = source.lines().filter_map(marker).filter(|(what, _)| *what == OPENS);
        return Err(RegionError::Missing(file, region, opened.map(|(_, name)| name.to_owned()).collect()));
    };
    if let Some(second) = opened.next() {
        return Err(RegionError::Twice(file, second + 1, region));
    }
    match lines().skip(first).find(|(_, line)| at(line, CLOSES)) {
        Some((last, _)) => Ok(dedent(source, first + 1, last)),
        None => Err(RegionError::Open(file, first + 1, region)),
    }
}

/// Where the function stands that a region is named after, with its documentation: hyphens of the region's name are
/// underscores of the function's, and it begins at the margin.
fn function(source: &str, region: &str) -> Option<(usize, usize)> {
    let name = format!("fn {}", region.replace('-', "_"));
    let begins = |line: &&str| {
        let (before, after) = line.split_once(&name).unwrap_or((" ", ""));
        !before.starts_with([' ', '/']) && after.starts_with(['(', '<'])
    };
    let lines: Vec<&str> = source.lines().collect();
    let at = lines.iter().position(begins)?;
    let documented = lines[..at].iter().rev().take_while(|line| line.starts_with("///")).count();
    let length = lines[at..].iter().position(|line| *line == "}")?;
    Some((at - documented, at + length + 1))
}

const OPENS: &str = "region:";
const CLOSES: &str = "endregion:";

/// Whether a line opens or closes a region, and which.
fn marker(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    let comment = line.strip_prefix("//").or_else(|| line.strip_prefix('#'))?.trim();
    [OPENS, CLOSES].into_iter().find_map(|what| Some((what, comment.strip_prefix(what)?.trim())))
}

/// The lines with indices `first..last`, blank ends and markers dropped, shared indentation removed.
fn dedent(source: &str, first: usize, last: usize) -> Region {
    let mut below_test_only = false;
    let mut shown = |line: &str| {
        let test_only = line.trim() == "#[cfg(test)]";
        !std::mem::replace(&mut below_test_only, test_only) && !test_only && marker(line).is_none()
    };
    let lines = (1..).zip(source.lines()).take(last).skip(first);
    let mut lines: Vec<(usize, &str)> =
        lines.filter(|(_, line)| shown(line)).map(|(number, line)| (number, line.trim_end())).collect();
    let filled = |(_, line): &(usize, &str)| !line.is_empty();
    lines.truncate(lines.iter().rposition(filled).map_or(0, |last| last + 1));
    lines.drain(..lines.iter().position(filled).unwrap_or(0));
    let indents =
        lines.iter().filter(|line| filled(line)).map(|(_, line)| line.len() - line.trim_start().len());
    let indent = indents.min().unwrap_or(0);
    let text: Vec<&str> = lines.iter().map(|(_, line)| line.get(indent..).unwrap_or("")).collect();
    Region { numbers: lines.iter().map(|(number, _)| *number).collect(), text: text.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
//! Docs.
mod a {
    // region: outer

    fn f() {
        // region: inner
        1
        // endregion: inner
    }
    // endregion: outer
}
// region: open
";

    #[test]
    fn a_region_keeps_its_line_numbers_and_loses_markers_indentation_and_what_only_tests_run() {
        let for_tests = "// region: r\na();\n#[cfg(test)]\nb();\nc();\n// endregion: r\n";
        for (source, region, numbers, text) in [
            (SOURCE, "inner", vec![7], "1"),
            (SOURCE, "outer", vec![5, 7, 9], "fn f() {\n    1\n}"),
            (for_tests, "r", vec![2, 5], "a();\nc();"),
        ] {
            let found = cut("a.rs", source, region).unwrap();
            assert_eq!(found.line(), numbers[0]);
            assert_eq!(found, Region { numbers, text: text.into() });
        }
    }

    #[test]
    fn a_function_is_a_region_with_its_documentation() {
        let source = "// fn of_it() is below.\n\n/// Docs.\npub(super) fn of_it(\n    a: u8,\n) {\n    b(a);\n}\nfn b() {}\n";
        let found = cut("a.rs", source, "of-it").unwrap();
        assert_eq!((found.numbers, found.text.lines().next()), ((3..9).collect(), Some("/// Docs.")));
        assert!(cut("a.rs", source, "of").is_err());
    }

    #[test]
    fn a_region_that_is_missing_stays_open_or_opens_twice_is_refused() {
        let twice = format!("{SOURCE}// endregion: open\n// region: open\n");
        for (source, region, said) in [
            (SOURCE, "other", "a.rs has no region `other`; it has: outer, inner, open"),
            ("", "other", "a.rs has no region `other`; it has none"),
            (SOURCE, "open", "a.rs:12: region `open` is never closed; add `// endregion: open`"),
            (
                &twice,
                "open",
                "a.rs:14: a second region `open` opens here; names must be unique within a file",
            ),
        ] {
            assert_eq!(cut("a.rs", source, region).unwrap_err().to_string(), said);
        }
    }
}
