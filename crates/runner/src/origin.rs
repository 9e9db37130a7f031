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
        let created = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
        let (cpu, instruction_set, rustc) = (cpu(), instruction_set(), rustc.to_owned());
        Self { checkout: checkout.clone(), rustc, cpu, instruction_set, gpu, driver, threads, created }
    }

    /// Whether it is the same place but for the time of day.
    pub fn is_same_place(&self, other: &Self) -> bool {
        *self == Self { created: self.created.clone(), ..other.clone() }
    }
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
