//! The code part of a run's key: sources hashed as token trees, so that a comment, a doc line or a test moves nothing
//! and a changed constant moves exactly what uses it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use flow::Part;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use toml::Table;

use crate::locked::Locked;
use crate::sections::{Section, crates};
use crate::stop::Stop;

/// Workspace crates that cannot change a run's result: they plan, judge, draw and write.
const NOT_IN_KEYS: [&str; 4] = ["flow", "ledger", "manuscript", "pins"];

/// The code parts of a section's keys: its `params.rs` and `runs.rs` with the modules they reach, each compute crate
/// below it, and the locked versions of its own and those crates' dependencies.
///
/// # Errors
/// When a source file cannot be read or is not Rust.
pub fn parts(root: &Path, section: &Section, locked: &Locked) -> Result<Vec<Part>, Stop> {
    let all = crates(root)?;
    let mut reached = BTreeSet::new();
    compute_crates(&all, &section.name, &mut reached);
    let mut parts =
        vec![Part::new(format!("code of {}: params, runs", section.name), section_hash(&section.folder)?)];
    let mut dependencies = BTreeSet::new();
    if let Some((_, manifest)) = find(&all, &section.name) {
        let foreign = |name: &String| find(&all, name).is_none();
        dependencies.extend(direct_dependencies(manifest).into_iter().filter(foreign));
    }
    for name in &reached {
        let Some((folder, manifest)) = find(&all, name) else { continue };
        parts.push(Part::new(format!("code of {name}"), crate_hash(folder)?));
        dependencies.extend(direct_dependencies(manifest));
    }
    parts.push(Part::new("locked dependencies", locked.closure_hash(&dependencies)));
    Ok(parts)
}

fn find<'a>(all: &'a [(PathBuf, Table)], name: &str) -> Option<&'a (PathBuf, Table)> {
    all.iter().find(|(_, manifest)| package_name(manifest) == Some(name))
}

fn package_name(manifest: &Table) -> Option<&str> {
    manifest.get("package")?.get("name")?.as_str()
}

/// The compute crates of the workspace below a crate, not counting the crate itself.
fn compute_crates(all: &[(PathBuf, Table)], name: &str, reached: &mut BTreeSet<String>) {
    let Some((_, manifest)) = find(all, name) else { return };
    for dependency in direct_dependencies(manifest) {
        let ours = find(all, &dependency).is_some() && !NOT_IN_KEYS.contains(&dependency.as_str());
        if ours && reached.insert(dependency.clone()) {
            compute_crates(all, &dependency, reached);
        }
    }
}

/// Names in `[dependencies]`, those of single targets included; development dependencies do not count.
fn direct_dependencies(manifest: &Table) -> Vec<String> {
    let names = |table: Option<&toml::Value>| -> Vec<String> {
        table.and_then(toml::Value::as_table).map(|table| table.keys().cloned().collect()).unwrap_or_default()
    };
    let mut all = names(manifest.get("dependencies"));
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        all.extend(targets.values().flat_map(|target| names(target.get("dependencies"))));
    }
    all
}

/// Hash of every source below `src`, by path. Files that are not Rust (kernels) count byte by byte.
fn crate_hash(folder: &Path) -> Result<String, Stop> {
    let source = folder.join("src");
    let mut files = Vec::new();
    list(&source, &mut files)?;
    files.retain(|file| file.extension().is_none_or(|extension| extension != "md"));
    hash_files(folder, &files)
}

/// Hash of a section's `params.rs`, `runs.rs` and the modules of its own that they reach.
fn section_hash(folder: &Path) -> Result<String, Stop> {
    let source = folder.join("src");
    let mut reached = BTreeSet::new();
    let mut pending = vec![source.join("params.rs"), source.join("runs.rs")];
    for rooms in ["params", "runs"].map(|room| source.join(room)).iter().filter(|room| room.is_dir()) {
        list(rooms, &mut pending)?;
    }
    while let Some(file) = pending.pop() {
        if !file.is_file() || !reached.insert(file.clone()) {
            continue;
        }
        for module in own_modules(tokens(&file)?) {
            let as_file = source.join(format!("{module}.rs"));
            let as_folder = source.join(&module);
            if as_file.is_file() {
                pending.push(as_file);
            } else if !as_folder.is_dir() {
                // Not a module: an item of the crate's root.
                pending.push(source.join("lib.rs"));
            }
            if as_folder.is_dir() {
                let mut files = Vec::new();
                list(&as_folder, &mut files)?;
                pending.extend(files);
            }
        }
    }
    hash_files(folder, &reached.into_iter().collect::<Vec<_>>())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Stop> {
    let listing =
        fs::read_dir(folder).map_err(|error| Stop::failed(format!("{}: {error}", folder.display())))?;
    for entry in listing {
        let path = entry?.path();
        if path.is_dir() { list(&path, files)? } else { files.push(path) }
    }
    files.sort();
    Ok(())
}

fn hash_files(folder: &Path, files: &[PathBuf]) -> Result<String, Stop> {
    let mut hasher = blake3::Hasher::new();
    for file in files {
        let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().replace('\\', "/");
        hasher.update(blake3::hash(name.as_bytes()).as_bytes());
        if file.extension().is_some_and(|extension| extension == "rs") {
            let stream = tokens(file)?;
            for included in included_files(&stream) {
                if let Ok(bytes) = fs::read(file.with_file_name(included)) {
                    hasher.update(blake3::hash(&bytes).as_bytes());
                }
            }
            hasher.update(blake3::hash(normalised(stream).as_bytes()).as_bytes());
        } else {
            hasher.update(blake3::hash(&fs::read(file)?).as_bytes());
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// A file's tokens without comments, doc attributes and test-only items.
fn tokens(file: &Path) -> Result<TokenStream, Stop> {
    let text =
        fs::read_to_string(file).map_err(|error| Stop::failed(format!("{}: {error}", file.display())))?;
    let stream: TokenStream =
        text.parse().map_err(|error| Stop::failed(format!("{}: not Rust: {error}", file.display())))?;
    Ok(stripped(stream))
}

fn stripped(stream: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(ref hash) if hash.as_char() == '#' => {
                let mut inner = None;
                if matches!(trees.peek(), Some(TokenTree::Punct(bang)) if bang.as_char() == '!') {
                    inner = trees.next();
                }
                match trees.peek() {
                    Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
                        let attribute = group.stream().to_string().replace(' ', "");
                        if attribute.starts_with("doc=") || attribute.starts_with("doc(") {
                            trees.next();
                        } else if attribute == "cfg(test)" {
                            trees.next();
                            skip_item(&mut trees);
                        } else {
                            kept.push(tree);
                            kept.extend(inner);
                        }
                    }
                    _ => {
                        kept.push(tree);
                        kept.extend(inner);
                    }
                }
            }
            TokenTree::Group(group) => {
                let mut inside = proc_macro2::Group::new(group.delimiter(), stripped(group.stream()));
                inside.set_span(group.span());
                kept.push(TokenTree::Group(inside));
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

/// Skips the item behind `#[cfg(test)]`: up to its braces, or its semicolon for imports and declarations.
fn skip_item(trees: &mut impl Iterator<Item = TokenTree>) {
    let mut import = None;
    for tree in trees {
        match tree {
            TokenTree::Ident(word) if import.is_none() => import = Some(word == "use"),
            TokenTree::Punct(end) if end.as_char() == ';' => return,
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace && import != Some(true) => return,
            _ => {}
        }
    }
}

/// The tokens as text that no white space or line break can change.
fn normalised(stream: TokenStream) -> String {
    let mut text = String::new();
    write_normalised(stream, &mut text);
    text
}

fn write_normalised(stream: TokenStream, text: &mut String) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write_normalised(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => {
                text.push(punct.as_char());
                if punct.spacing() == Spacing::Alone {
                    text.push(' ');
                }
            }
            other => {
                text.push_str(&other.to_string());
                text.push(' ');
            }
        }
    }
}

/// Names that follow `crate::` or `super::`: the modules of its own that a file reaches.
fn own_modules(stream: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Group(group) => found.extend(own_modules(group.stream())),
            TokenTree::Ident(word) if word == "crate" || word == "super" => match trees.get(index + 3) {
                Some(TokenTree::Ident(module)) => {
                    found.insert(module.to_string());
                }
                Some(TokenTree::Group(group)) => found.extend(first_words(group.stream())),
                _ => {}
            },
            _ => {}
        }
    }
    found
}

/// The first word of each comma-separated part.
fn first_words(stream: TokenStream) -> Vec<String> {
    let mut words = Vec::new();
    let mut fresh = true;
    for tree in stream {
        match tree {
            TokenTree::Ident(word) if fresh => {
                words.push(word.to_string());
                fresh = false;
            }
            TokenTree::Punct(comma) if comma.as_char() == ',' => fresh = true,
            _ => {}
        }
    }
    words
}

/// Files named by `include_str!`, `include_bytes!` and `include!`.
fn included_files(stream: &TokenStream) -> Vec<String> {
    let trees: Vec<TokenTree> = stream.clone().into_iter().collect();
    let mut files = Vec::new();
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Ident(word) if word.to_string().starts_with("include") => {
                if let Some(TokenTree::Group(group)) = trees.get(index + 2) {
                    files.push(group.stream().to_string().trim_matches('"').to_owned());
                }
            }
            TokenTree::Group(group) => files.extend(included_files(&group.stream())),
            _ => {}
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        normalised(stripped(source.parse().unwrap()))
    }

    const PLAIN: &str = "pub fn k(c: f64) -> f64 { c * 2.0 }";

    #[test]
    fn comments_docs_layout_and_tests_move_nothing() {
        let dressed = "//! Module.\n/// Docs.\npub fn k(c: f64)\n  -> f64 { /* why */ c * 2.0 }\n\
                       #[cfg(test)]\nuse a::{b, c};\n#[cfg(test)]\nmod tests { fn t() {} }\n#[cfg(test)] const X: u8 = 1;";
        assert_eq!(text(PLAIN), text(dressed));
    }

    #[test]
    fn a_constant_an_operator_or_an_attribute_moves_the_hash() {
        for changed in ["c * 2.5", "c + 2.0", "c * -2.0"] {
            assert_ne!(text(PLAIN), text(&PLAIN.replace("c * 2.0", changed)));
        }
        assert_ne!(text(PLAIN), text(&format!("#[inline] {PLAIN}")));
        assert_ne!(text("a < - b"), text("a <- b"), "joint and separate punctuation differ");
    }

    #[test]
    fn reached_modules_are_found() {
        let source = "use crate::estimator; use crate::{grid::Grid, law}; fn f() { super::inner::g(); crate::deep(); }";
        let found = own_modules(source.parse().unwrap());
        let expected: BTreeSet<String> =
            ["deep", "estimator", "grid", "inner", "law"].map(str::to_owned).into();
        assert_eq!(found, expected);
    }

    fn section_with(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("src")).unwrap();
        for (name, text) in files {
            fs::write(folder.path().join("src").join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_figure_moves_nothing_and_a_reached_module_does() {
        let hash = |grid: &str, figures: &str| {
            let files = [
                ("params.rs", ""),
                ("runs.rs", "use crate::grid;"),
                ("grid.rs", grid),
                ("figures.rs", figures),
            ];
            section_hash(section_with(&files).path()).unwrap()
        };
        let reference = hash("const N: u32 = 1;", "fn a() {}");
        assert_eq!(reference, hash("const N: u32 = 1; // one", "fn b() {}"));
        assert_ne!(reference, hash("const N: u32 = 2;", "fn a() {}"));
    }

    #[test]
    fn files_below_the_runs_count() {
        let hash = |moments: &str| {
            let folder = section_with(&[("params.rs", ""), ("runs.rs", "mod finite_width;")]);
            let below = folder.path().join("src/runs");
            fs::create_dir(&below).unwrap();
            fs::write(below.join("finite_width.rs"), moments).unwrap();
            section_hash(folder.path()).unwrap()
        };
        assert_ne!(hash("fn f(m: f64) -> f64 { 0.5 * m }"), hash("fn f(m: f64) -> f64 { 0.6 * m }"));
    }

    #[test]
    fn included_files_count() {
        let hash = |kernel: &str| {
            let files = [("lib.rs", "const SOURCE: &str = include_str!(\"draw.cu\");"), ("draw.cu", kernel)];
            crate_hash(section_with(&files).path()).unwrap()
        };
        assert_ne!(hash("a"), hash("b"));
    }
}
