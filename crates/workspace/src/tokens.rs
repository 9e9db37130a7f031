//! Rust sources as token trees, so that a comment, a doc line, white space or a test moves nothing and a changed constant
//! moves exactly what uses it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, LexError, Punct, Spacing, TokenStream, TokenTree};

use crate::WorkspaceError;

/// What one Rust file says.
#[derive(Debug, Default)]
pub(crate) struct RustFile {
    /// Its tokens as text that no white space can change.
    pub(crate) text: String,
    /// Files that it embeds by `include!`, `include_str!` and `include_bytes!`, or names by `#[path = …]`.
    pub(crate) embedded: Vec<PathBuf>,
    /// Modules that it declares for tests alone: where their file would be, without `.rs`.
    pub(crate) test_modules: Vec<PathBuf>,
    /// What follows `crate`: the modules of its crate that it reaches, or the other name that it gives it.
    pub(crate) reaches: BTreeSet<String>,
    /// The longest chain of `super`: so many modules up it reaches.
    pub(crate) above: usize,
    /// All of its words, macros that it calls with their `!`.
    pub(crate) words: BTreeSet<String>,
}

impl RustFile {
    /// Reads a file, leaving out comments, doc attributes and items for tests.
    ///
    /// # Errors
    /// When it cannot be read, is not Rust, or embeds a file that cannot be named.
    pub(crate) fn read(path: &Path) -> Result<Self, WorkspaceError> {
        let text = fs::read_to_string(path).map_err(WorkspaceError::unreadable(path))?;
        // The tokeniser's error itself cannot be handed on between threads.
        let no_rust = |error: LexError| WorkspaceError::wrong(path, format!("it is not Rust: {error}"));
        let stream: TokenStream = text.replace('\r', "").parse().map_err(no_rust)?;
        let mut modules = Modules::default();
        let mut file = Self::default();
        file.add(&stripped(stream, &mut modules), path, 0)?;
        let Modules { for_tests, always } = modules;
        let only_for_tests = for_tests.into_iter().filter(|name| !always.contains(name));
        let beside = module_folder(path);
        file.test_modules = only_for_tests.map(|name| beside.join(name)).collect();
        Ok(file)
    }

    /// Adds tokens that stand so many modules up to the text, and takes note of what they embed and reach.
    fn add(&mut self, trees: &[TokenTree], path: &Path, up: usize) -> Result<(), WorkspaceError> {
        const EMBED: [&str; 3] = ["include", "include_str", "include_bytes"];
        let is = |punct: &Punct, sign| punct.as_char() == sign;
        // `super::super::{…}` leads on into the braces.
        let mut chain = up;
        for (index, tree) in trees.iter().enumerate() {
            match tree {
                TokenTree::Ident(word) => {
                    chain = if word == "super" { chain + 1 } else { up };
                    self.above = self.above.max(chain);
                    self.words.insert(word.to_string());
                }
                TokenTree::Punct(colon) if is(colon, ':') => {}
                TokenTree::Punct(_) => chain = up,
                _ => {}
            }
            match &trees[index..] {
                [TokenTree::Ident(word), TokenTree::Punct(colon), _, name, ..]
                    if word == "crate" && is(colon, ':') =>
                {
                    self.reaches.insert(name.to_string());
                }
                [TokenTree::Ident(word), TokenTree::Ident(name), ..] if word == "crate" => {
                    self.reaches.insert(name.to_string());
                }
                [TokenTree::Ident(word), TokenTree::Punct(bang), TokenTree::Group(arguments), ..]
                    if is(bang, '!') =>
                {
                    self.words.insert(format!("{word}!"));
                    if EMBED.iter().any(|name| word == name) {
                        self.embedded.push(path.with_file_name(literal(&arguments.stream(), path)?));
                    }
                }
                [TokenTree::Punct(hash), TokenTree::Group(attribute), ..]
                    if is(hash, '#') && attribute.delimiter() == Delimiter::Bracket =>
                {
                    if let [TokenTree::Ident(word), TokenTree::Punct(_), name] = &trees_of(attribute)[..]
                        && word == "path"
                    {
                        self.embedded.push(path.with_file_name(literal(&name.clone().into(), path)?));
                    }
                }
                _ => {}
            }
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.text.push_str(open);
                    self.add(&trees_of(group), path, chain)?;
                    chain = up;
                    self.text.push_str(close);
                }
                TokenTree::Punct(punct) => {
                    self.text.push(punct.as_char());
                    if punct.spacing() == Spacing::Alone {
                        self.text.push(' ');
                    }
                }
                other => self.text.push_str(&format!("{other} ")),
            }
        }
        Ok(())
    }
}

fn trees_of(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

/// The folder in which a file's modules lie.
pub(crate) fn module_folder(path: &Path) -> PathBuf {
    let is_root =
        path.file_name().is_some_and(|name| name == "mod.rs" || name == "lib.rs" || name == "main.rs");
    if is_root { path.parent().unwrap_or(path).to_path_buf() } else { path.with_extension("") }
}

/// Modules that a file declares, by name.
#[derive(Default)]
struct Modules {
    for_tests: Vec<String>,
    always: Vec<String>,
}

fn is_for_tests(attribute: &str) -> bool {
    attribute == "cfg(test)" || attribute.starts_with("cfg(all(test,")
}

/// Whether an item begins here, behind further attributes and a visibility. Fields, match arms and expressions are none: for
/// tests or not, they stay.
fn is_item(trees: impl Iterator<Item = TokenTree>) -> bool {
    const KEYWORDS: &str =
        "async const enum extern fn impl macro_rules mod static struct trait type unsafe use";
    let mut trees = trees.peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(hash) if hash.as_char() == '#' => drop(trees.next()),
            TokenTree::Ident(word) if word == "pub" => {
                if matches!(trees.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
                {
                    trees.next();
                }
            }
            TokenTree::Ident(word) => return KEYWORDS.split(' ').any(|keyword| word == keyword),
            _ => return false,
        }
    }
    false
}

/// Without doc attributes and items under `#[cfg(test)]`; takes note of the modules that are declared.
fn stripped(stream: TokenStream, modules: &mut Modules) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(ref hash) if hash.as_char() == '#' => {
                let bang = match trees.peek() {
                    Some(TokenTree::Punct(bang)) if bang.as_char() == '!' => trees.next(),
                    _ => None,
                };
                let attribute = match trees.peek() {
                    Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
                        group.stream().to_string().replace(' ', "")
                    }
                    _ => String::new(),
                };
                if attribute.starts_with("doc=") || attribute.starts_with("doc(") {
                    trees.next();
                } else if is_for_tests(&attribute) && is_item(trees.clone().skip(1)) {
                    trees.next();
                    modules.for_tests.extend(skip_item(&mut trees));
                } else {
                    kept.push(tree);
                    kept.extend(bang);
                }
            }
            TokenTree::Group(group) => {
                let inside = stripped(group.stream(), modules).into_iter().collect();
                kept.push(TokenTree::Group(Group::new(group.delimiter(), inside)));
            }
            other => kept.push(other),
        }
        if let [.., TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(end)] = &kept[..]
            && word == "mod"
            && end.as_char() == ';'
        {
            modules.always.push(name.to_string());
        }
    }
    kept
}

/// Skips an item: up to its braces, or its semicolon for imports and declarations. Gives the name of a module whose
/// content stands in a file.
fn skip_item(trees: &mut impl Iterator<Item = TokenTree>) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    for tree in trees {
        match tree {
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Punct(end) if end.as_char() == ';' => {
                let declared = words.iter().position(|word| word == "mod")?;
                return words.get(declared + 1).cloned();
            }
            TokenTree::Group(body)
                if body.delimiter() == Delimiter::Brace
                    && words.iter().find(|word| *word != "pub").is_none_or(|keyword| keyword != "use") =>
            {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// The content of a plain string.
fn literal(stream: &TokenStream, path: &Path) -> Result<String, WorkspaceError> {
    let call = stream.to_string();
    let inside = call.trim_end_matches(',').trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let plain = inside.filter(|name| !name.contains(['"', '\\', '(']));
    let unknown = || format!("`{call}` names no file that could be hashed: write the name as a plain string");
    plain.map(str::to_owned).ok_or_else(|| WorkspaceError::wrong(path, unknown()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Result<RustFile, WorkspaceError> {
        let folder = temp_dir::TempDir::new().unwrap();
        let path = folder.path().join("a.rs");
        fs::write(&path, source).unwrap();
        RustFile::read(&path)
    }

    fn text(source: &str) -> String {
        read(source).unwrap().text
    }

    const PLAIN: &str = "pub fn k(c: f64) -> f64 { c * 2.0 }";

    #[test]
    fn comments_docs_layout_and_tests_move_nothing() {
        let dressed = "//! Module.\r\n/// Docs.\r\npub fn k(c: f64)\n  -> f64 { /* why */ c * 2.0 }\n\
                       #[cfg(test)]\nuse a::{b, c};\n#[cfg(test)]\nmod tests { fn t() {} }\n#[cfg(test)] const X: u8 = 1;\n\
                       #[cfg(all(test, unix))]\nmod more { fn t() {} }\n\
                       #[cfg(test)] pub(crate) fn t<'a>(x: &'a u8) -> impl Fn() + use<'a> { move || drop(x) }";
        assert_eq!(text(PLAIN), text(dressed));
    }

    #[test]
    fn a_constant_an_operator_or_an_attribute_moves_the_text() {
        for changed in ["c * 2.5", "c + 2.0", "c * -2.0"] {
            assert_ne!(text(PLAIN), text(&PLAIN.replace("c * 2.0", changed)));
        }
        assert_ne!(text(PLAIN), text(&format!("#[inline] {PLAIN}")));
        assert_ne!(
            text("const C: i8 = a < - b;"),
            text("const C: i8 = a <- b;"),
            "joint punctuation differs"
        );
    }

    #[test]
    fn what_stands_beside_a_field_for_tests_counts() {
        let plain = "struct A { b: u8 } fn f() -> A { A { b: 1 } }";
        let dressed = "struct A { #[cfg(test)] t: u8, b: u8 } fn f() -> A { A { #[cfg(test)] t: 0, b: 1 } }";
        assert_ne!(text(plain), text(dressed));
        assert_ne!(text(dressed), text(&dressed.replace("b: 1", "b: 2")));
        assert_eq!(
            text(plain),
            text(&format!("{plain} #[cfg(test)] #[allow(dead_code)] pub(crate) fn t() {{}}"))
        );
    }

    #[test]
    fn a_module_that_has_a_fake_for_tests_counts() {
        let found = read("#[cfg(not(test))] mod law; #[cfg(test)] #[path = \"fake.rs\"] mod law;").unwrap();
        assert!(found.test_modules.is_empty());
        assert!(read("fn same(path: u8, b: u8) -> bool { path == b }").is_ok());
    }

    #[test]
    fn what_a_file_reaches_is_told() {
        let found = read(
            "use crate::report::x; use crate as c; pub(crate) fn f() { crate::experiment::g(); env!(\"A\") }",
        )
        .unwrap();
        assert!(found.reaches.iter().eq(["as", "experiment", "report"]));
        assert!(found.words.contains("env!") && !found.words.contains("f!"));
        let above = |source| read(source).unwrap().above;
        assert_eq!(above("use self::a; fn f(b: u8) -> u8 { b }"), 0);
        assert_eq!(above("pub(super) fn f() { super::g(super::h()); }"), 1);
        assert_eq!(above("use super::{super::a, b};"), 2);
        assert_eq!(above("fn f() { super::super::report::a() }"), 2);
    }

    #[test]
    fn test_modules_and_embedded_files_are_named() {
        let found = read(
            "#[cfg(test)]\npub(crate) mod tests;\nmod other;\n#[path = \"odd.rs\"] mod odd;\n\
             const A: &str = include_str!(\"kernel.cu\"); fn f() { let b = include_bytes!(\"../x.bin\",); }",
        )
        .unwrap();
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(found.test_modules.iter().map(name).collect::<Vec<_>>(), ["tests"]);
        assert!(found.test_modules[0].parent().unwrap().ends_with("a"), "below the file's own folder");
        assert_eq!(found.embedded.iter().map(name).collect::<Vec<_>>(), ["odd.rs", "kernel.cu", "x.bin"]);
    }

    #[test]
    fn what_cannot_be_followed_is_an_error() {
        let computed = read("const A: &str = include_str!(concat!(\"a\", \"b\"));");
        assert!(computed.unwrap_err().to_string().contains("names no file"));
        assert!(read("fn f( {").unwrap_err().to_string().contains("is not Rust"));
    }
}
