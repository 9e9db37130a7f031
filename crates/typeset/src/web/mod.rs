//! The HTML as one file that fetches nothing: styles, fonts, script, figures and data stand in it, and its content
//! security policy names the hashes of what may style and run, so that a browser holds it to that.
//!
//! Typst sets the text; what it cannot know while setting is added to its elements ([`elements`]), and what is no text
//! of the paper, such as figures and the script, takes the place of empty elements that the template left for it.

mod brackets;
mod elements;
mod fonts;
mod svg;
mod values;

use std::fs;
use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use runner::FileError;
use serde_json::Value;
use sha2::{Digest, Sha256};
use typst_html::{HtmlDocument, HtmlOptions};

use crate::manifest::Manifest;
use crate::world::PaperWorld;
use crate::{TypesetError, diagnostics};

/// Encodes the document, with the styles, the script and the fonts in the folder `paper`. Returns warnings for
/// characters that the fonts lack.
///
/// # Errors
/// When a file cannot be read or the document cannot be encoded.
pub(crate) fn encode(
    world: &PaperWorld,
    mut document: HtmlDocument,
    paper: &Path,
    manifest: &Manifest,
) -> Result<(String, Vec<String>), TypesetError> {
    brackets::settle(document.root_mut());
    let found = elements::complete(document.root_mut());
    let html = typst_html::html(&document, &HtmlOptions::default())
        .map_err(|errors| TypesetError::Typst(diagnostics::render(world, &errors)))?;
    let read = |name: &str| -> Result<String, FileError> {
        let path = paper.join(name);
        fs::read_to_string(&path).map_err(FileError::of("read", &path))
    };
    let (rules, script) = (read("template.css")?, read("page.js")?);
    let (html, of_typst) = without_styles(&html);
    let html = bare(&html);
    let faces = fonts::faces(&paper.join("fonts"))?;
    let styles = of_typst + &found.rules + &faces + &rules;
    let data = packed(manifest)?;
    let policy = format!(
        "default-src 'none'; img-src data:; font-src data:; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&styles),
        hash(&script)
    );
    let head = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"><style>{styles}</style><script>{script}</script>"
    );
    let data =
        format!("<script type=\"application/json\" id=\"data\">{}</script>", data.replace('<', "\\u003c"));
    let mut html = html.replacen("<meta charset=utf-8>", &format!("<meta charset=utf-8>{head}"), 1);
    let missing = fonts::missing(&paper.join("fonts"), &html)?;
    for (place, figure) in found.figures.iter().enumerate() {
        let drawn = svg::figure(world, figure, manifest.against.as_deref());
        html = html.replacen(&elements::place(place), &drawn, 1);
    }
    html = html.replacen("</body>", &format!("{data}</body>"), 1);
    Ok((html, missing))
}

/// All claims with every check, compressed: the script unpacks them when they are asked for. Numbers have six
/// significant figures, errors and tolerances three; `claims.json` beside the paper has all of them.
fn packed(manifest: &Manifest) -> Result<String, TypesetError> {
    let claims: Vec<&ledger::Entry> = manifest.claims.iter().map(|row| &row.whole).collect();
    let mut claims = serde_json::to_value(claims).map_err(TypesetError::Manifest)?;
    shorten(&mut claims, 6);
    let json = serde_json::to_vec(&claims).map_err(TypesetError::Manifest)?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let packed = packer.write_all(&json).and_then(|()| packer.finish());
    Ok(STANDARD.encode(packed.map_err(FileError::of("pack", Path::new("claims.json")))?))
}

fn shorten(value: &mut Value, figures: usize) {
    match value {
        Value::Number(number) => {
            let short = number.as_f64().and_then(|number| format!("{number:.*e}", figures - 1).parse().ok());
            if let Some(short) = short.filter(|_| number.is_f64()).and_then(serde_json::Number::from_f64) {
                *number = short;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| shorten(value, figures)),
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| {
            shorten(value, if matches!(name.as_str(), "standard_error" | "tolerance") { 3 } else { figures });
        }),
        _ => {}
    }
}

/// Ends of elements that are clear without them, in lists and tables without space between their parts.
const CLEAR: [&str; 8] = ["</td>", "</th>", "</tr>", "</thead>", "</tbody>", "</li>", "</dt>", "</dd>"];

/// The document without the quotes and the ends of elements that HTML can do without.
fn bare(html: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    let mut in_tag = false;
    while let Some(at) = rest.find(if in_tag { ['"', '>'] } else { ['<'; 2] }) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = CLEAR.iter().find_map(|end| after.strip_prefix(end)) {
            rest = after;
            continue;
        }
        match after.strip_prefix('"').and_then(|value| value.split_once('"')) {
            Some((value, after)) => {
                let needs_quotes = !needs_no_quotes(value) || after.starts_with('/');
                let quote = if needs_quotes { "\"" } else { "" };
                out.extend([quote, value, quote]);
                rest = after;
            }
            None => {
                out.push_str(&after[..1]);
                (in_tag, rest) = (!in_tag, &after[1..]);
            }
        }
    }
    out + rest
}

/// The value of an attribute, with quotes where it needs them.
fn attribute(value: &str) -> String {
    match value.contains('"') && !value.contains('\'') {
        _ if needs_no_quotes(value) => value.to_owned(),
        true => format!("'{}'", value.replace('&', "&amp;").replace('<', "&lt;")),
        false => format!("\"{}\"", escaped(value)),
    }
}

fn needs_no_quotes(value: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || "#%+,-.:_".contains(letter);
    !value.is_empty() && value.chars().all(plain)
}

/// The document without its `style` elements, and what they held.
fn without_styles(html: &str) -> (String, String) {
    let (mut rest, mut styles) = (String::with_capacity(html.len()), String::new());
    for (index, part) in html.split("<style>").enumerate() {
        match part.split_once("</style>") {
            Some((rules, after)) if index > 0 => {
                styles.push_str(rules);
                rest.push_str(after);
            }
            _ => rest.push_str(part),
        }
    }
    (rest, styles)
}

/// The source expression by which a policy allows just this text.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Text as the content of an element or of an attribute in double quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            control if control.is_control() && !matches!(control, '\n' | '\t') => {
                out.push('\u{fffd}');
            }
            plain => out.push(plain),
        }
    }
    out
}
