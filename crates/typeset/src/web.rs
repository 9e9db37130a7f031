//! The HTML as one file: the stylesheet and the fonts of the paper go into its head. The fonts are the embedded ones of
//! the PDF, so that formulas look the same where the reader's system has no font for mathematics. Brackets around flat
//! formulas are told not to stretch, since browsers reserve the width of the widest stretched bracket.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use runner::FileError;
use typst::World;
use typst::syntax::Span;
use typst::text::{FontStretch, FontStyle, FontVariant, FontWeight};
use typst_html::tag::mathml;
use typst_html::{HtmlAttr, HtmlDocument, HtmlElement, HtmlNode, HtmlOptions, HtmlTag, tag};

use crate::world::PaperWorld;
use crate::{TypesetError, diagnostics};

/// Family, weight and style of the faces that the stylesheet uses.
const FACES: [(&str, u16, FontStyle); 4] = [
    ("Libertinus Serif", 400, FontStyle::Normal),
    ("Libertinus Serif", 400, FontStyle::Italic),
    ("Libertinus Serif", 600, FontStyle::Normal),
    ("New Computer Modern Math", 450, FontStyle::Normal),
];

/// Encodes the document with `stylesheet`, if that file exists, and the fonts in its head.
///
/// # Errors
/// When the stylesheet cannot be read or the document cannot be encoded.
pub(crate) fn encode(
    world: &PaperWorld,
    mut document: HtmlDocument,
    stylesheet: &Path,
) -> Result<String, TypesetError> {
    settle_brackets(document.root_mut());
    if stylesheet.is_file() {
        let rules = fs::read_to_string(stylesheet).map_err(FileError::of("read", stylesheet))?;
        let text = HtmlNode::text(font_faces(world) + &rules, Span::detached());
        let style = HtmlElement::new(tag::style).with_children([text].into());
        let children = document.root_mut().children.make_mut();
        for node in children {
            match node {
                HtmlNode::Element(head) if head.tag == tag::head => head.children.push(style.clone().into()),
                _ => {}
            }
        }
    }
    typst_html::html(&document, &HtmlOptions::default())
        .map_err(|errors| TypesetError::Typst(diagnostics::render(world, &errors)))
}

/// Formulas that are taller than a line: only around these do brackets have to grow.
const TALL: [HtmlTag; 7] = [
    mathml::mfrac,
    mathml::mtable,
    mathml::munderover,
    mathml::munder,
    mathml::mover,
    mathml::msqrt,
    mathml::mroot,
];

const STRETCHY: HtmlAttr = HtmlAttr::constant("stretchy");

/// Marks the operators that stand in rows without anything tall as not stretchy; returns whether `element` is tall.
fn settle_brackets(element: &mut HtmlElement) -> bool {
    let mut tall = TALL.contains(&element.tag);
    for child in element.children.make_mut() {
        if let HtmlNode::Element(child) = child {
            tall |= settle_brackets(child);
        }
    }
    if !tall && (element.tag == mathml::mrow || element.tag == mathml::math) {
        for child in element.children.make_mut() {
            match child {
                HtmlNode::Element(operator) if is_bracket(operator) => operator.attrs.push(STRETCHY, "false"),
                _ => {}
            }
        }
    }
    tall
}

fn is_bracket(element: &HtmlElement) -> bool {
    let bracket =
        |node: &HtmlNode| matches!(node, HtmlNode::Text(text, _) if "()[]{}⟨⟩|".contains(text.as_str()));
    element.tag == mathml::mo && element.children.iter().any(bracket)
}

/// `@font-face` rules with the fonts inside.
fn font_faces(world: &PaperWorld) -> String {
    let mut rules = String::new();
    for (family, weight, style) in FACES {
        let variant = FontVariant::new(style, FontWeight::from_number(weight), FontStretch::NORMAL);
        let index = world.book().select(&family.to_lowercase(), variant);
        let Some(font) = index.and_then(|index| world.font(index)) else { continue };
        let css_style = if style == FontStyle::Italic { "italic" } else { "normal" };
        let data = STANDARD.encode(font.data());
        // Mathematics has one weight, whatever the text around it is set in.
        let weights = if family.ends_with("Math") { "100 900".to_owned() } else { weight.to_string() };
        let _ = writeln!(
            rules,
            "@font-face {{ font-family: \"{family}\"; font-weight: {weights}; font-style: {css_style}; \
             src: url(data:font/otf;base64,{data}) format(\"opentype\"); }}"
        );
    }
    rules
}
