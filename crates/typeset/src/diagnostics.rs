//! Typst's errors and warnings in words: file, line and column as an editor understands them, the line itself with a
//! caret, hints, and the calls that led there. A mistake that surfaces inside the template is reported where the
//! author of a page made it.

use std::fmt::Write;
use std::ops::Range;

use typst::diag::{Severity, SourceDiagnostic};
use typst::syntax::{DiagSpan, FileId};
use typst::{World, WorldExt};

use crate::world::PaperWorld;

/// Where functions of the template live: nobody's prose.
const TEMPLATE: &str = "template.typ";

/// Writes all diagnostics, separated by blank lines.
pub fn render<'a>(world: &PaperWorld, diagnostics: impl IntoIterator<Item = &'a SourceDiagnostic>) -> String {
    let rendered: Vec<String> = diagnostics.into_iter().map(|diagnostic| one(world, diagnostic)).collect();
    rendered.join("\n\n")
}

fn one(world: &PaperWorld, diagnostic: &SourceDiagnostic) -> String {
    let mut text = String::new();
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let origin = Spot::find(world, diagnostic.span);
    let calls = diagnostic
        .trace
        .iter()
        .filter_map(|point| Some((Spot::find(world, DiagSpan::from(point.span))?, point.v.to_string())));
    let calls: Vec<(Spot, String)> = calls.collect();
    let in_template = |spot: &Spot| spot.id.vpath().get_without_slash() == TEMPLATE;
    let authored = match &origin {
        Some(spot) if in_template(spot) => calls.iter().map(|(spot, _)| spot).find(|spot| !in_template(spot)),
        _ => None,
    };
    let message = plain(&diagnostic.message);
    match authored.or(origin.as_ref()) {
        Some(spot) => {
            text += &format!("{}: {severity}: {message}\n{}", spot.address(world), spot.excerpt(world));
        }
        None => text += &format!("{severity}: {message}"),
    }
    for hint in &diagnostic.hints {
        let place = Spot::find(world, hint.span).map(|spot| format!(" ({})", spot.address(world)));
        let _ = write!(text, "\n  = hint: {}{}", hint.v, place.unwrap_or_default());
    }
    if let (Some(_), Some(origin)) = (authored, &origin) {
        let _ = write!(text, "\n  = raised at {}", origin.address(world));
    }
    for (spot, what) in &calls {
        let _ = write!(text, "\n  = {what} at {}", spot.address(world));
    }
    text
}

/// The message without the words that Typst wraps around messages of the template and of the world.
fn plain(message: &str) -> &str {
    let inner = message
        .strip_prefix("failed to load file (")
        .and_then(|rest| rest.strip_suffix(')'))
        .filter(|inner| inner.contains(": ") || inner.contains('`'));
    let inner = inner.or_else(|| message.strip_prefix("panicked with: "));
    inner.unwrap_or(message)
}

/// A place in a file.
struct Spot {
    id: FileId,
    range: Range<usize>,
}

impl Spot {
    fn find(world: &PaperWorld, span: DiagSpan) -> Option<Self> {
        Some(Self { id: span.id()?, range: world.range(span)? })
    }

    /// `paper/sections/x.typ:12:5`, counted from 1, columns in characters.
    fn address(&self, world: &PaperWorld) -> String {
        let name = world.name(self.id);
        match self.line(world) {
            Some((number, line, start)) => format!("{name}:{number}:{}", line[..start].chars().count() + 1),
            None => name,
        }
    }

    /// The line with a caret under the first character and tildes under the rest, as far as the line goes.
    fn excerpt(&self, world: &PaperWorld) -> String {
        let Some((number, line, start)) = self.line(world) else { return String::new() };
        let number = number.to_string();
        let gutter = " ".repeat(number.len());
        let lead: String = line[..start].chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let end = (start + self.range.len()).min(line.trim_end().len());
        let width = line.get(start..end).map_or(1, |marked| marked.chars().count()).max(1);
        let tildes = "~".repeat(width - 1);
        format!(" {gutter} |\n {number} | {}\n {gutter} | {lead}^{tildes}", line.trim_end())
    }

    /// The number of the line, the line, and the byte at which the spot begins in it.
    fn line(&self, world: &PaperWorld) -> Option<(usize, String, usize)> {
        let bytes = world.file(self.id).ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        let before = text.get(..self.range.start)?;
        let first = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[first..].lines().next().unwrap_or("");
        Some((before.matches('\n').count() + 1, line.to_owned(), self.range.start - first))
    }
}
