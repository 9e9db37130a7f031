//! The fonts of the page: subsets of the PDF's, made once by `paper/fonts/subset.py`, so that formulas look the same
//! where the reader's system has no font for mathematics.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use runner::FileError;

use crate::TypesetError;

/// File, family, weights and style of each face. Mathematics has one weight, whatever the text around it is set in.
const FACES: [(&str, &str, &str, &str); 4] = [
    ("text-regular.woff2", "Libertinus Serif", "400", "normal"),
    ("text-italic.woff2", "Libertinus Serif", "400", "italic"),
    ("text-semibold.woff2", "Libertinus Serif", "600", "normal"),
    ("mathematics.woff2", "New Computer Modern Math", "100 900", "normal"),
];

/// `@font-face` rules with the fonts inside; a face whose file is missing has none, and the reader's own take its place.
pub(super) fn faces(folder: &Path) -> Result<String, TypesetError> {
    let mut rules = String::new();
    for (file, family, weights, style) in FACES {
        let path = folder.join(file);
        if !path.is_file() {
            continue;
        }
        let font = fs::read(&path).map_err(FileError::of("read", &path))?;
        let _ = writeln!(
            rules,
            "@font-face {{ font-family: \"{family}\"; font-weight: {weights}; font-style: {style}; \
             src: url(data:font/woff2;base64,{}) format(\"woff2\"); }}",
            STANDARD.encode(font)
        );
    }
    Ok(rules)
}

/// A warning where the page has characters that the subsets were not made for.
pub(super) fn missing(folder: &Path, html: &str) -> Result<Vec<String>, TypesetError> {
    let path = folder.join("characters.txt");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let known = fs::read_to_string(&path).map_err(FileError::of("read", &path))?;
    let known: BTreeSet<char> = known.chars().collect();
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let lacking: BTreeSet<char> = body.chars().filter(|letter| !known.contains(letter)).collect();
    if lacking.is_empty() {
        return Ok(Vec::new());
    }
    let lacking: String = lacking.into_iter().collect();
    Ok(vec![format!(
        "the page's fonts lack {lacking:?}: add them to paper/fonts/characters.txt and run paper/fonts/subset.py"
    )])
}
