//! What the elements of the page need and Typst cannot know while it sets them: classes in place of `style` attributes,
//! which the policy forbids; a focus for regions that scroll; words for headers that are formulas; places for figures;
//! and, beside each claim, the places that lean on it.

use std::collections::BTreeMap;
use std::fmt::Write;

use typst::ecow::EcoVec;
use typst::syntax::Span;
use typst_html::tag::mathml;
use typst_html::{HtmlAttr, HtmlAttrs, HtmlElement, HtmlNode, HtmlTag, attr, tag};

/// The element in whose place figure number `index` is put. No text can spell it: in text and in attributes, the
/// brackets are written as references.
pub(super) fn place(index: usize) -> String {
    format!("<x-figure id=figure-{index}></x-figure>")
}

/// A figure of a section.
pub(super) struct Figure {
    /// Folder of the section and name of the figure, `<folder>/<name>`.
    pub(super) name: String,
    /// What it shows, for those who cannot see it.
    pub(super) alt: String,
}

/// What was found on the way through the page.
#[derive(Default)]
pub(super) struct Found {
    /// The figures, in order.
    pub(super) figures: Vec<Figure>,
    /// Style rules for the classes that took the place of `style` attributes.
    pub(super) rules: String,
}

/// Completes every element below `root`.
pub(super) fn complete(root: &mut HtmlElement) -> Found {
    let mut walk = Walk::default();
    walk.visit(root);
    walk.fill(root);
    let mut rules = String::new();
    for (style, class) in &walk.styles {
        let _ = writeln!(rules, ".{class} {{ {style} }}");
    }
    for (colour, tag) in walk.colours.iter().zip(SHORT) {
        let _ = writeln!(rules, "code {} {{ {} }}", tag.resolve(), themed(colour));
    }
    Found { figures: walk.figures, rules }
}

/// A place that leans on a claim.
struct Use {
    id: String,
    title: EcoVec<HtmlNode>,
}

#[derive(Default)]
struct Walk {
    figures: Vec<Figure>,
    styles: BTreeMap<String, String>,
    /// Those of highlighted code, each of which has an element of its own.
    colours: Vec<String>,
    uses: BTreeMap<String, Vec<Use>>,
    /// What the text calls each figure, such as `Figure 8`, by the address of its drawing.
    called: BTreeMap<String, String>,
    /// The headings above: of the section, and of the part of it.
    titles: [EcoVec<HtmlNode>; 2],
    in_formula: bool,
}

impl Walk {
    fn visit(&mut self, element: &mut HtmlElement) {
        let (outside, above) = (self.in_formula, self.figures.len());
        self.in_formula |= element.tag == mathml::math;
        self.style(element);
        if element.tag == tag::pre || (element.tag == tag::figure && has(element, tag::table)) {
            element.attrs.push(attr::tabindex, "0");
        } else if element.tag == tag::th {
            name_formula(element);
        }
        if let Some(name) = data(element, "data-figure") {
            let alt = data(element, "data-alt").unwrap_or_default();
            element.attrs.0.retain(|(key, _)| !matches!(key.resolve().as_str(), "data-figure" | "data-alt"));
            let place = HtmlTag::intern("x-figure").map(HtmlElement::new).ok();
            let id = format!("figure-{}", self.figures.len());
            element.children.extend(place.map(|place| place.with_attr(attr::id, id).into()));
            self.figures.push(Figure { name, alt });
        }
        if let Some(claim) = data(element, "data-claim") {
            self.used(element, claim);
        }
        for child in element.children.make_mut() {
            if let HtmlNode::Element(child) = child {
                self.visit(child);
                if child.tag == tag::a && self.in_formula {
                    // A formula is read as one thing: it holds no links.
                    (child.tag, child.attrs) = (mathml::mtext, HtmlAttrs::new());
                }
            }
        }
        self.in_formula = outside;
        if element.tag == tag::figure {
            let called =
                strong(element).map(|strong| text_of(&strong.children).trim_end_matches('.').to_owned());
            for figure in &self.figures[above..] {
                let drawing = format!("#figure-{}", figure.name.replace('/', "-"));
                self.called.extend(called.clone().map(|called| (drawing, called)));
            }
        }
        if element.tag == tag::h2 {
            self.titles = [element.children.clone(), EcoVec::new()];
        } else if element.tag == tag::h3 {
            self.titles[1] = element.children.clone();
        } else if element.tag == tag::code {
            join(&mut element.children);
        }
    }

    /// A class in place of the `style` attribute.
    fn style(&mut self, element: &mut HtmlElement) {
        let Some(style) = element.attrs.get(attr::style).map(ToString::to_string) else { return };
        if let Some(colour) = style.strip_prefix(COLOUR).filter(|_| element.tag == tag::span) {
            let known = self.colours.iter().position(|known| known == colour);
            let index = known.unwrap_or_else(|| {
                self.colours.push(colour.to_owned());
                self.colours.len() - 1
            });
            if let Some(short) = SHORT.get(index) {
                element.tag = *short;
                element.attrs.0.retain(|(key, _)| *key != attr::style);
                return;
            }
        }
        let number = self.styles.len();
        let class = self.styles.entry(style).or_insert_with(|| format!("s{number}"));
        element.attrs.0.retain(|(key, _)| *key != attr::style);
        match element.attrs.get_mut(attr::class) {
            Some(classes) => {
                classes.push(' ');
                classes.push_str(class);
            }
            None => element.attrs.push(attr::class, class.as_str()),
        }
    }

    /// Notes that this place leans on a claim, once for every heading.
    fn used(&mut self, element: &mut HtmlElement, claim: String) {
        let [section, part] = &self.titles;
        let mut title = section.clone();
        if !part.is_empty() {
            title.push(HtmlNode::text(": ", Span::detached()));
            title.extend(part.iter().cloned());
        }
        let uses = self.uses.entry(claim.clone()).or_default();
        let said = text_of(&title);
        if section.is_empty() || uses.iter().any(|known| text_of(&known.title) == said) {
            return;
        }
        let id = format!("use-{}-{claim}", uses.len() + 1);
        element.attrs.push(attr::id, id.as_str());
        uses.push(Use { id, title });
    }

    /// Gives each claim's row links to the places that lean on it, and figures that it names their numbers.
    fn fill(&self, element: &mut HtmlElement) {
        let text = |text: &str| HtmlNode::text(text, Span::detached());
        if let Some(claim) = data(element, "data-uses") {
            let uses = self.uses.get(&claim).filter(|uses| !uses.is_empty());
            element.children.push(text(if uses.is_some() {
                "Used in "
            } else {
                "The text does not refer to it."
            }));
            for (index, of) in uses.into_iter().flatten().enumerate() {
                let link = HtmlElement::new(tag::a).with_attr(attr::href, format!("#{}", of.id));
                if index > 0 {
                    element.children.push(text("; "));
                }
                element.children.push(link.with_children(of.title.clone()).into());
            }
        } else if let Some(called) =
            element.attrs.get(attr::href).and_then(|href| self.called.get(href.as_str()))
        {
            element.children = [text(called)].into();
        } else {
            for child in element.children.make_mut() {
                if let HtmlNode::Element(child) = child {
                    self.fill(child);
                }
            }
        }
    }
}

/// The first emphasised words within an element.
fn strong(element: &HtmlElement) -> Option<&HtmlElement> {
    element.children.iter().find_map(|child| match child {
        HtmlNode::Element(child) if child.tag == tag::strong => Some(child),
        HtmlNode::Element(child) => strong(child),
        _ => None,
    })
}

/// How the style of highlighted code begins.
const COLOUR: &str = "color: ";

/// What stands for a colour of highlighted code, which has thousands of them: elements without a class.
const SHORT: [HtmlTag; 5] = [tag::b, tag::var, tag::samp, tag::kbd, tag::u];

/// Colours of highlighted code were chosen for light paper: on dark paper they are more than half white.
fn themed(colour: &str) -> String {
    let parts = [1, 3, 5].map(|at| colour.get(at..at + 2).and_then(|part| u8::from_str_radix(part, 16).ok()));
    match parts.map(|part| part.map(|part| 255 - (255 - u32::from(part)) * 45 / 100)) {
        [Some(red), Some(green), Some(blue)] => {
            let lighter = format!("#{red:02x}{green:02x}{blue:02x}");
            format!("--shade: light-dark({colour}, {lighter}); color: var(--shade)")
        }
        _ => format!("color: {colour}"),
    }
}

/// Joins what looks the same and has nothing but spaces between: highlighting sets the quotes of a string apart from what
/// they hold, and one word of a kind from the next.
fn join(children: &mut EcoVec<HtmlNode>) {
    let mut joined: EcoVec<HtmlNode> = EcoVec::new();
    for child in std::mem::take(children) {
        let is_space =
            |node: &HtmlNode| matches!(node, HtmlNode::Text(text, _) if text.trim_matches(' ').is_empty());
        let spaces = joined.iter().rev().take_while(|node| is_space(node)).count();
        let before = joined.len().checked_sub(spaces + 1);
        let joined_now = joined.make_mut();
        match (before.map(|at| joined_now[at..].split_at_mut(1)), child) {
            (Some(([HtmlNode::Element(last)], between)), HtmlNode::Element(next))
                if SHORT.contains(&last.tag) && last.tag == next.tag && last.attrs.0 == next.attrs.0 =>
            {
                last.children.extend(between.iter().cloned());
                last.children.extend(next.children);
                joined.truncate(joined.len() - spaces);
            }
            (_, child) => joined.push(child),
        }
    }
    *children = joined;
}

/// A header that is nothing but a formula is read out by its letters.
fn name_formula(element: &mut HtmlElement) {
    if has(element, mathml::math) {
        let name = HtmlNode::text(text_of(&element.children), Span::detached());
        let unseen =
            HtmlElement::new(tag::span).with_attr(attr::class, "unseen").with_children([name].into());
        let hidden = HtmlAttr::constant("aria-hidden");
        let seen = HtmlElement::new(tag::span)
            .with_attr(hidden, "true")
            .with_children(std::mem::take(&mut element.children));
        element.children.extend([seen.into(), unseen.into()]);
    }
}

fn has(element: &HtmlElement, wanted: HtmlTag) -> bool {
    element.children.iter().any(|child| match child {
        HtmlNode::Element(child) => child.tag == wanted || has(child, wanted),
        _ => false,
    })
}

fn text_of(nodes: &[HtmlNode]) -> String {
    let texts = nodes.iter().map(|child| match child {
        HtmlNode::Text(text, _) => text.to_string(),
        HtmlNode::Element(child) => text_of(&child.children),
        _ => String::new(),
    });
    texts.collect()
}

fn data(element: &HtmlElement, name: &str) -> Option<String> {
    let found = element.attrs.0.iter().find(|(key, _)| key.resolve().as_str() == name);
    found.map(|(_, value)| value.to_string())
}
