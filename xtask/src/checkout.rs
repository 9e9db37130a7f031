//! What git says of the checkout, asked so that no setting of the user's changes the answer.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use runner::Checkout;

/// Places whose files are sources of the paper, known to git or not.
const SOURCES: [&str; 8] = [
    ".cargo/",
    "Cargo.lock",
    "Cargo.toml",
    "crates/",
    "data/datasets.toml",
    "paper/",
    "rust-toolchain.toml",
    "xtask/",
];

/// Looks at the checkout. Where git is there but does not answer, that is told: `unknown` is not `clean`.
pub fn look(root: &Path, lock_hash: &str) -> Checkout {
    let (found, error) = asked(root, lock_hash);
    if let Some(why) = error {
        eprintln!(
            "warning: git does not say which commit this is ({why}): results are marked as of an unknown one"
        );
    }
    found
}

/// What is found, and why git does not answer where it does not.
fn asked(root: &Path, lock_hash: &str) -> (Checkout, Option<io::Error>) {
    let of = |commit: &str| Checkout {
        commit: commit.to_owned(),
        lock_hash: lock_hash.to_owned(),
        ..Checkout::default()
    };
    // A tarball unpacked inside somebody else's checkout is not that checkout.
    if !root.join(".git").exists() {
        return (of("no git"), None);
    }
    let answered =
        git(root, &["rev-parse", "--verify", "HEAD"]).and_then(|commit| Ok((commit, status(root)?)));
    match answered {
        Ok((commit, status)) => {
            let changed = changed(&status);
            let dirty = !changed.is_empty();
            let diff_hash = dirty.then(|| hash(root, &changed));
            (Checkout { dirty: Some(dirty), diff_hash, ..of(commit.trim()) }, None)
        }
        Err(error) => (of("unknown"), Some(error)),
    }
}

/// How the sources differ from the commit. It is asked of an index made for the question alone: that of the user may say of files
/// that they have not changed, or are not to be looked at.
fn status(root: &Path) -> io::Result<String> {
    let folder = tempfile::tempdir()?;
    let index = folder.path().join("index");
    asking(root, &["read-tree", "HEAD"], Some(&index))?;
    // Also what is ignored, by whatever rule: in a folder of sources it is one.
    let words = ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignored=traditional"];
    asking(root, &[&words[..], &["--no-renames", "--"], &SOURCES].concat(), Some(&index))
}

/// What git answers, or why it does not.
pub fn git(root: &Path, words: &[&str]) -> io::Result<String> {
    asking(root, words, None)
}

fn asking(root: &Path, words: &[&str], index: Option<&Path>) -> io::Result<String> {
    let mut command = Command::new("git");
    for setting in ["excludesFile=/dev/null", "fsmonitor=false", "ignoreStat=false", "sparseCheckout=false"] {
        command.args(["-c", &format!("core.{setting}")]);
    }
    command.arg("-C").arg(root).args(words);
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
    ] {
        command.env_remove(name);
    }
    command.envs(index.map(|index| ("GIT_INDEX_FILE", index)));
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(said.lines().next().unwrap_or("no reason given")))
}

/// Paths of sources that differ from the commit, sorted, from `git status --porcelain=v2 -z`.
fn changed(status: &str) -> Vec<String> {
    let path = |entry: &str| -> Option<String> {
        let fields = match entry.chars().next()? {
            '?' | '!' => 2,
            '1' => 9,
            'u' => 11,
            _ => return None,
        };
        let path = entry.splitn(fields, ' ').nth(fields - 1)?;
        let within = SOURCES.iter().find_map(|place| path.strip_prefix(place))?;
        let is_known = fields > 2;
        let counts = is_known || !within.split('/').any(workspace::is_leftover);
        (counts && (!entry.starts_with('!') || within.contains("/src/"))).then(|| path.to_owned())
    };
    let mut paths: Vec<String> = status.split('\0').filter_map(path).collect();
    paths.sort();
    paths
}

/// BLAKE3 of the changed files: names and contents, whatever git would make of them.
fn hash(root: &Path, changed: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    for path in changed {
        hasher.update(blake3::hash(path.as_bytes()).as_bytes());
        let content = fs::read(root.join(path)).map_or([0; 32], |bytes| *blake3::hash(&bytes).as_bytes());
        hasher.update(&content);
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Commits all that stands there, whoever the user is and whatever git does for them at a commit.
    pub(crate) fn commit(root: &Path) {
        const OWN: [&str; 4] =
            ["user.name=a", "user.email=a@b", "commit.gpgSign=false", "core.hooksPath=/dev/null"];
        git(root, &["add", "-A"]).unwrap();
        let settings = OWN.iter().flat_map(|setting| ["-c", setting]);
        git(root, &settings.chain(["commit", "-qm", "all"]).collect::<Vec<_>>()).unwrap();
    }

    fn checkout() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("crates/a/src")).unwrap();
        fs::write(root.path().join("crates/a/src/lib.rs"), "one\n").unwrap();
        git(root.path(), &["init", "-q"]).unwrap();
        commit(root.path());
        root
    }

    #[test]
    fn changed_and_untracked_sources_count_whatever_the_user_has_set() {
        let root = checkout();
        let seen = || asked(root.path(), "lock").0;
        let clean = seen();
        assert_eq!((clean.dirty, clean.diff_hash.as_deref(), clean.commit.len()), (Some(false), None, 40));
        for (name, value) in [
            ("diff.external", "true"),
            ("color.ui", "always"),
            ("diff.noprefix", "true"),
            ("status.showUntrackedFiles", "no"),
        ] {
            git(root.path(), &["config", name, value]).unwrap();
        }
        assert_eq!(seen(), clean);
        fs::write(root.path().join("notes.txt"), "mine").unwrap();
        assert_eq!(seen(), clean, "what is no source does not count");
        fs::write(root.path().join("crates/a/src/lib.rs"), "two\n").unwrap();
        let changed = seen();
        assert_eq!(changed.dirty, Some(true));
        fs::write(root.path().join("crates/a/src/new file.rs"), "three\n").unwrap();
        let more = seen();
        assert!(more.dirty == Some(true) && more.diff_hash != changed.diff_hash);
    }

    #[test]
    fn what_git_was_told_to_overlook_counts() {
        let source = |root: &Path| root.join("crates/a/src/lib.rs");
        type Hide = fn(&Path);
        let hidden: [(&str, Hide); 5] = [
            ("--assume-unchanged", |root| {
                drop(git(root, &["update-index", "--assume-unchanged", "crates/a/src/lib.rs"]))
            }),
            ("--skip-worktree", |root| {
                drop(git(root, &["update-index", "--skip-worktree", "crates/a/src/lib.rs"]))
            }),
            ("core.ignoreStat", |root| {
                for words in [&["config", "core.ignoreStat", "true"][..], &["reset", "-q", "--hard"]] {
                    Command::new("git").arg("-C").arg(root).args(words).status().unwrap();
                }
            }),
            ("core.fsmonitor", |root| drop(git(root, &["config", "core.fsmonitor", "true"]))),
            ("nothing", |_| ()),
        ];
        for (what, hide) in hidden {
            let root = checkout();
            hide(root.path());
            assert_eq!(asked(root.path(), "lock").0.dirty, Some(false), "{what}");
            fs::write(source(root.path()), "two\n").unwrap();
            assert_eq!(asked(root.path(), "lock").0.dirty, Some(true), "{what}");
        }
        let root = checkout();
        fs::create_dir_all(root.path().join(".git/info")).unwrap();
        fs::write(root.path().join(".git/info/exclude"), "*.rs\n*.log\n").unwrap();
        for harmless in ["crates/a/notes.log", "crates/a/src/.lib.rs.swp", "crates/a/src/lib.rs~"] {
            fs::write(root.path().join(harmless), "").unwrap();
            assert_eq!(asked(root.path(), "lock").0.dirty, Some(false), "{harmless}");
        }
        fs::write(root.path().join("crates/a/src/more.rs"), "three\n").unwrap();
        assert_eq!(asked(root.path(), "lock").0.dirty, Some(true));
    }

    #[test]
    fn a_git_that_does_not_answer_is_told_and_is_not_clean() {
        let root = checkout();
        fs::write(root.path().join(".git/HEAD"), "rubbish").unwrap();
        let (found, error) = asked(root.path(), "lock");
        assert_eq!((found.commit.as_str(), found.dirty), ("unknown", None));
        assert!(error.unwrap().to_string().contains("fatal"));
        let bare = tempfile::tempdir().unwrap();
        let (found, error) = asked(bare.path(), "lock");
        assert_eq!((found.commit.as_str(), found.dirty, error.is_none()), ("no git", None, true));
    }
}
