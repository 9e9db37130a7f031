//! Facts for provenance: commit, compiler, processor, GPU, time of day.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use runner::Facts;

use crate::locked::Locked;

/// Gathers the facts about this checkout and machine.
pub fn gather(root: &Path, locked: &Locked) -> Facts {
    let (commit, dirty, diff_hash) = commit(root);
    let gpu = output("nvidia-smi", &["--query-gpu=name,driver_version", "--format=csv,noheader"], root);
    let (gpu, driver) = match gpu.as_deref().and_then(|line| line.lines().next()?.split_once(", ")) {
        Some((gpu, driver)) => (Some(gpu.to_owned()), Some(driver.to_owned())),
        None => (None, None),
    };
    Facts {
        commit,
        dirty,
        diff_hash,
        rustc: output("rustc", &["--version"], root).unwrap_or_else(|| "unknown".to_owned()),
        lock_hash: locked.hash().to_owned(),
        cpu: cpu(),
        gpu,
        driver,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        created: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
    }
}

/// What a program prints, if it succeeds and prints something.
pub fn output(program: &str, args: &[&str], folder: &Path) -> Option<String> {
    let output = Command::new(program).args(args).current_dir(folder).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// The commit, whether tracked files differ from it, and the hash of the difference.
fn commit(root: &Path) -> (String, bool, Option<String>) {
    // A tarball unpacked inside somebody else's checkout is not that checkout.
    if !root.join(".git").exists() {
        return ("no git".to_owned(), false, None);
    }
    let Some(commit) = output("git", &["rev-parse", "HEAD"], root) else {
        return ("no git".to_owned(), false, None);
    };
    let difference = output("git", &["diff", "HEAD"], root);
    (commit, difference.is_some(), difference.map(|text| blake3::hash(text.as_bytes()).to_hex().to_string()))
}

/// The processor.
pub fn cpu() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}
