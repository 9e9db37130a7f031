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
    /// The operating system and its C library, whose logarithms and powers the standard library takes. Of results of before
    /// this was said it is empty, and stands for `linux-gnu`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub platform: String,
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
        let (gpu, driver) = uses_gpu.then(gpu).unzip();
        Self {
            checkout: checkout.clone(),
            rustc: rustc.to_owned(),
            cpu: cpu(),
            instruction_set: instruction_set(),
            platform: platform(),
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

    /// What equal bits are promised for: the instruction set, the platform where it is another than `linux-gnu`, and, where
    /// tensors lived on one, the model of the card; and what the checkpoint was made with that it went on from, where that was
    /// another.
    pub fn arithmetic(&self) -> String {
        let is_usual = ["", USUAL].contains(&self.platform.as_str());
        let platform = if is_usual { String::new() } else { format!(" under {}", self.platform) };
        let card = self.gpu.as_ref().map_or(String::new(), |gpu| format!(" on {gpu}"));
        after(&format!("{}{platform}{card}", self.instruction_set), self.went_on_from.as_deref())
    }

    /// Whether equal bits are promised for the two: of a card that cannot be told they are not.
    pub fn has_arithmetic_of(&self, other: &Self) -> bool {
        let arithmetic = self.arithmetic();
        arithmetic == other.arithmetic() && !arithmetic.contains(&format!(" on {UNKNOWN}"))
    }

    /// Whether it is the same place but for the time of day.
    pub fn is_same_place(&self, other: &Self) -> bool {
        *self == Self { created: self.created.clone(), ..other.clone() }
    }
}

/// The platform of results that do not say theirs.
const USUAL: &str = "linux-gnu";
/// What is said of a card that cannot be told.
const UNKNOWN: &str = "an unknown card";
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

/// The operating system and its C library.
fn platform() -> String {
    let libraries = [
        ("gnu", cfg!(target_env = "gnu")),
        ("musl", cfg!(target_env = "musl")),
        ("msvc", cfg!(target_env = "msvc")),
    ];
    let library = libraries.iter().find(|(_, is_it)| *is_it).map(|(name, _)| *name);
    [Some(std::env::consts::OS), library].into_iter().flatten().collect::<Vec<_>>().join("-")
}

/// The card that CUDA takes for its first, and its driver.
fn gpu() -> (String, String) {
    let query = ["--query-gpu=uuid,driver_version,name", "--format=csv,noheader"];
    let output =
        Command::new("nvidia-smi").args(query).output().ok().filter(|output| output.status.success());
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let set = |name| std::env::var(name).ok();
    let by_bus = set("CUDA_DEVICE_ORDER").is_some_and(|order| order == "PCI_BUS_ID");
    let driver = text.lines().find_map(|card| card.split(", ").nth(1)).unwrap_or("unknown");
    (first_card(&text, set("CUDA_VISIBLE_DEVICES").as_deref(), by_bus).to_owned(), driver.to_owned())
}

/// The name of the first of the cards that are visible to CUDA. The listing is in the order of the bus; CUDA, unless it is told to
/// do so, counts in another, the fastest first.
fn first_card<'a>(listing: &'a str, visible: Option<&str>, by_bus: bool) -> &'a str {
    let cards: Vec<(&str, &str)> = listing
        .lines()
        .filter_map(|line| {
            line.split_once(", ").and_then(|(id, rest)| Some((id, rest.split_once(", ")?.1.trim())))
        })
        .collect();
    let first = visible.map_or("0", |visible| visible.split(',').next().unwrap_or_default().trim());
    let card = match first.parse::<usize>() {
        Ok(index) => {
            let are_equal = cards.windows(2).all(|pair| pair[0].1 == pair[1].1);
            cards.get(index).filter(|_| by_bus || are_equal)
        }
        // Part of an id is enough where it tells one.
        Err(_) if first.starts_with("GPU-") => {
            let mut named = cards.iter().filter(|(id, _)| id.starts_with(first));
            named.next().filter(|_| named.next().is_none())
        }
        Err(_) => None,
    };
    card.map_or(UNKNOWN, |(_, name)| name)
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
        // Results that do not say their platform are those of Linux with the GNU library.
        let under = |platform: &str| Origin { platform: platform.to_owned(), ..plain.clone() };
        assert!(
            under("linux-gnu").has_arithmetic_of(&plain) && under("macos").has_arithmetic_of(&under("macos"))
        );
        assert!(!under("linux-musl").has_arithmetic_of(&plain) && !under("macos").has_arithmetic_of(&plain));
        assert!(!on(UNKNOWN).has_arithmetic_of(&on(UNKNOWN)));
    }

    #[test]
    fn the_card_is_the_one_that_cuda_takes_for_its_first() {
        let listing = "GPU-1a2b, 580.1, NVIDIA A100\nGPU-1c3d, 580.1, NVIDIA H100\n";
        let alike = listing.replace("A100", "H100");
        let (a, h) = ("NVIDIA A100", "NVIDIA H100");
        for (visible, by_bus, card) in [
            (None, true, a),
            (None, false, UNKNOWN),
            (Some("1"), true, h),
            (Some("1,0"), true, h),
            (Some("1"), false, UNKNOWN),
            (Some("2"), true, UNKNOWN),
            (Some("GPU-1c"), false, h),
            (Some("GPU-1a2b,GPU-1c3d"), false, a),
            (Some("GPU-1"), false, UNKNOWN),
            (Some("MIG-1a2b"), true, UNKNOWN),
            (Some(""), true, UNKNOWN),
        ] {
            assert_eq!(first_card(listing, visible, by_bus), card, "{visible:?} {by_bus}");
        }
        assert_eq!(first_card(&alike, Some("1"), false), h);
        assert_eq!(first_card("", None, true), UNKNOWN);
    }
}
