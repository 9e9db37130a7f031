//! Equations in words: `$x^2 / 2$` is "x squared over 2".
//!
//! What stands there is said, not what it means: an index above is "superscript", since it may count layers as well as
//! multiply. Where a script, a fraction or a root holds more than one thing, its end is said too.

use typst::foundations::{Content, ContextElem, SequenceElem, StyleChain, StyledElem, SymbolElem};
use typst::layout::{HElem, Spacing};
use typst::math::{
    AccentElem, AlignPointElem, AttachElem, BinomElem, CasesElem, EquationElem, FracElem, LrElem, MatElem,
    OpElem, OverlineElem, PrimesElem, RootElem, UnderbraceElem, VecElem,
};
use typst::text::{LinebreakElem, SpaceElem, TextElem};

use super::symbols::{accent, function, symbol};

/// The equation in words; `shown` are the texts of the results that stand in it, in order.
pub(super) fn spoken(body: &Content, shown: &[String]) -> String {
    let mut speaker = Speaker { words: Vec::new(), shown: shown.iter() };
    speaker.all(body);
    let mut text = String::new();
    for word in speaker.words {
        let pause = matches!(word.as_str(), "," | ";" | ".");
        if pause && (text.is_empty() || text.ends_with([',', ';'])) {
            continue;
        }
        if !pause && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&word);
    }
    text.trim_end_matches([',', ';', '.']).to_owned()
}

struct Speaker<'a> {
    words: Vec<String>,
    shown: std::slice::Iter<'a, String>,
}

impl Speaker<'_> {
    fn say(&mut self, words: &str) {
        self.words.push(words.to_owned());
    }

    fn all(&mut self, content: &Content) {
        self.row(&items(content));
    }

    /// What stands one after another. Parentheses right behind a letter hold what it is a function of.
    fn row(&mut self, items: &[&Content]) {
        for (place, item) in items.iter().enumerate() {
            let before = place.checked_sub(1).map(|place| items[place]);
            match (item.to_packed::<LrElem>(), before.filter(|before| is_name(before))) {
                (Some(pair), Some(_)) if delimited(pair).is_some_and(|pair| pair.open == "(") => {
                    self.say("of");
                    match delimited(pair).filter(|pair| is_simple(&pair.inner)) {
                        Some(pair) => self.row(&pair.inner),
                        None => self.one(item),
                    }
                }
                _ => self.one(item),
            }
        }
    }

    /// A part between words that say where it begins and, unless it is one thing, where it ends.
    fn part(&mut self, begin: &str, part: &Content, end: &str) {
        self.say(begin);
        self.all(part);
        if !is_simple(&items(part)) {
            self.say(end);
        }
    }

    /// A part whose end is said in any case, since what follows belongs to what went before.
    fn limit(&mut self, begin: &str, part: &Content, end: &str) {
        self.say(begin);
        self.all(part);
        self.say(end);
    }

    fn one(&mut self, item: &Content) {
        if let Some(symbol) = item.to_packed::<SymbolElem>() {
            self.text(&symbol.text);
        } else if let Some(text) = item.to_packed::<TextElem>() {
            self.text(&text.text);
        } else if let Some(attached) = item.to_packed::<AttachElem>() {
            self.attached(attached);
        } else if let Some(fraction) = item.to_packed::<FracElem>() {
            self.fraction(&fraction.num, &fraction.denom);
        } else if let Some(root) = item.to_packed::<RootElem>() {
            self.root(root);
        } else if let Some(pair) = item.to_packed::<LrElem>() {
            self.pair(pair);
        } else if let Some(operator) = item.to_packed::<OpElem>() {
            self.say(function(&operator.text.plain_text()));
        } else if let Some(styled) = item.to_packed::<StyledElem>() {
            self.styled(styled);
        } else if let Some(space) = item.to_packed::<HElem>() {
            if matches!(space.amount, Spacing::Rel(width) if width.abs.em.get() >= 1.0) {
                self.say(",");
            }
        } else if item.is::<LinebreakElem>() {
            self.say(";");
        } else if item.is::<ContextElem>() {
            if let Some(shown) = self.shown.next() {
                self.text(shown);
            }
        } else if !(item.is::<SpaceElem>() || item.is::<AlignPointElem>()) {
            self.rarer(item);
        }
    }

    fn rarer(&mut self, item: &Content) {
        if let Some(marked) = item.to_packed::<AccentElem>() {
            let name = accent(marked.accent.0);
            self.all(&marked.base);
            self.say(name);
        } else if let Some(marked) = item.to_packed::<OverlineElem>() {
            self.all(&marked.body);
            self.say("bar");
        } else if let Some(primes) = item.to_packed::<PrimesElem>() {
            self.primes(primes.count);
        } else if let Some(brace) = item.to_packed::<UnderbraceElem>() {
            self.part("underbraced", &brace.body, "end underbrace");
            if let Some(Some(note)) = brace.annotation.as_option() {
                self.part("under it", note, "end note");
            }
        } else if let Some(binomial) = item.to_packed::<BinomElem>() {
            self.part("binomial of", &binomial.upper, "end");
            binomial.lower.iter().for_each(|lower| self.part("choose", lower, "end binomial"));
        } else if let Some(cases) = item.to_packed::<CasesElem>() {
            self.list("cases", &cases.children, "end cases");
        } else if let Some(vector) = item.to_packed::<VecElem>() {
            self.list("vector", &vector.children, "end vector");
        } else if let Some(matrix) = item.to_packed::<MatElem>() {
            self.say("matrix");
            matrix.rows.iter().for_each(|row| self.list("row", row, ";"));
            self.say("end matrix");
        } else {
            self.text(&item.plain_text());
        }
    }

    /// Text as it is written, each symbol that has a name by that.
    fn text(&mut self, text: &str) {
        if let Some(name) = symbol(text) {
            return self.say(name);
        }
        for word in text.split_whitespace() {
            let mut plain = String::new();
            for letter in word.chars() {
                let mut written = [0; 4];
                match symbol(letter.encode_utf8(&mut written)) {
                    Some(name) => {
                        self.words.extend((!plain.is_empty()).then(|| std::mem::take(&mut plain)));
                        self.say(name);
                    }
                    None => plain.push(letter),
                }
            }
            self.words.extend((!plain.is_empty()).then_some(plain));
        }
    }

    fn attached(&mut self, attached: &AttachElem) {
        let below = [attached.b.as_option(), attached.br.as_option()].into_iter().flatten().flatten().next();
        let above: Vec<&Content> =
            [attached.tr.as_option(), attached.t.as_option()].into_iter().flatten().flatten().collect();
        let base = items(&attached.base);
        let name = base.first().filter(|_| base.len() == 1).map(|base| base.plain_text());
        let name = name.as_deref().unwrap_or_default();
        let has_limits = matches!(name, "∫" | "∑" | "∏" | "lim" | "max" | "min");
        self.row(&base);
        if let Some(below) = below {
            match name {
                "lim" => self.limit("as", below, ","),
                _ if has_limits && above.is_empty() => self.limit("over", below, "of"),
                _ if has_limits => self.part("from", below, ","),
                _ => self.part("sub", below, "end sub"),
            }
        }
        for above in above {
            match above.to_packed::<PrimesElem>() {
                Some(primes) => self.primes(primes.count),
                None if has_limits => self.limit("to", above, "of"),
                None => self.above(&base, above),
            }
        }
    }

    /// What stands above: a power where it can be nothing else.
    fn above(&mut self, base: &[&Content], top: &Content) {
        let number = |text: &str| text.chars().all(|letter| matches!(letter, '0'..='9' | '−' | '-'));
        let is_power = base
            .iter()
            .any(|base| base.is::<LrElem>() || base.plain_text() == "e" || number(&base.plain_text()));
        match top.plain_text().as_str() {
            "2" => self.say("squared"),
            "3" => self.say("cubed"),
            text if is_power || text.contains('/') => self.part("to the power", top, "end power"),
            _ => self.part("superscript", top, "end superscript"),
        }
    }

    fn primes(&mut self, count: usize) {
        self.say(match count {
            1 => "prime",
            2 => "double prime",
            _ => "triple prime",
        });
    }

    fn fraction(&mut self, above: &Content, below: &Content) {
        if is_simple(&items(above)) && is_simple(&items(below)) {
            self.all(above);
            self.say("over");
            self.all(below);
        } else {
            self.say("fraction");
            self.all(above);
            self.say("over");
            self.all(below);
            self.say("end fraction");
        }
    }

    fn root(&mut self, root: &RootElem) {
        match root.index.as_option() {
            Some(Some(index)) if index.plain_text() == "3" => {
                self.part("cube root of", &root.radicand, "end root")
            }
            Some(Some(index)) => {
                self.part("root", index, "end index");
                self.part("of", &root.radicand, "end root");
            }
            _ => self.part("square root of", &root.radicand, "end root"),
        }
    }

    fn pair(&mut self, pair: &LrElem) {
        let Some(Pair { open, inner, close }) = delimited(pair) else { return self.all(&pair.body) };
        let (begin, end) = match (open, close) {
            ("|" | "∣", "|" | "∣") => ("absolute value of", "end absolute value"),
            ("‖", "‖") => ("norm of", "end norm"),
            ("⌊", "⌋") => ("floor of", "end floor"),
            ("⌈", "⌉") => ("ceiling of", "end ceiling"),
            _ => (symbol(open).unwrap_or(open), symbol(close).unwrap_or(close)),
        };
        self.say(begin);
        self.row(&inner);
        self.say(end);
    }

    fn styled(&mut self, styled: &StyledElem) {
        let styles = StyleChain::new(&styled.styles);
        if styles.get(EquationElem::bold) {
            self.say("bold");
        }
        match styles.get(EquationElem::variant).map(|variant| format!("{variant:?}")).as_deref() {
            Some("Chancery" | "Roundhand") => self.say("script"),
            Some("DoubleStruck") => self.say("double-struck"),
            _ => {}
        }
        self.all(&styled.child);
    }

    fn list(&mut self, begin: &str, entries: &[Content], end: &str) {
        self.say(begin);
        for (place, entry) in entries.iter().enumerate() {
            if place > 0 {
                self.say(",");
            }
            self.all(entry);
        }
        self.say(end);
    }
}

/// What stands one after another, without the boxes around it.
fn items(content: &Content) -> Vec<&Content> {
    if let Some(sequence) = content.to_packed::<SequenceElem>() {
        sequence.children.iter().flat_map(items).collect()
    } else if let Some(equation) = content.to_packed::<EquationElem>() {
        items(&equation.body)
    } else {
        vec![content]
    }
}

/// What stands between delimiters.
struct Pair<'a> {
    open: &'a str,
    inner: Vec<&'a Content>,
    close: &'a str,
}

fn delimited(pair: &LrElem) -> Option<Pair<'_>> {
    let mut inner = items(&pair.body);
    let close = inner.pop()?.to_packed::<SymbolElem>()?;
    (!inner.is_empty()).then(|| inner.remove(0))?.to_packed::<SymbolElem>().map(|open| Pair {
        open: &open.text,
        inner,
        close: &close.text,
    })
}

fn is_visible(item: &&Content) -> bool {
    !(item.is::<SpaceElem>() || item.is::<AlignPointElem>())
}

/// Whether it is one thing, that is, one symbol or one number.
fn is_simple(items: &[&Content]) -> bool {
    let mut visible = items.iter().copied().filter(is_visible);
    let (first, second) = (visible.next(), visible.next());
    let single = |item: &Content| match item.to_packed::<StyledElem>() {
        Some(styled) => is_simple(&self::items(&styled.child)),
        None => item.is::<SymbolElem>() || item.is::<TextElem>(),
    };
    second.is_none() && first.is_none_or(single)
}

/// Whether parentheses right behind it hold what it is a function of.
fn is_name(item: &Content) -> bool {
    if let Some(attached) = item.to_packed::<AttachElem>() {
        let base = items(&attached.base);
        return base.len() == 1 && is_name(base[0]);
    }
    if let Some(styled) = item.to_packed::<StyledElem>() {
        return is_name(&styled.child);
    }
    item.to_packed::<SymbolElem>().is_some_and(|symbol| symbol.text.chars().all(char::is_alphabetic))
}
