//! The commands as they are called: `… | head`, a full device, a cluster whose commands are not there.

#![allow(clippy::unwrap_used)]

use std::fs::File;
use std::process::{Command, Output, Stdio};

/// Runs a command with both its outputs going into pipes that are closed already.
fn unread(words: &[&str]) -> Output {
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"));
    program.args(words).stdout(closed()).stderr(closed()).output().unwrap()
}

/// Output that nobody reads to its end is no failure; output that is lost is one.
#[test]
fn a_closed_pipe_changes_no_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().to_str().unwrap();
    for (words, code) in [
        (["claims", "--format", "json"], 0),
        (["claims", "explain", "no-such-claim"], 2),
        (["reproduce", "no-such-section", "--dry-run"], 2),
        (["diff", "records", empty], 2),
    ] {
        assert_eq!(unread(&words).status.code(), Some(code), "{words:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let ended = program.arg("claims").stdout(full).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.starts_with("error: part of the output is lost: No space left"), "{told}");
}

/// A message that names the program, exit code 2.
#[test]
fn the_missing_program_is_named_before_anything_is_begun() {
    let empty = tempfile::tempdir().unwrap();
    for (executor, program) in [("slurm", "`sbatch`"), ("hyperqueue", "`hq`")] {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        xtask.args(["reproduce", "5", "--on", executor, "--out"]).arg(empty.path().join("out"));
        let ended = xtask.env("PATH", empty.path()).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{told}");
        assert!(told.contains(program) && told.contains("what to do:"), "{told}");
        assert!(!empty.path().join("out").exists(), "something was begun");
    }
}
