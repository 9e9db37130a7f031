//! The processor in the card's place: the kernels' source, compiled as C++ with `processor.cpp` around it, which plays
//! the threads of a block.

use crate::cuda::source::{kernels, source};
use crate::cuda::{Address, Machine};
use libloading::Library;
use std::cell::Cell;
use std::ffi::{CString, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// `run` of `processor.cpp`.
type Run = unsafe extern "C" fn(*const c_char, *const u32, u32, *const c_void) -> c_int;

/// The processor, with the kernels for one type of number. One kernel runs at a time: they keep their threads in one place.
pub struct Processor<E> {
    library: Mutex<Library>,
    number: PhantomData<E>,
}

impl<E> Processor<E> {
    /// Compiles the kernels for numbers of that name in C++, by the first compiler that answers.
    pub fn new(real: &str) -> Self {
        let answers =
            |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success());
        let compiler = ["c++", "g++", "clang++"].into_iter().find(answers);
        let compiler = compiler.expect("a C++ compiler (c++, g++, clang++) for the CUDA kernels");
        let names =
            kernels().into_iter().map(|(kernel, parameters)| format!("KERNEL({kernel}, {parameters})"));
        let source = include_str!("processor.cpp")
            .replace("\nKERNELS\n", &source(real))
            .replace("    NAMES\n", &names.collect::<Vec<_>>().join("\n"));

        let folder = tempfile::tempdir().unwrap();
        let (file, library) = (folder.path().join("kernels.cpp"), folder.path().join("kernels.so"));
        std::fs::write(&file, source).unwrap();
        let compiled = Command::new(compiler)
            .args(["-std=c++17", "-O1", "-w", "-fvisibility=hidden", "-shared", "-fPIC", "-o"])
            .args([&library, &file])
            .output()
            .unwrap();
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        // SAFETY: loading it runs no code of its own.
        let library = unsafe { Library::new(library) }.unwrap();
        Self { library: Mutex::new(library), number: PhantomData }
    }
}

impl<E> Machine for Processor<E> {
    type Error = std::convert::Infallible;
    type Buffer = Vec<Cell<u64>>;
    const REAL: usize = size_of::<E>();

    fn buffer(&self, bytes: usize) -> Result<Self::Buffer, Self::Error> {
        // Not a number, of either kind: what is read before it is written shows.
        Ok(vec![Cell::new(u64::MAX); bytes.div_ceil(size_of::<u64>())])
    }

    fn upload(&self, numbers: Vec<u64>) -> Result<Self::Buffer, Self::Error> {
        Ok(numbers.into_iter().map(Cell::new).collect())
    }

    fn address(buffer: &Self::Buffer) -> Address {
        buffer.as_ptr() as Address
    }

    fn launch<P: Copy>(
        &self,
        kernel: &'static str,
        blocks: [usize; 3],
        threads: usize,
        parameters: P,
    ) -> Result<(), Self::Error> {
        let (name, blocks) = (CString::new(kernel).unwrap(), blocks.map(|count| count as u32));
        let parameters: *const P = &parameters;
        let library = self.library.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: `run` has that signature; the kernel takes the structure that operations give it, whose addresses are
        // those of vectors that live until it returns.
        let known = unsafe {
            let run = library.get::<Run>(b"run").unwrap();
            run(name.as_ptr(), blocks.as_ptr(), threads as u32, parameters.cast())
        };
        assert_eq!(known, 1, "no kernel {kernel}");
        Ok(())
    }
}
