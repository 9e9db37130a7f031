//! What the kernels need from the machine that they run on: a card, or in tests the processor. A kernel takes one
//! argument, a structure of numbers and addresses that is declared alike in Rust and in CUDA C++.

/// Where the first number of an array lies in the machine's memory; 0 stands for no array.
pub(super) type Address = u64;

/// Runs kernels, one after the other.
pub(super) trait Machine {
    /// Why it did not.
    type Error;
    /// Memory that is given back when this is dropped.
    type Buffer;
    /// Memory for so many numbers, with anything in it.
    fn buffer(&self, numbers: usize) -> Result<Self::Buffer, Self::Error>;

    /// Where a buffer begins.
    fn address(buffer: &Self::Buffer) -> Address;

    /// Runs a kernel on a grid of blocks, of so many threads each. `parameters` are the structure that the kernel takes.
    fn launch<P: Copy>(
        &self,
        kernel: &'static str,
        blocks: [usize; 3],
        threads: usize,
        parameters: P,
    ) -> Result<(), Self::Error>;
}
