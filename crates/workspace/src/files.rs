//! Which files below a folder are sources.

use std::fs;
use std::path::{Path, PathBuf};

use crate::WorkspaceError;

/// The source files below a folder, sorted by path. What editors, desktops and notebooks leave is none, nor is what is
/// not a regular file; everything else is, whether or not anything refers to it.
///
/// # Errors
/// When a folder cannot be read; the error names it.
pub fn source_files(folder: &Path) -> Result<Vec<PathBuf>, WorkspaceError> {
    let mut found = Vec::new();
    collect(folder, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), WorkspaceError> {
    for entry in fs::read_dir(folder).map_err(WorkspaceError::unreadable(folder))? {
        let entry = entry.map_err(WorkspaceError::unreadable(folder))?;
        let path = entry.path();
        if is_leftover(&entry.file_name().to_string_lossy()) {
            continue;
        }
        // Links are followed: what they lead to is compiled.
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => collect(&path, found)?,
            Ok(metadata) if metadata.is_file() => found.push(path),
            Ok(_) => {}
            // A link that leads nowhere cannot be compiled.
            Err(_) if entry.file_type().is_ok_and(|kind| kind.is_symlink()) => {}
            Err(error) => return Err(WorkspaceError::Unreadable(path, error)),
        }
    }
    Ok(())
}

/// Names that tools leave beside sources: hidden files, backups, locks, thumbnails, byte code. Notes in Markdown are no
/// source either; one that is embedded counts by being embedded.
pub fn is_leftover(name: &str) -> bool {
    const ENDINGS: [&str; 11] =
        ["~", ".bak", ".bk", ".orig", ".rej", ".swp", ".swo", ".tmp", ".pyc", ".md", ".new"];
    const NAMES: [&str; 4] = ["Thumbs.db", "desktop.ini", "__pycache__", "4913"];
    name.starts_with(['.', '#'])
        || NAMES.contains(&name)
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let relative = |path: PathBuf| path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        source_files(folder).unwrap().into_iter().map(relative).collect()
    }

    #[test]
    fn leftovers_count_nowhere_and_everything_else_counts() {
        let folder = temp_dir::TempDir::new().unwrap();
        for name in
            ["b.rs", "a/c.cu", "a/table.json", ".b.rs.swp", "b.rs~", "#b.rs#", "b.rs.orig", "notes.md"]
        {
            fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir_all(folder.path().join(".ipynb_checkpoints")).unwrap();
        fs::write(folder.path().join(".ipynb_checkpoints/x.rs"), "").unwrap();
        assert_eq!(names(folder.path()), ["a/c.cu", "a/table.json", "b.rs"]);
    }

    #[cfg(unix)]
    #[test]
    fn an_editors_lock_and_a_socket_stop_nothing() {
        let folder = temp_dir::TempDir::new().unwrap();
        fs::write(folder.path().join("b.rs"), "").unwrap();
        std::os::unix::fs::symlink("user@host.123", folder.path().join(".#b.rs")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("gone.rs")).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        assert_eq!(names(folder.path()), ["b.rs"]);
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_named() {
        let error = source_files(Path::new("/no/such/folder")).unwrap_err();
        assert!(error.to_string().contains("/no/such/folder"));
    }
}
