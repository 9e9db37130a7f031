//! The machine itself: processor, memory, disk.

use std::path::Path;
use std::{env, fs};

use indicatif::HumanBytes;
use runner::Store;

use super::Found;
use crate::sections::Workspace;

const GIB: u64 = 1 << 30;
/// Free room for compiling everything from nothing, tests included, with a reserve.
const DISK: u64 = 6 * GIB;
/// Room for a rebuild of what is compiled already.
const DISK_REBUILD: u64 = GIB;
/// Room for the runs of the default reproduction, with a reserve.
const DISK_STORE: u64 = GIB / 4;
/// Memory that compiling and the default reproduction get along with on two cores.
const MEMORY: u64 = 4 * GIB;

/// Free disk where programs are compiled to and where runs are kept, and what is there of these.
pub fn disk(workspace: &Workspace) -> Found {
    // This program lies among those that it has compiled.
    let programs = env::current_exe().ok().and_then(|program| Some(program.parent()?.to_path_buf()));
    let programs = programs.unwrap_or_else(|| workspace.root.clone());
    let compiling = if programs.join("typeset").is_file() { DISK_REBUILD } else { DISK };
    let store = workspace.store();
    let cache = Store::usage(&store.join("runs"));
    let [programs, runs] = [(&programs, compiling), (&store, DISK_STORE)].map(|(place, least)| {
        let there = place.ancestors().find(|place| place.exists()).unwrap_or(Path::new("/"));
        match fs4::available_space(there) {
            Ok(free) => enough(free, least).map_err(|lacking| format!("{} has {lacking}", there.display())),
            Err(error) => Ok(format!("an unknown amount ({error})")),
        }
    });
    let (programs, runs) = (programs?, runs?);
    let (bytes, entries) = (HumanBytes(cache.bytes), cache.entries);
    Ok(format!("{programs} free for programs, {runs} for the store, which holds {bytes} in {entries} runs"))
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
