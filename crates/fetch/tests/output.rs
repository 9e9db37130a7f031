//! What the program prints, where it cannot be written.

#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

use std::fs::File;
use std::process::Command;

#[test]
fn a_full_device_is_told() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_fetch"));
    let ended = program.args(["--root", "../..", "list"]).stdout(full).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("error: part of the output is lost: No space left"), "{told}");
}
