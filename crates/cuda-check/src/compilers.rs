//! NVIDIA's run-time compiler and its assembler, from a folder that holds their wheels (`.ci/run` says which versions).

use crate::{CompilerError, Kernel, kernels};
use libloading::{Library, Symbol};
use std::ffi::{CString, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::ptr::{null, null_mut};

/// Generations of cards that kernels are assembled for: compute capability 8.0 (A100) and 9.0 (H100).
const CARDS: [&str; 2] = ["sm_80", "sm_90"];

/// The compilers.
#[derive(Debug)]
pub struct Compilers {
    nvrtc: Library,
    assembler: PathBuf,
    /// The compiler loads it by its bare name, and finds it because it is loaded already.
    _builtins: Library,
}

type Program = *mut c_void;
type Create = unsafe extern "C" fn(
    *mut Program,
    *const c_char,
    *const c_char,
    c_int,
    *const c_void,
    *const c_void,
) -> c_int;
type Compile = unsafe extern "C" fn(Program, c_int, *const *const c_char) -> c_int;
type Size = unsafe extern "C" fn(Program, *mut usize) -> c_int;
type Text = unsafe extern "C" fn(Program, *mut c_char) -> c_int;
type Destroy = unsafe extern "C" fn(*mut Program) -> c_int;

impl Compilers {
    /// Those of version 13 below the folder that wheels were unpacked in.
    ///
    /// # Errors
    /// They are not there.
    pub fn below(wheels: &Path) -> Result<Self, CompilerError> {
        let folder = wheels.join("nvidia/cu13");
        let load = |name: &str| {
            let path = folder.join("lib").join(name);
            // SAFETY: NVIDIA's libraries have no other initialisation than their own.
            unsafe { Library::new(&path) }.map_err(|error| CompilerError::Unusable(path, error.into()))
        };
        Ok(Self {
            _builtins: load("libnvrtc-builtins.so.13.0")?,
            nvrtc: load("libnvrtc.so.13")?,
            assembler: folder.join("bin/ptxas"),
        })
    }

    /// The kernels of a source, compiled with these options and assembled for several generations of cards, as a driver
    /// does it; with all that they use on each.
    ///
    /// # Errors
    /// The compiler or the assembler refuses it; a line of the source is told with the kernel that it belongs to.
    pub fn kernels(&self, source: &str, options: &[String]) -> Result<Vec<Kernel>, CompilerError> {
        let ptx = self.compile(source, options)?;
        let mut found = Vec::new();
        for card in CARDS {
            found.extend(kernels(&ptx, &self.assemble(&ptx, card)?)?);
        }
        Ok(found)
    }

    /// PTX of a source.
    ///
    /// # Errors
    /// The compiler refuses it.
    pub fn compile(&self, source: &str, options: &[String]) -> Result<String, CompilerError> {
        let text = CString::new(source)?;
        let options =
            options.iter().map(|option| CString::new(option.as_str())).collect::<Result<Vec<_>, _>>()?;
        let options = options.iter().map(|option| option.as_ptr()).collect::<Vec<_>>();
        let mut program: Program = null_mut();
        // SAFETY: signatures are those of nvrtc.h; all texts live until the program is destroyed, and are as long as the
        // compiler says.
        unsafe {
            let create: Symbol<'_, Create> = self.function(b"nvrtcCreateProgram")?;
            create(&mut program, text.as_ptr(), null(), 0, null(), null());
            let compile: Symbol<'_, Compile> = self.function(b"nvrtcCompileProgram")?;
            let accepted = compile(program, options.len() as c_int, options.as_ptr()) == 0;
            let said = match accepted {
                true => self.text(program, b"nvrtcGetPTXSize", b"nvrtcGetPTX"),
                false => self.text(program, b"nvrtcGetProgramLogSize", b"nvrtcGetProgramLog"),
            };
            self.function::<Destroy>(b"nvrtcDestroyProgram")?(&mut program);
            if accepted { said } else { Err(CompilerError::Refused(with_kernels(&said?, source))) }
        }
    }

    /// # Safety
    /// The function has that signature.
    unsafe fn function<F>(&self, name: &[u8]) -> Result<Symbol<'_, F>, CompilerError> {
        // SAFETY: as the caller says.
        let found = unsafe { self.nvrtc.get(name) };
        found.map_err(|error| CompilerError::Unusable("libnvrtc.so.13".into(), error.into()))
    }

    /// # Safety
    /// The program lives, and the functions give the length and the content of a text.
    unsafe fn text(&self, program: Program, size: &[u8], text: &[u8]) -> Result<String, CompilerError> {
        let mut length = 0;
        // SAFETY: `text` writes as many bytes as `size` says.
        let bytes = unsafe {
            self.function::<Size>(size)?(program, &mut length);
            let mut bytes = vec![0_u8; length];
            self.function::<Text>(text)?(program, bytes.as_mut_ptr().cast());
            bytes
        };
        Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned())
    }

    /// The assembler's report on PTX for a generation of cards.
    fn assemble(&self, ptx: &str, card: &'static str) -> Result<String, CompilerError> {
        let run = || {
            let folder = tempfile::tempdir()?;
            let (file, made) = (folder.path().join("kernels.ptx"), folder.path().join("kernels.cubin"));
            std::fs::write(&file, ptx)?;
            Command::new(&self.assembler).args(["-v", "-arch", card, "-o"]).args([&made, &file]).output()
        };
        let unusable = |error: std::io::Error| CompilerError::Unusable(self.assembler.clone(), error.into());
        let run = run().map_err(unusable)?;
        let log = [run.stdout, run.stderr].concat();
        let log = String::from_utf8_lossy(&log).into_owned();
        if run.status.success() { Ok(log) } else { Err(CompilerError::Assembler { card, log }) }
    }
}

/// A compiler's log, each line that names one of the source with the kernel that begins last before it.
fn with_kernels(log: &str, source: &str) -> String {
    let kernel = |line: &str| {
        let (_, number) = line.split_once("default_program(")?;
        let number = number.split_once(')')?.0.parse().ok()?;
        let before = source.lines().take(number).collect::<Vec<_>>().join("\n");
        let (_, declared) = before.rsplit_once("__global__ void ")?;
        let (name, _) = declared.split('{').next()?.rsplit_once('(')?;
        name.rsplit(' ').next().map(str::to_owned)
    };
    let told = log.lines().map(|line| match kernel(line) {
        Some(kernel) => format!("{line} [in or behind {kernel}]"),
        None => line.to_owned(),
    });
    told.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::with_kernels;

    #[test]
    fn a_line_is_told_with_its_kernel() {
        let source = "int a;\nextern \"C\" __global__ void one(P p) {\n}\n\
                      extern \"C\" __global__ void __launch_bounds__(128) two(P p) {\n x\n}";
        let told =
            with_kernels("default_program(1): a\ndefault_program(3): b\ndefault_program(5): c\nend", source);
        let expected = "default_program(1): a\ndefault_program(3): b [in or behind one]\n\
                        default_program(5): c [in or behind two]\nend";
        assert_eq!(told, expected);
    }
}
