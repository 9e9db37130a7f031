//! The machine itself: processor, memory, disk.

use std::fs;

use indicatif::HumanBytes;
use runner::Store;

use super::Found;
use crate::sections::Workspace;

const GIB: u64 = 1 << 30;
/// Free room for compiling everything from nothing, tests included, with a reserve.
const DISK: u64 = 6 * GIB;
/// Room for a rebuild of what is compiled already.
const DISK_REBUILD: u64 = GIB;
/// Memory that compiling and the default reproduction get along with on two cores.
const MEMORY: u64 = 4 * GIB;

/// Free disk at the root, and what the cache holds.
pub fn disk(workspace: &Workspace) -> Found {
    let cache = Store::usage(&workspace.store().join("runs"));
    let least = if workspace.root.join("target").is_dir() { DISK_REBUILD } else { DISK };
    let told = |free| format!("{free} free at the root; the store holds {}", HumanBytes(cache.bytes));
    match fs4::available_space(&workspace.root) {
        Ok(free) => enough(free, least).map(|free| format!("{} in {} runs", told(free), cache.entries)),
        Err(error) => Ok(format!("the system does not tell how much is free: {error}")),
    }
}

fn enough(free: u64, least: u64) -> Found {
    let told = HumanBytes(free).to_string();
    if free >= least { Ok(told) } else { Err(format!("{told} free where {} are needed", HumanBytes(least))) }
}

/// The processor and how many threads it runs.
pub fn processor() -> Found {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(format!("{}, {threads} threads", runner::cpu()))
}

/// The memory.
pub fn memory() -> Found {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    match (kibibytes(&info, "MemTotal:"), kibibytes(&info, "MemAvailable:")) {
        (Some(total), Some(available)) => {
            let told = format!("{} of {} available", HumanBytes(available), HumanBytes(total));
            if total >= MEMORY { Ok(told) } else { Err(told) }
        }
        _ => Ok("not told by this system".to_owned()),
    }
}

fn kibibytes(info: &str, name: &str) -> Option<u64> {
    let line = info.lines().find_map(|line| line.strip_prefix(name))?;
    Some(1024 * line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?)
}

/// The vector instructions that the arithmetic picks at run time.
pub fn vectors() -> Found {
    let set = runner::instruction_set();
    let has = |feature| set.split('+').any(|part| part == feature);
    match (has("avx512f"), has("avx2") && has("fma"), has("aarch64")) {
        (true, ..) => Ok("AVX-512, AVX2, FMA".to_owned()),
        (_, true, _) => Ok("AVX2, FMA".to_owned()),
        (.., true) => Ok("NEON".to_owned()),
        _ => Err("neither AVX2 with FMA nor NEON".to_owned()),
    }
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
