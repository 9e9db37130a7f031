//! A cluster's commands that are not there: a message that names the program, exit code 2, nothing begun.

#![allow(clippy::unwrap_used)]

use std::process::Command;

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
