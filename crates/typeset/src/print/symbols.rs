//! Symbols, named functions and accents in words, as `words.toml` lists them.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Words {
    symbols: HashMap<String, String>,
    functions: HashMap<String, String>,
    accents: HashMap<char, String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("words.toml"))
        .expect("the list is a part of the program, and its tests read it")
});

/// A symbol in words; none where it is said as it is written, such as a letter.
pub(super) fn symbol(text: &str) -> Option<&'static str> {
    WORDS.symbols.get(text).map(String::as_str)
}

/// The name of a function, such as `sin`, in words.
pub(super) fn function(name: &str) -> &str {
    WORDS.functions.get(name).map_or(name, String::as_str)
}

/// What an accent is called.
pub(super) fn accent(mark: char) -> &'static str {
    WORDS.accents.get(&mark).map_or("accent", String::as_str)
}
