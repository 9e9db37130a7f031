//! Programs and libraries: the compiler, the GPU's tools, PyTorch, git, cargo-insta.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Found;

/// The compiler, against the oldest version that the workspace builds with.
pub fn rust(root: &Path) -> Found {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    let oldest = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    let version = output("rustc", &["--version"], root);
    sound_compiler(version.as_deref(), oldest.unwrap_or("1"))
}

fn sound_compiler(version: Option<&str>, oldest: &str) -> Found {
    let version = version.ok_or("no rustc")?;
    let number = version.split_whitespace().nth(1).ok_or("rustc does not tell its version")?;
    let parts =
        |number: &str| -> Vec<u32> { number.split(['.', '-']).map_while(|part| part.parse().ok()).collect() };
    if number.contains("nightly") {
        Err(format!("{version}: dfdx builds only on a stable compiler"))
    } else if parts(number) < parts(oldest) {
        Err(format!("{version} where {oldest} or later is needed"))
    } else {
        Ok(format!("{version}; {oldest} or later is needed"))
    }
}

/// The GPU and its driver.
pub fn gpu() -> Found {
    let query = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"];
    let found = output("nvidia-smi", &query, Path::new(".")).ok_or("no nvidia-smi that answers")?;
    Ok(found.lines().collect::<Vec<_>>().join("; "))
}

/// `release 13.0` of what nvcc prints.
fn release(text: &str) -> Option<String> {
    let start = text.find("release ")?;
    Some(format!("nvcc {}", text[start..].split(',').next()?))
}

/// Variables that name the toolkit's folder to the crates that build for CUDA.
const TOOLKIT: [&str; 3] = ["CUDA_PATH", "CUDA_ROOT", "CUDA_TOOLKIT_ROOT_DIR"];

fn cuda_path() -> Option<PathBuf> {
    TOOLKIT.into_iter().find_map(env::var_os).map(PathBuf::from)
}

/// The CUDA toolkit as the crates that build for CUDA look for it: a folder of its own, and its compiler.
pub fn cuda_toolkit() -> Found {
    let usual = ["/usr", "/usr/local/cuda", "/opt/cuda", "/usr/lib/cuda"].map(PathBuf::from);
    let mut folders = TOOLKIT.into_iter().filter_map(env::var_os).map(PathBuf::from).chain(usual);
    let found = folders.find(|folder| folder.join("include/cuda.h").is_file());
    let found = found.ok_or("no include/cuda.h below CUDA_PATH or /usr/local/cuda")?;
    let nvcc = output("nvcc", &["--version"], Path::new(".")).ok_or("no nvcc on PATH")?;
    let nvcc = release(&nvcc).unwrap_or_else(|| "nvcc".to_owned());
    Ok(format!("{}, {nvcc}", found.display()))
}

/// The libraries that the CUDA build loads when it starts.
const LIBRARIES: [&str; 4] = ["libcuda", "libcublas", "libcurand", "libnvrtc"];

/// The CUDA libraries.
pub fn cuda_libraries() -> Found {
    let programs = ["ldconfig", "/sbin/ldconfig"].into_iter();
    let cached = programs.filter_map(|program| output(program, &["-p"], Path::new("."))).next();
    let missing = missing_libraries(&library_folders(), &cached.unwrap_or_default());
    match missing.is_empty() {
        true => Ok(LIBRARIES.join(", ")),
        false => Err(format!("not found: {}", missing.join(", "))),
    }
}

fn library_folders() -> Vec<PathBuf> {
    let listed = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let below = cuda_path()
        .into_iter()
        .flat_map(|path| ["lib64", "lib", "targets/x86_64-linux/lib"].map(|folder| path.join(folder)));
    env::split_paths(&listed).filter(|path| !path.as_os_str().is_empty()).chain(below).collect()
}

/// The libraries that lie in none of the folders and are not in the linker's list either.
fn missing_libraries(folders: &[PathBuf], cached: &str) -> Vec<&'static str> {
    let names: Vec<String> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let is_it = |name: &str, library: &str| name.trim_start().starts_with(&format!("{library}.so"));
    let there = |library: &str| {
        names.iter().map(String::as_str).chain(cached.lines()).any(|name| is_it(name, library))
    };
    LIBRARIES.into_iter().filter(|library| !there(library)).collect()
}

/// PyTorch, the peer of the benchmarks.
pub fn pytorch() -> Found {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let version = output(&python, &["-c", "import torch; print(torch.__version__)"], Path::new("."));
    let found = version.map(|version| format!("{version} for {python}"));
    found.ok_or_else(|| format!("{python} cannot import torch"))
}

/// Git and a checkout.
pub fn git(root: &Path) -> Found {
    match (output("git", &["--version"], root), root.join(".git").exists()) {
        (Some(version), true) => Ok(version),
        (Some(_), false) => Err("this is not a checkout".to_owned()),
        (None, _) => Err("no git".to_owned()),
    }
}

/// cargo-insta, the other way to review snapshots.
pub fn insta(root: &Path) -> Found {
    output("cargo", &["insta", "--version"], root).ok_or_else(|| "not installed".to_owned())
}

/// What a program prints, if it succeeds and prints something.
fn output(program: &str, args: &[&str], folder: &Path) -> Option<String> {
    let output = Command::new(program).args(args).current_dir(folder).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_or_nightly_compiler_is_refused() {
        let check = |version| sound_compiler(Some(version), "1.92");
        assert!(check("rustc 1.95.0 (abc 2026-04-01)").is_ok());
        assert!(check("rustc 1.92.0 (abc 2026-04-01)").is_ok());
        assert!(check("rustc 2.0.0").is_ok());
        assert!(check("rustc 1.91.1 (abc 2025-04-01)").unwrap_err().contains("1.92 or later is needed"));
        assert!(check("rustc 1.9.0 (abc)").is_err(), "parts are compared as numbers");
        assert!(check("rustc 1.97.0-nightly (abc 2026-04-01)").unwrap_err().contains("stable"));
        assert_eq!(sound_compiler(None, "1.92").unwrap_err(), "no rustc");
    }

    #[test]
    fn the_release_is_read_from_what_nvcc_prints() {
        let text = "nvcc: NVIDIA (R) Cuda compiler driver\nCuda compilation tools, release 13.0, V13.0.88\n";
        assert_eq!(release(text).unwrap(), "nvcc release 13.0");
        assert!(release("nothing").is_none());
    }

    #[test]
    fn libraries_are_found_in_folders_and_in_the_linkers_list() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["libcublas.so.13", "libcublasLt.so.13", "libnvrtc-builtins.so.13.0"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let folders = [folder.path().to_path_buf(), PathBuf::from("/nowhere")];
        let cached = "2 libs found\n\tlibcuda.so.1 (libc6,x86-64) => /lib/libcuda.so.1\n";
        assert_eq!(missing_libraries(&folders, cached), ["libcurand", "libnvrtc"]);
    }
}
