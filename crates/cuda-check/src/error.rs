//! What can go wrong between a source and its kernels.

use std::error::Error;
use std::ffi::NulError;
use std::path::PathBuf;

/// Why there are no kernels.
#[derive(Debug, thiserror::Error)]
pub enum CompilerError {
    /// One of them is not there, or does not run.
    #[error("cannot use NVIDIA's {0}")]
    Unusable(PathBuf, #[source] Box<dyn Error + Send + Sync>),
    /// A text that C does not take.
    #[error("the source or an option holds a zero byte")]
    Zero(#[from] NulError),
    /// The compiler refuses the source.
    #[error("the source does not compile:\n{0}")]
    Refused(String),
    /// The assembler refuses what the compiler made.
    #[error("a card of {card} refuses the kernels:\n{log}")]
    Assembler {
        /// The generation.
        card: &'static str,
        /// Its words.
        log: String,
    },
    /// A parameter of a kernel is declared in words that are not understood.
    #[error("the size of a parameter of {0} is not understood: {1}")]
    Parameter(String, String),
    /// The assembler is silent about a kernel.
    #[error("the assembler's report has no registers of {0}")]
    Silent(String),
}
