//! Where and with what a run was computed. None of it is part of the run's key: it is stored with the result, so that a
//! result goes on saying where it comes from, whoever shows it.

use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// The checkout that a reproduction works on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checkout {
    /// Its commit, or `no git`, or `unknown`.
    pub commit: String,
    /// Whether sources differed from that commit, those included that git does not know; none where git does not say.
    pub dirty: Option<bool>,
    /// BLAKE3 of what differed.
    pub diff_hash: Option<String>,
    /// BLAKE3 of `Cargo.lock`.
    pub lock_hash: String,
}

/// Where and with what something was computed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The sources.
    #[serde(flatten)]
    pub checkout: Checkout,
    /// `rustc --version` of the compiler of the program.
    pub rustc: String,
    /// The processor.
    pub cpu: String,
    /// The instruction set in use: the architecture and those of its extensions that change the order of operations or fuse
    /// them. Results are equal bit for bit on equal instruction sets.
    #[serde(default)]
    pub instruction_set: String,
    /// The arithmetic of the checkpoint that it went on from, where that was another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub went_on_from: Option<String>,
    /// The GPU, where one was used.
    pub gpu: Option<String>,
    /// Its driver.
    pub driver: Option<String>,
    /// Threads that it had.
    pub threads: usize,
    /// Time of day, RFC 3339, UTC.
    pub created: String,
}

impl Origin {
    /// Here and now, on so many threads, from a checkout, in a program of a compiler.
    pub fn here(checkout: &Checkout, rustc: &str, threads: usize, uses_gpu: bool) -> Self {
        let (gpu, driver) = if uses_gpu { gpu() } else { None }.unzip();
        Self {
            checkout: checkout.clone(),
            rustc: rustc.to_owned(),
            cpu: cpu(),
            instruction_set: instruction_set(),
            went_on_from: None,
            gpu,
            driver,
            threads,
            created: now(),
        }
    }

    /// The same place with so many threads, now.
    pub fn with(&self, threads: usize, went_on_from: Option<String>) -> Self {
        Self { threads, went_on_from, created: now(), ..self.clone() }
    }

    /// What equal bits are promised for: the instruction set and, where tensors lived on one, the model of the card; and what
    /// the checkpoint was made with that it went on from, where that was another.
    pub fn arithmetic(&self) -> String {
        let card = self.gpu.as_ref().map_or(String::new(), |gpu| format!(" on {gpu}"));
        after(&format!("{}{card}", self.instruction_set), self.went_on_from.as_deref())
    }

    /// Whether it is the same place but for the time of day.
    pub fn is_same_place(&self, other: &Self) -> bool {
        *self == Self { created: self.created.clone(), ..other.clone() }
    }
}

const GONE_ON: &str = ", gone on from ";

/// An arithmetic and, behind it, the one that it went on from.
pub(crate) fn after(here: &str, earlier: Option<&str>) -> String {
    [Some(here), earlier].into_iter().flatten().collect::<Vec<_>>().join(GONE_ON)
}

/// What of a checkpoint's arithmetic is another than the one of here, which goes on from it.
pub(crate) fn before(checkpoint: String, here: &str) -> Option<String> {
    match checkpoint.strip_prefix(here) {
        Some("") => None,
        rest => {
            Some(rest.and_then(|rest| rest.strip_prefix(GONE_ON)).map_or(checkpoint.clone(), str::to_owned))
        }
    }
}

fn now() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()
}

/// The name of this machine.
pub fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "here".to_owned() } else { name.trim().to_owned() }
}

/// The processor, as the system names it.
pub fn cpu() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

/// The architecture and those of its extensions that change the order of operations or fuse them.
pub fn instruction_set() -> String {
    #[allow(unused_mut)]
    let mut features = vec![std::env::consts::ARCH];
    #[cfg(target_arch = "x86_64")]
    {
        let detected = [
            ("avx2", std::arch::is_x86_feature_detected!("avx2")),
            ("fma", std::arch::is_x86_feature_detected!("fma")),
            ("avx512f", std::arch::is_x86_feature_detected!("avx512f")),
        ];
        features.extend(detected.iter().filter(|(_, there)| *there).map(|(name, _)| *name));
    }
    features.join("+")
}

/// The first NVIDIA card and its driver.
pub fn gpu() -> Option<(String, String)> {
    let query = ["--query-gpu=name,driver_version", "--format=csv,noheader"];
    let output =
        Command::new("nvidia-smi").args(query).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (gpu, driver) = text.lines().next()?.split_once(", ")?;
    Some((gpu.trim().to_owned(), driver.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_and_checkpoints_tell_arithmetics_apart() {
        let plain = Origin { instruction_set: "x86_64+avx2".to_owned(), ..Origin::default() };
        let on = |gpu: &str| Origin { gpu: Some(gpu.to_owned()), ..plain.clone() };
        let went_on = Origin { went_on_from: Some("aarch64".to_owned()), ..plain.clone() };
        let told = [&plain, &on("H100"), &on("A100"), &went_on].map(Origin::arithmetic);
        let expected = ["", " on H100", " on A100", ", gone on from aarch64"];
        assert_eq!(told, expected.map(|more| format!("x86_64+avx2{more}")));
        // What the card is driven by, and how many threads there were, changes no bit.
        let driver = Some("580".to_owned());
        assert_eq!(Origin { driver, threads: 7, ..on("H100") }.arithmetic(), told[1]);
    }
}
