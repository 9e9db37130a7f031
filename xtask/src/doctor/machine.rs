//! The machine itself: processor, memory, disk.

use std::fs;

use indicatif::HumanBytes;
use runner::Store;

use super::Finding;
use crate::sections::Workspace;

const GIB: u64 = 1 << 30;
/// Free room for compiling everything from nothing, tests included, with a reserve.
const DISK: u64 = 6 * GIB;
/// Room for a rebuild of what is compiled already.
const DISK_REBUILD: u64 = GIB;
/// Memory that compiling and the default reproduction get along with on two cores.
const MEMORY: u64 = 4 * GIB;

/// Free disk at the root, and what the cache holds.
pub fn disk(workspace: &Workspace) -> Finding {
    let free = fs4::available_space(&workspace.root);
    let cache = Store::usage(&workspace.store().join("runs"));
    let least = if workspace.root.join("target").is_dir() { DISK_REBUILD } else { DISK };
    let found = match free {
        Ok(free) => enough(free, least).map(|free| {
            format!(
                "{free} free at the root; the store holds {} in {} runs",
                HumanBytes(cache.bytes),
                cache.entries
            )
        }),
        Err(error) => Ok(format!("the system does not tell how much is free: {error}")),
    };
    Finding::new(
        "disk",
        found,
        "compiling and caching",
        "make room; cargo xtask cache prune and cargo clean help",
    )
}

fn enough(free: u64, least: u64) -> Result<String, String> {
    let told = HumanBytes(free).to_string();
    if free >= least { Ok(told) } else { Err(format!("{told} free where {} are needed", HumanBytes(least))) }
}

/// The processor and how many threads it runs.
pub fn processor() -> Finding {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let found = format!("{}, {threads} threads", runner::cpu());
    Finding::new("processor", Ok(found), "everything; twice the threads, half the time", "")
}

/// The memory.
pub fn memory() -> Finding {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let found = match (kibibytes(&info, "MemTotal:"), kibibytes(&info, "MemAvailable:")) {
        (Some(total), Some(available)) => {
            let told = format!("{} of {} available", HumanBytes(available), HumanBytes(total));
            if total >= MEMORY { Ok(told) } else { Err(told) }
        }
        _ => Ok("not told by this system".to_owned()),
    };
    Finding::new(
        "memory",
        found,
        "compiling on all cores, full sizes",
        "build with fewer jobs: CARGO_BUILD_JOBS=1",
    )
}

fn kibibytes(info: &str, name: &str) -> Option<u64> {
    let line = info.lines().find_map(|line| line.strip_prefix(name))?;
    Some(1024 * line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?)
}

/// The vector instructions that the arithmetic picks at run time.
pub fn vectors() -> Finding {
    let widest = widest_vectors();
    let found = widest.map(str::to_owned).ok_or_else(|| "neither AVX2 with FMA nor NEON".to_owned());
    Finding::new(
        "vector instructions",
        found,
        "matrix products at full speed",
        "a newer processor; results are right without",
    )
}

#[cfg(target_arch = "x86_64")]
fn widest_vectors() -> Option<&'static str> {
    if is_x86_feature_detected!("avx512f") {
        Some("AVX-512, AVX2, FMA")
    } else {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some("AVX2, FMA")
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn widest_vectors() -> Option<&'static str> {
    cfg!(target_arch = "aarch64").then_some("NEON")
}

/// The paper's fonts.
pub fn fonts() -> Finding {
    Finding::new(
        "fonts",
        Ok("built into the program that typesets; none needs to be installed".to_owned()),
        "the paper",
        "",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_systems_table() {
        let info = "MemTotal:       24000000 kB\nMemFree:  1 kB\nMemAvailable:   12000000 kB\n";
        assert_eq!(kibibytes(info, "MemTotal:"), Some(24_000_000 * 1024));
        assert_eq!(kibibytes(info, "Swap:"), None);
    }

    #[test]
    fn a_full_disk_is_told() {
        assert!(enough(2 * GIB, GIB).is_ok());
        assert_eq!(enough(GIB, 2 * GIB).unwrap_err(), "1.00 GiB free where 2.00 GiB are needed");
    }
}
