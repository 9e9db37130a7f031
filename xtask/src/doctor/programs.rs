//! Programs and libraries: the compiler, the GPU's tools, PyTorch, git, cargo-insta.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Finding;

/// The compiler, against the oldest version that the workspace builds with.
pub fn rust(root: &Path) -> Finding {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    let oldest = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    let version = output("rustc", &["--version"], root);
    let found = sound_compiler(version.as_deref(), oldest.unwrap_or("1"));
    Finding::new("Rust", found, "everything", "rustup toolchain install stable")
}

fn sound_compiler(version: Option<&str>, oldest: &str) -> Result<String, String> {
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
pub fn gpu() -> Finding {
    let query = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"];
    let found = output("nvidia-smi", &query, Path::new("."));
    let found = found
        .map(|lines| lines.lines().collect::<Vec<_>>().join("; "))
        .ok_or_else(|| "no nvidia-smi that answers".to_owned());
    let enables = "--device cuda: the paper profile of Sections 3.3 and 5 in hours";
    Finding::new(
        "GPU and driver",
        found,
        enables,
        "an NVIDIA card with its driver, or a machine that has them",
    )
}

/// The CUDA compiler.
pub fn nvcc() -> Finding {
    let in_folder = cuda_path().map(|path| path.join("bin/nvcc").to_string_lossy().into_owned());
    let programs = in_folder.into_iter().chain(["nvcc".to_owned()]);
    let found = programs
        .filter_map(|program| output(&program, &["--version"], Path::new(".")))
        .find_map(|text| release(&text));
    let found = found.ok_or_else(|| "no nvcc on PATH or below CUDA_PATH".to_owned());
    let how = "the CUDA toolkit, or its wheels (README, Building for CUDA on a machine without a GPU), and CUDA_PATH";
    Finding::new("CUDA compiler", found, "building for --device cuda", how)
}

/// `release 13.0` of what nvcc prints.
fn release(text: &str) -> Option<String> {
    let start = text.find("release ")?;
    Some(format!("nvcc {}", text[start..].split(',').next()?))
}

fn cuda_path() -> Option<PathBuf> {
    ["CUDA_PATH", "CUDA_HOME"].into_iter().find_map(env::var_os).map(PathBuf::from)
}

/// The libraries that the CUDA build loads when it starts.
const LIBRARIES: [&str; 4] = ["libcuda", "libcublas", "libcurand", "libnvrtc"];

/// The CUDA libraries.
pub fn cuda_libraries() -> Finding {
    let cached = ["ldconfig", "/sbin/ldconfig"]
        .into_iter()
        .find_map(|program| output(program, &["-p"], Path::new(".")));
    let missing = missing_libraries(&library_folders(), &cached.unwrap_or_default());
    let found = if missing.is_empty() {
        Ok(LIBRARIES.join(", "))
    } else {
        Err(format!("not found: {}", missing.join(", ")))
    };
    let how = "the CUDA toolkit or PyTorch's wheels (site-packages/nvidia/*/lib), and their folder on LD_LIBRARY_PATH";
    Finding::new("CUDA libraries", found, "running with --device cuda", how)
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
pub fn pytorch() -> Finding {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let version = output(&python, &["-c", "import torch; print(torch.__version__)"], Path::new("."));
    let found = version
        .map(|version| format!("{version} for {python}"))
        .ok_or_else(|| format!("{python} cannot import torch"));
    Finding::new(
        "PyTorch",
        found,
        "cargo xtask bench: ours against PyTorch",
        "pip install torch, for the Python that PYTHON names",
    )
}

/// Git and a checkout.
pub fn git(root: &Path) -> Finding {
    let version = output("git", &["--version"], root);
    let found = match (version, root.join(".git").exists()) {
        (Some(version), true) => Ok(version),
        (Some(_), false) => Err("this is not a checkout".to_owned()),
        (None, _) => Err("no git".to_owned()),
    };
    Finding::new(
        "git",
        found,
        "the commit in every provenance; reviewing snapshots with git diff",
        "clone the repository with git",
    )
}

/// cargo-insta, the other way to review snapshots.
pub fn insta(root: &Path) -> Finding {
    let found = output("cargo", &["insta", "--version"], root).ok_or_else(|| "not installed".to_owned());
    Finding::new(
        "cargo-insta",
        found,
        "cargo insta review; cargo xtask review does without",
        "cargo install --locked cargo-insta",
    )
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
