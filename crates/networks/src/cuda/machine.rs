//! What kernels for a card need from the machine that they run on: a card, or in tests the processor. A kernel takes one
//! argument, a structure of numbers and addresses that is declared alike in Rust and in CUDA C++.

/// Where the first number of an array lies in the machine's memory; 0 stands for no array.
pub type Address = u64;

/// Threads of a block: of one that computes a number with each, and of one that sums (`SUMMANDS` in `pass.cu`).
const THREADS: usize = 256;
const SUMMANDS: usize = 512;

/// Runs kernels, one after the other.
pub trait Machine {
    /// Why it did not.
    type Error;
    /// Memory that is given back when this is dropped.
    type Buffer;
    /// Bytes of a `real`.
    const REAL: usize;

    /// Memory for so many bytes, with anything in it.
    ///
    /// # Errors
    /// There is not enough.
    fn buffer(&self, bytes: usize) -> Result<Self::Buffer, Self::Error>;

    /// Memory with these numbers in it.
    ///
    /// # Errors
    /// There is not enough.
    fn upload(&self, numbers: Vec<u64>) -> Result<Self::Buffer, Self::Error>;

    /// Where a buffer begins.
    fn address(buffer: &Self::Buffer) -> Address;

    /// Runs a kernel on a grid of blocks, of so many threads each. `parameters` are the structure that the kernel takes.
    ///
    /// # Errors
    /// There is no such kernel, or it cannot be launched.
    fn launch<P: Copy>(
        &self,
        kernel: &'static str,
        blocks: [usize; 3],
        threads: usize,
        parameters: P,
    ) -> Result<(), Self::Error>;

    /// Runs a kernel with a thread for each of `count` numbers.
    ///
    /// # Errors
    /// Those of [`Machine::launch`].
    fn each<P: Copy>(&self, kernel: &'static str, count: usize, parameters: P) -> Result<(), Self::Error> {
        match count {
            0 => Ok(()),
            _ => self.launch(kernel, [count.div_ceil(THREADS), 1, 1], THREADS, parameters),
        }
    }

    /// Runs a kernel with a block for each of `count` sums.
    ///
    /// # Errors
    /// Those of [`Machine::launch`].
    fn sums<P: Copy>(&self, kernel: &'static str, count: usize, parameters: P) -> Result<(), Self::Error> {
        match count {
            0 => Ok(()),
            _ => self.launch(kernel, [count, 1, 1], SUMMANDS, parameters),
        }
    }
}
