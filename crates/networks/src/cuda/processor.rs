//! The processor in the card's place: the kernels' source, compiled as C++ with `processor.cpp` around it, which plays
//! the threads of a block.

use super::machine::{Address, Machine};
use super::{convolution, pass};
use libloading::Library;
use std::cell::Cell;
use std::ffi::{CString, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::process::Command;

/// `run` of `processor.cpp`.
type Run = unsafe extern "C" fn(*const c_char, *const u32, u32, *const c_void) -> c_int;

/// The first C++ compiler that answers.
pub fn compiler() -> Option<&'static str> {
    let answers =
        |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success());
    ["c++", "g++", "clang++"].into_iter().find(answers)
}

/// The processor, with the kernels for one type of number.
pub struct Processor<E> {
    library: Library,
    number: PhantomData<E>,
}

impl<E> Processor<E> {
    /// Compiles the kernels for numbers of that name in C++.
    pub fn new(compiler: &str, number: &str) -> Self {
        let products = convolution::PRODUCTS.map(|kernel| (kernel, "Product"));
        let copies = [(convolution::PACK, "Packing"), (convolution::ADD, "Parts")];
        let passes = pass::KERNELS.map(|kernel| (kernel, "Pass"));
        let names = [&products[..], &copies, &passes].concat();
        let names = names.iter().map(|(kernel, parameters)| format!("KERNEL({kernel}, {parameters})"));
        let kernels = format!("typedef {number} real;\n{}\n{}", convolution::SOURCE, pass::SOURCE);
        let source = include_str!("processor.cpp")
            .replace("\nKERNELS\n", &kernels)
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
        Self { library, number: PhantomData }
    }
}

impl<E: num_traits::Float> Machine for Processor<E> {
    type Error = std::convert::Infallible;
    type Buffer = Vec<Cell<E>>;

    fn buffer(&self, numbers: usize) -> Result<Self::Buffer, Self::Error> {
        // What is read before it is written shows.
        Ok(vec![Cell::new(E::nan()); numbers])
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
        // SAFETY: `run` has that signature; the kernel takes the structure that `convolution` and `pass` give it, whose
        // addresses are those of vectors that live until it returns.
        let known = unsafe {
            let run = self.library.get::<Run>(b"run").unwrap();
            run(name.as_ptr(), blocks.as_ptr(), threads as u32, parameters.cast())
        };
        assert_eq!(known, 1, "no kernel {kernel}");
        Ok(())
    }
}
