//! What can go wrong: before the work, a configuration that is refused ([`ConfigError`]); during it, an [`EnsembleError`].

use thiserror::Error;

/// Why an ensemble is refused before any work is done.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ConfigError {
    /// A parameter outside its range.
    #[error("{what} must be {range}, not {value}")]
    OutOfRange {
        /// The parameter.
        what: &'static str,
        /// Its value.
        value: String,
        /// The range allowed.
        range: String,
    },
    /// γ^depth leaves the range of the single precision that pre-activations are kept in.
    #[error(
        "the total variance grows by gamma^depth = {gamma}^{depth}, beyond the limit of 2^±{limit} that single precision holds"
    )]
    GammaOverflow {
        /// γ.
        gamma: f64,
        /// L.
        depth: usize,
        /// The largest |log2 γ^depth|.
        limit: u32,
    },
    /// A statistic over samples is asked of one sample.
    #[error("{what} needs at least 2 samples, not {samples}")]
    OneSample {
        /// The statistic.
        what: &'static str,
        /// The samples given.
        samples: usize,
    },
    /// Samples, layers or units are observed that do not exist.
    #[error("{asked}, but {given}")]
    NotThere {
        /// What is asked for.
        asked: String,
        /// What there is of it.
        given: String,
    },
    /// Weights of a law that cannot be had with the rest of the configuration.
    #[error("weights that are centred or orthogonal {what}")]
    WeightLaw {
        /// What they need.
        what: &'static str,
    },
    /// One network needs more memory than the configuration allows.
    #[error(
        "width {width}, depth {depth} and {samples} samples need about {needed} of memory for {what}; the limit is {limit}"
    )]
    Memory {
        /// n.
        width: usize,
        /// L.
        depth: usize,
        /// T.
        samples: usize,
        /// What takes the most of it.
        what: &'static str,
        /// The estimate.
        needed: Bytes,
        /// The limit.
        limit: Bytes,
    },
}

/// A number of bytes, shown in GiB or MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(
    /// The number.
    pub u64,
);

impl std::fmt::Display for Bytes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mebibytes = self.0 as f64 / (1 << 20) as f64;
        if mebibytes < 1024.0 {
            write!(formatter, "{mebibytes:.1} MiB")
        } else {
            write!(formatter, "{:.1} GiB", mebibytes / 1024.0)
        }
    }
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum EnsembleError {
    /// The device that multiplies for the direct engine reported an error; dfdx's, of which nothing but the text is
    /// known for a device in general.
    #[error("the device failed: {0}")]
    Device(String),
    /// Numbers left the range of single precision: a deep chaotic network, or a perturbation grown without bound.
    #[error("in network {network}, numbers of layer {layer} left the range of single precision")]
    Overflow {
        /// The network.
        network: usize,
        /// The layer.
        layer: usize,
    },
}
