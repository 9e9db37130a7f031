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
    let mut html = html.replacen("<meta charset=\"utf-8\">", &format!("<meta charset=\"utf-8\">{head}"), 1);
    let missing = fonts::missing(&paper.join("fonts"), &html)?;
    for (place, figure) in found.figures.iter().enumerate() {
        let drawn = svg::figure(world, figure, manifest.against.as_deref());
        html = html.replacen(&elements::place(place), &drawn, 1);
    }
    html = html.replacen("</body>", &format!("{data}</body>"), 1);
    Ok((html, missing))
}

/// All claims with every check, compressed: the script unpacks them when they are asked for. Numbers have six
/// significant figures; `claims.json` beside the paper has all of them.
fn packed(manifest: &Manifest) -> Result<String, TypesetError> {
    let claims: Vec<&ledger::Entry> = manifest.claims.iter().map(|row| &row.whole).collect();
    let mut claims = serde_json::to_value(claims).map_err(TypesetError::Manifest)?;
    shorten(&mut claims);
    let json = serde_json::to_vec(&claims).map_err(TypesetError::Manifest)?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let packed = packer.write_all(&json).and_then(|()| packer.finish());
    Ok(STANDARD.encode(packed.map_err(FileError::of("pack", Path::new("claims.json")))?))
}

fn shorten(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Number(number) => {
            let short = number.as_f64().and_then(|number| format!("{number:.5e}").parse().ok());
            if let Some(short) = short.filter(|_| number.is_f64()).and_then(serde_json::Number::from_f64) {
                *number = short;
            }
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(shorten),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
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
