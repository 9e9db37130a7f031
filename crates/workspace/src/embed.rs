//! What a section's build script does.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

use crate::sources::experiment;
use crate::{Crates, Side, Sources, WorkspaceError, root_above};

/// Compiles the hashes of a section's sources into its program, as `SECTION_SOURCES`, and the version
/// of its compiler, as `SECTION_RUSTC`: call it from `build.rs`. Cargo calls it
/// again whenever one of them changes.
///
/// # Panics
/// When they cannot be read: the section does not build then.
pub fn embed() {
    if let Err(error) = attempt() {
        let behind = error.source().map_or(String::new(), |source| format!(": {source}"));
        panic!("{error}{behind}");
    }
}

fn attempt() -> Result<(), WorkspaceError> {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let name = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let root = root_above(&folder)?;
    let crates = Crates::read(&root)?;
    let section =
        crates.get(&name).ok_or_else(|| WorkspaceError::wrong(&root, format!("no crate `{name}`")))?;
    for name in ["src", "Cargo.toml", "build.rs"] {
        println!("cargo:rerun-if-changed={}", section.folder.join(name).display());
    }
    for found in crates.below(section).into_iter().filter(|found| found.side != Side::Section) {
        println!("cargo:rerun-if-changed={}", found.folder.join("src").display());
        println!("cargo:rerun-if-changed={}", found.folder.join("Cargo.toml").display());
    }
    println!("cargo:rerun-if-changed={}", experiment(section).display());
    println!("cargo:rustc-env=SECTION_SOURCES={}", Sources::of(&crates, section)?.line());
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version =
        Command::new(rustc).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    println!("cargo:rustc-env=SECTION_RUSTC={}", compiler(&String::from_utf8_lossy(&version), &flags));
    Ok(())
}

/// The compiler in words, with its flags, which cargo separates by a character that no terminal shows, if there are any.
fn compiler(version: &str, flags: &str) -> String {
    let flags =
        if flags.is_empty() { String::new() } else { format!(" with {}", flags.replace('\x1f', " ")) };
    format!("{}{flags}", version.trim())
}

#[cfg(test)]
mod tests {
    use super::compiler;

    #[test]
    fn flags_are_told_where_there_are_any() {
        assert_eq!(compiler("rustc 1.95.0\n", ""), "rustc 1.95.0");
        assert_eq!(
            compiler("rustc 1.95.0\n", "-C\x1ftarget-cpu=native\x1f--cfg=x"),
            "rustc 1.95.0 with -C target-cpu=native --cfg=x"
        );
    }
}
