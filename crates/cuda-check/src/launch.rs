//! What a program asks of a card, held against the kernels and against the limits of every card from the Volta generation on
//! (CUDA C++ Programming Guide, "Technical Specifications per Compute Capability").

use crate::Kernel;
use std::collections::BTreeSet;

/// Most blocks along each side of a grid.
const GRID: [usize; 3] = [(1 << 31) - 1, 65_535, 65_535];
/// Most threads of a block.
const THREADS: usize = 1024;
/// Threads that run together, and take registers together.
const WARP: usize = 32;
/// Registers that the threads of a block share, and the step in which a thread is given them.
const REGISTERS: usize = 65_536;
const REGISTER_STEP: usize = 8;
/// Most bytes of shared memory of a block that asks for no more than it has without asking.
const SHARED: usize = 48 << 10;
/// Most bytes of a kernel's parameters.
const PARAMETERS: usize = 4096;

/// One launch of a kernel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Launch {
    /// The kernel's name.
    pub kernel: String,
    /// Blocks along each side of the grid.
    pub grid: [usize; 3],
    /// Threads of a block.
    pub threads: usize,
    /// Bytes of shared memory that are asked for.
    pub shared: usize,
    /// Bytes of each parameter.
    pub parameters: Vec<usize>,
}

impl Launch {
    /// What no card takes, whatever the kernel.
    fn beyond(&self) -> Vec<String> {
        let Self { grid, threads, parameters, .. } = self;
        let bytes: usize = parameters.iter().sum();
        [
            (
                grid.iter().zip(GRID).any(|(size, most)| *size == 0 || *size > most),
                format!("a grid of {grid:?} blocks"),
            ),
            (*threads == 0 || *threads > THREADS, format!("blocks of {threads} threads")),
            (bytes > PARAMETERS, format!("{bytes} bytes of parameters")),
        ]
        .into_iter()
        .filter_map(|(beyond, what)| beyond.then(|| format!("{what}, which no card takes")))
        .collect()
    }

    /// What does not go with the kernel.
    fn against(&self, kernel: &Kernel) -> Vec<String> {
        let Self { threads, parameters, .. } = self;
        let registers = threads.next_multiple_of(WARP) * kernel.registers.next_multiple_of(REGISTER_STEP);
        let (shared, most) = (kernel.shared + self.shared, kernel.most_threads.unwrap_or(usize::MAX));
        [
            (
                *parameters != kernel.parameters,
                format!("parameters of {parameters:?} bytes, but it takes {:?}", kernel.parameters),
            ),
            (*threads > most, format!("blocks of {threads} threads, but it is compiled for {most}")),
            (
                registers > REGISTERS,
                format!("{threads} threads with {registers} registers in all, of {REGISTERS}"),
            ),
            (shared > SHARED, format!("{shared} bytes of shared memory, of {SHARED}")),
            (kernel.spilled > 0, format!("{} bytes that registers do not hold", kernel.spilled)),
        ]
        .into_iter()
        .filter_map(|(fault, what)| fault.then_some(what))
        .collect()
    }
}

/// What is wrong with launches of these kernels, each with the kernel's name: limits of a card, kernels that do not exist,
/// those that nothing launches, and what host and kernel do not agree in.
pub fn faults(kernels: &[Kernel], launches: &[Launch]) -> BTreeSet<String> {
    let of_launches = launches.iter().flat_map(|launch| {
        let mut found = launch.beyond();
        let mut known = kernels.iter().filter(|kernel| kernel.name == launch.kernel).peekable();
        if known.peek().is_none() {
            found.push("launched, but there is no such kernel".to_owned());
        }
        found.extend(known.flat_map(|kernel| launch.against(kernel)));
        found.into_iter().map(|fault| format!("{}: {fault}", launch.kernel))
    });
    let launched = |kernel: &&Kernel| launches.iter().any(|launch| launch.kernel == kernel.name);
    let idle = kernels
        .iter()
        .filter(|kernel| !launched(kernel))
        .map(|kernel| format!("{}: nothing launches it", kernel.name));
    of_launches.chain(idle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel() -> Kernel {
        Kernel { registers: 255, shared: 21_504, ..Kernel::looked_up("k", &[56]) }
    }

    fn launch() -> Launch {
        Launch {
            kernel: "k".to_owned(),
            grid: [(1 << 31) - 1, 2, 3],
            threads: 256,
            shared: 0,
            parameters: vec![56],
        }
    }

    fn told(kernel: Kernel, launch: Launch) -> String {
        faults(&[kernel], &[launch]).into_iter().collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_goes_together_is_no_fault() {
        assert_eq!(told(kernel(), launch()), "");
    }

    #[test]
    fn a_renamed_kernel_is_told_on_both_sides() {
        let told = told(Kernel { name: "q".to_owned(), ..kernel() }, launch());
        assert_eq!(told, "k: launched, but there is no such kernel; q: nothing launches it");
    }

    #[test]
    fn a_parameter_on_one_side_only_is_told() {
        let added = Kernel { parameters: vec![64], ..kernel() };
        assert_eq!(told(added, launch()), "k: parameters of [56] bytes, but it takes [64]");
        let added = Launch { parameters: vec![56, 8], ..launch() };
        assert_eq!(told(kernel(), added), "k: parameters of [56, 8] bytes, but it takes [56]");
    }

    #[test]
    fn more_than_a_card_has_is_told() {
        let too_many = Launch { threads: 288, ..launch() };
        assert_eq!(told(kernel(), too_many), "k: 288 threads with 73728 registers in all, of 65536");
        let bounded = Kernel { most_threads: Some(128), ..kernel() };
        assert_eq!(told(bounded, launch()), "k: blocks of 256 threads, but it is compiled for 128");
        let asked = Launch { shared: 28 << 10, ..launch() };
        assert_eq!(told(kernel(), asked), "k: 50176 bytes of shared memory, of 49152");
        let spilled = Kernel { spilled: 12, ..kernel() };
        assert_eq!(told(spilled, launch()), "k: 12 bytes that registers do not hold");
        for grid in [[1 << 31, 1, 1], [1, 65_536, 1], [1, 1, 65_536], [0, 1, 1]] {
            let told = told(kernel(), Launch { grid, ..launch() });
            assert_eq!(told, format!("k: a grid of {grid:?} blocks, which no card takes"));
        }
        let light = Kernel { registers: 8, ..kernel() };
        let told = told(light, Launch { threads: 1025, ..launch() });
        assert_eq!(told, "k: blocks of 1025 threads, which no card takes");
    }
}
