//! Cuts listings out of the real sources. A region lies between `// region: NAME` and `// endregion: NAME`; the paper
//! shows its lines with the numbers they have in the file, so a listing can never drift from the code that ran.

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

/// Why a region could not be cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// No such marker.
    #[error("{file} has no region `{region}`{}", known(.others))]
    Missing {
        /// The source file.
        file: String,
        /// The region that was asked for.
        region: String,
        /// The regions that exist.
        others: Vec<String>,
    },
    /// The region is opened and never closed.
    #[error("{file}:{line}: region `{region}` is never closed; add `// endregion: {region}`")]
    Open {
        /// The source file.
        file: String,
        /// Where it opens.
        line: usize,
        /// The region.
        region: String,
    },
    /// The region is opened twice.
    #[error("{file}:{line}: a second region `{region}` opens here; names must be unique within a file")]
    Twice {
        /// The source file.
        file: String,
        /// Where it opens again.
        line: usize,
        /// The region.
        region: String,
    },
}

fn known(others: &[String]) -> String {
    if others.is_empty() { "; it has none".into() } else { format!("; it has: {}", others.join(", ")) }
}

/// Cuts `region` out of `source`, the text of `file`.
///
/// Lines that open or close other regions inside it are left out, since the markers are no part of the code, and so is
/// a line under `#[cfg(test)]`, which did not run for the paper.
///
/// # Errors
/// When the region is missing, never closed or opened twice.
pub fn cut(file: &str, source: &str, region: &str) -> Result<Region, RegionError> {
    let mut opened = None;
    let mut closed = None;
    for (number, line) in source.lines().enumerate() {
        match marker(line) {
            Some(Marker::Opens(name)) if name == region && opened.is_some() => {
                return Err(RegionError::Twice {
                    file: file.into(),
                    line: number + 1,
                    region: region.into(),
                });
            }
            Some(Marker::Opens(name)) if name == region => opened = Some(number),
            Some(Marker::Closes(name)) if name == region && opened.is_some() => {
                closed = closed.or(Some(number))
            }
            _ => {}
        }
    }
    match (opened, closed) {
        (Some(first), Some(last)) => Ok(dedent(source, first + 1, last)),
        (Some(first), None) => {
            Err(RegionError::Open { file: file.into(), line: first + 1, region: region.into() })
        }
        (None, _) => {
            Err(RegionError::Missing { file: file.into(), region: region.into(), others: names(source) })
        }
    }
}

/// The names of all regions that open in `source`, in order.
pub fn names(source: &str) -> Vec<String> {
    source
        .lines()
        .filter_map(|line| match marker(line)? {
            Marker::Opens(name) => Some(name.to_owned()),
            Marker::Closes(_) => None,
        })
        .collect()
}

enum Marker<'a> {
    Opens(&'a str),
    Closes(&'a str),
}

fn marker(line: &str) -> Option<Marker<'_>> {
    let comment =
        line.trim_start().strip_prefix("//").or_else(|| line.trim_start().strip_prefix('#'))?.trim();
    if let Some(name) = comment.strip_prefix("region:") {
        return Some(Marker::Opens(name.trim()));
    }
    comment.strip_prefix("endregion:").map(|name| Marker::Closes(name.trim()))
}

/// The lines with indices `first..last`, blank ends and markers dropped, shared indentation removed.
fn dedent(source: &str, first: usize, last: usize) -> Region {
    let mut below_test_only = false;
    let mut shown = |line: &str| {
        let test_only = line.trim() == "#[cfg(test)]";
        !std::mem::replace(&mut below_test_only, test_only) && !test_only && marker(line).is_none()
    };
    let mut lines: Vec<(usize, &str)> = source
        .lines()
        .enumerate()
        .skip(first)
        .take(last.saturating_sub(first))
        .filter(|(_, line)| shown(line))
        .map(|(index, line)| (index + 1, line.trim_end()))
        .collect();
    let filled = |(_, line): &(usize, &str)| !line.is_empty();
    lines.truncate(lines.iter().rposition(filled).map_or(0, |last| last + 1));
    lines.drain(..lines.iter().position(filled).unwrap_or(0));
    let indent = lines
        .iter()
        .filter(|line| filled(line))
        .map(|(_, line)| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
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
    fn a_region_keeps_its_line_numbers_and_loses_markers_and_indentation() {
        let inner = cut("a.rs", SOURCE, "inner").unwrap();
        assert_eq!(inner, Region { numbers: vec![7], text: "1".into() });
        let outer = cut("a.rs", SOURCE, "outer").unwrap();
        assert_eq!(outer, Region { numbers: vec![5, 7, 9], text: "fn f() {\n    1\n}".into() });
        assert_eq!(outer.line(), 5);
    }

    #[test]
    fn what_only_tests_run_is_not_shown() {
        let source = "// region: r\na();\n#[cfg(test)]\nb();\nc();\n// endregion: r\n";
        assert_eq!(
            cut("a.rs", source, "r").unwrap(),
            Region { numbers: vec![2, 5], text: "a();\nc();".into() }
        );
    }

    #[test]
    fn a_missing_region_is_reported_with_those_that_exist() {
        let message = cut("a.rs", SOURCE, "other").unwrap_err().to_string();
        assert_eq!(message, "a.rs has no region `other`; it has: outer, inner, open");
    }

    #[test]
    fn regions_that_stay_open_or_open_twice_are_refused() {
        let open = cut("a.rs", SOURCE, "open").unwrap_err().to_string();
        assert_eq!(open, "a.rs:12: region `open` is never closed; add `// endregion: open`");
        let twice = format!("{SOURCE}// endregion: open\n// region: open\n");
        assert!(matches!(cut("a.rs", &twice, "open"), Err(RegionError::Twice { line: 14, .. })));
    }
}
