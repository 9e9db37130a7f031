//! The legend: one entry per label, in rows above the panels.

use super::Colour;
use super::panel::{Dash, Mark, Panel};

/// How an entry's sample looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sample {
    Line(Dash),
    Dot,
    Column,
}

/// An entry and where it stands: x of its left end in points, row counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) label: String,
    pub(super) colour: Colour,
    pub(super) sample: Sample,
    pub(super) x: f64,
    pub(super) row: usize,
}

/// Width of a sample with the gap behind it, and the gap between entries, in points.
pub(super) const SAMPLE: f64 = 22.0;
const GAP: f64 = 14.0;

/// Approximate width of a text in points: generous, because browsers without the serif take a wider one.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let narrow = |letter: char| {
        matches!(letter, 'i' | 'l' | 'j' | 't' | 'f' | ',' | '.' | '\'' | '(' | ')' | ' ' | 'ˡ')
    };
    text.chars().map(|letter| if narrow(letter) { 0.36 } else { 0.58 }).sum::<f64>() * size
}

/// The entries of all panels, each label once, wrapped into rows of this width.
pub(super) fn entries(panels: &[Panel], width: f64, size: f64) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for mark in panels.iter().flat_map(|panel| &panel.marks) {
        let (label, colour, sample) = match mark {
            Mark::Line { label: Some(label), colour, dash, .. } => (label, *colour, Sample::Line(*dash)),
            Mark::Dots { label: Some(label), colour, .. } => (label, *colour, Sample::Dot),
            Mark::Columns { label: Some(label), colour, .. } => (label, *colour, Sample::Column),
            _ => continue,
        };
        if entries.iter().any(|entry| entry.label == *label && entry.sample == sample) {
            continue;
        }
        let (mut x, mut row) = match entries.last() {
            Some(last) => (last.x + SAMPLE + text_width(&last.label, size) + GAP, last.row),
            None => (0.0, 0),
        };
        if x > 0.0 && x + SAMPLE + text_width(label, size) > width {
            (x, row) = (0.0, row + 1);
        }
        entries.push(Entry { label: label.clone(), colour, sample, x, row });
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Axis;

    #[test]
    fn each_label_stands_once_and_rows_wrap() {
        let panel = |label: &str| {
            Panel::new(Axis::linear("x"), Axis::linear("y")).line(label, Colour::Ink, vec![(0.0, 0.0)])
        };
        let panels =
            [panel("a long enough label"), panel("a long enough label"), panel("another long label")];
        let entries = entries(&panels, 150.0, 9.0);
        assert_eq!(entries.len(), 2);
        assert_eq!((entries[0].row, entries[1].row, entries[1].x), (0, 1, 0.0));
    }
}
