//! What the compilers say of kernels: PTX declares their names and parameters, and the assembler's report their registers
//! and shared memory.

use crate::CompilerError;

/// A kernel as a card would hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Its name, as the program looks it up.
    pub name: String,
    /// Bytes of each parameter.
    pub parameters: Vec<usize>,
    /// Most threads of a block, where the source bounds them.
    pub most_threads: Option<usize>,
    /// Registers of a thread.
    pub registers: usize,
    /// Bytes of shared memory that a block has without asking.
    pub shared: usize,
    /// Bytes that a thread moves to memory for want of registers.
    pub spilled: usize,
}

impl Kernel {
    /// A kernel of which the host's side alone is known.
    pub fn looked_up(name: &str, parameters: &[usize]) -> Self {
        let (name, parameters) = (name.to_owned(), parameters.to_vec());
        Self { name, parameters, most_threads: None, registers: 0, shared: 0, spilled: 0 }
    }
}

/// All kernels of PTX, with the report of the assembler (`ptxas -v`) on it.
///
/// # Errors
/// Words that are not understood.
pub fn kernels(ptx: &str, report: &str) -> Result<Vec<Kernel>, CompilerError> {
    let entries = ptx.split(".visible .entry ").skip(1);
    entries
        .map(|entry| {
            let (name, rest) = entry.split_once('(').unwrap_or((entry, ""));
            let (name, declared) = (name.trim(), rest.split_once(')').map_or("", |(declared, _)| declared));
            let lines = declared.lines().map(str::trim).filter(|line| !line.is_empty());
            let parameters = lines.map(|line| {
                let unknown = || CompilerError::Parameter(name.to_owned(), line.to_owned());
                size(line).ok_or_else(unknown)
            });
            let used = Used::of(name, report).ok_or_else(|| CompilerError::Silent(name.to_owned()))?;
            Ok(Kernel {
                name: name.to_owned(),
                parameters: parameters.collect::<Result<_, _>>()?,
                most_threads: most_threads(rest),
                registers: used.before(" registers").ok_or_else(|| CompilerError::Silent(name.to_owned()))?,
                shared: used.before(" bytes smem").unwrap_or(0),
                spilled: used.before(" bytes spill stores").unwrap_or(0),
            })
        })
        .collect()
}

/// The bound that stands before the body of a kernel, as `.maxntid 128, 1, 1`.
fn most_threads(declaration: &str) -> Option<usize> {
    let (_, sides) = declaration.split('{').next()?.split_once(".maxntid")?;
    let sides = sides.lines().next()?.split(',').map(|side| side.trim().parse::<usize>());
    sides.product::<Result<_, _>>().ok()
}

/// Bytes of a parameter that is declared like `.param .align 8 .b8 name[56]` or `.param .u64 name,`.
fn size(declaration: &str) -> Option<usize> {
    let mut words = declaration.trim_end_matches(',').split_whitespace().skip_while(|word| *word != ".param");
    let kind = words
        .by_ref()
        .find(|word| word.starts_with('.') && word.ends_with(|last: char| last.is_ascii_digit()))?;
    let bits = kind.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse::<usize>().ok()?;
    let name = words.last()?;
    let count = match name.strip_suffix(']') {
        Some(array) => array.rsplit_once('[')?.1.parse().ok()?,
        None => 1,
    };
    Some(count * bits / 8)
}

/// The assembler's words on one kernel.
struct Used<'a>(&'a str);

impl<'a> Used<'a> {
    fn of(kernel: &str, report: &'a str) -> Option<Self> {
        let (_, rest) = report.split_once(&format!("Compiling entry function '{kernel}'"))?;
        Some(Self(rest.split("Compiling entry function").next().unwrap_or(rest)))
    }

    /// The number before some words.
    fn before(&self, words: &str) -> Option<usize> {
        let (before, _) = self.0.split_once(words)?;
        before.rsplit(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PTX: &str = ".version 9.0\n.target sm_75\n\
        .visible .entry one(\n\t.param .align 8 .b8 one_param_0[56]\n)\n.maxntid 128, 1, 1\n{\n\tret;\n}\n\
        .visible .entry two(\n\t.param .u64 two_param_0,\n\t.param .f32 two_param_1\n)\n{\n}\n\
        .visible .entry none()\n{\n}\n";
    const REPORT: &str = "ptxas info    : 28 bytes gmem\n\
        ptxas info    : Compiling entry function 'none' for 'sm_90'\n\
        ptxas info    : Used 4 registers, used 0 barriers\n\
        ptxas info    : Compiling entry function 'two' for 'sm_90'\n\
        \x20   8 bytes stack frame, 12 bytes spill stores, 16 bytes spill loads\n\
        ptxas info    : Used 20 registers, used 1 barriers, 4096 bytes smem\n\
        ptxas info    : Compiling entry function 'one' for 'sm_90'\n\
        ptxas info    : Used 255 registers, used 0 barriers, 408 bytes cmem[0]\n";

    #[test]
    fn names_parameters_and_use_are_read() {
        let kernel = |name: &str, parameters: &[usize], registers, shared, spilled| Kernel {
            most_threads: (name == "one").then_some(128),
            name: name.to_owned(),
            parameters: parameters.to_vec(),
            registers,
            shared,
            spilled,
        };
        let expected = [
            kernel("one", &[56], 255, 0, 0),
            kernel("two", &[8, 4], 20, 4096, 12),
            kernel("none", &[], 4, 0, 0),
        ];
        assert_eq!(kernels(PTX, REPORT).unwrap(), expected);
    }

    #[test]
    fn what_is_not_understood_is_an_error_that_names_the_kernel() {
        let silent = kernels(PTX, &REPORT.replace("'two'", "'tow'")).unwrap_err();
        assert_eq!(silent.to_string(), "the assembler's report has no registers of two");
        let odd = kernels(&PTX.replace(".f32 two", ".pred two"), REPORT).unwrap_err();
        assert!(odd.to_string().starts_with("the size of a parameter of two is not understood"), "{odd}");
    }
}
