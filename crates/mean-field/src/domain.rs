//! Where a prediction is defined: the arguments that the formulas of this crate do not accept.

/// An argument outside the range in which the statistic that was asked for exists.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum DomainError {
    /// A cosine similarity outside [-1, 1].
    #[error("the cosine must lie in [-1, 1], but is {0}")]
    Cosine(f64),
    /// A gap 1 - c that does not belong to a correlation c in [0, 1].
    #[error("the gap 1 - c of a correlation must lie in [0, 1], but is {0}")]
    Gap(f64),
    /// A mean square that is not a positive finite number.
    #[error("the mean square of the inputs must be positive and finite, but is {0}")]
    MeanSquare(f64),
    /// Fewer samples than the statistic needs.
    #[error("{statistic} needs at least {least} samples, but {given} were given")]
    Samples {
        /// What was to be computed.
        statistic: &'static str,
        /// The smallest number of samples for which it exists.
        least: usize,
        /// What was given.
        given: usize,
    },
}

/// Refuses fewer than `least` samples.
pub(crate) fn require_samples(
    statistic: &'static str,
    least: usize,
    given: usize,
) -> Result<(), DomainError> {
    if given < least { Err(DomainError::Samples { statistic, least, given }) } else { Ok(()) }
}
