//! Why an operation is refused, or stopped.

use crate::models::{ShapeError, Size};
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::sync::Arc;
use thiserror::Error;

/// Why an operation is refused, or stopped.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum NetworkError {
    /// The device reported an error.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// A tensor to differentiate by is a view whose elements do not lie in the order of its shape.
    #[error(
        "a tensor with a tape lies in memory in another order than its shape's; make it contiguous first"
    )]
    Strided,
    /// An operation is to be differentiated by two inputs that are one tensor.
    #[error("two inputs of an operation are one tensor, whose gradient would have to be both of theirs")]
    Twice,
    /// Two sizes that must agree do not.
    #[error("{what} must be {expected}, not {found}")]
    Mismatch {
        /// The size.
        what: &'static str,
        /// What it must be.
        expected: usize,
        /// What it is.
        found: usize,
    },
    /// A size that must be at least one is zero.
    #[error("{what} must be at least 1, not 0")]
    Zero {
        /// The size.
        what: &'static str,
    },
    /// Reflection would reach beyond the opposite edge.
    #[error(
        "maps of {height}×{width} cannot be padded by reflection with {padding}: at most one less than their size"
    )]
    Reflection {
        /// Positions added at each edge.
        padding: usize,
        /// Height of the maps.
        height: usize,
        /// Width of the maps.
        width: usize,
    },
    /// A kernel does not fit on the padded maps.
    #[error(
        "a kernel of {kernel_height}×{kernel_width} does not fit on maps of {height}×{width} (padding included)"
    )]
    KernelTooLarge {
        /// Height of the kernel.
        kernel_height: usize,
        /// Width of the kernel.
        kernel_width: usize,
        /// Height of the maps, padding included.
        height: usize,
        /// Width of the maps, padding included.
        width: usize,
    },
    /// A 2×2 window with stride 2 would leave a row or a column over.
    #[error("{operation} needs even heights and widths, not {height}×{width}")]
    OddSize {
        /// The operation.
        operation: &'static str,
        /// Height of the maps.
        height: usize,
        /// Width of the maps.
        width: usize,
    },
    /// A label names no class.
    #[error("label {label} at position {position}, but classes run from 0 to {last}")]
    NoSuchClass {
        /// The label.
        label: usize,
        /// Where it stands in the list of labels.
        position: usize,
        /// The last class.
        last: usize,
    },
    /// Images do not fit a network.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A network gives rows where maps are asked for, or the reverse.
    #[error("{expected} are asked for, but there are {found}")]
    Form {
        /// What is asked for.
        expected: &'static str,
        /// What there is.
        found: Size,
    },
    /// Images of one observation differ in size.
    #[error("all images must have one size: there are {expected} and {found}")]
    Sizes {
        /// The first size.
        expected: Size,
        /// Another one.
        found: Size,
    },
    /// A statistic over images is asked of fewer than two.
    #[error("a variance over images needs at least 2 of them, not {images}")]
    TooFewImages {
        /// The images given.
        images: usize,
    },
    /// Pre-activations are not finite.
    #[error("pre-activations of layer {layer} are not finite numbers")]
    Overflow {
        /// The layer.
        layer: usize,
    },
    /// A checkpoint has another number of lists.
    #[error("{what} need {expected} lists of numbers, not {found}")]
    Lists {
        /// Whose lists they are.
        what: &'static str,
        /// Lists needed.
        expected: usize,
        /// Lists given.
        found: usize,
    },
    /// A list of a checkpoint has another length.
    #[error("list {index} of {what} needs {expected} numbers, not {found}")]
    ListLength {
        /// Whose list it is.
        what: &'static str,
        /// Which list, from 0.
        index: usize,
        /// Numbers needed.
        expected: usize,
        /// Numbers given.
        found: usize,
    },
    /// A learning rate that is not a positive number.
    #[error("the learning rate must be a positive number, not {rate}")]
    Rate {
        /// The learning rate.
        rate: f64,
    },
    /// An optimiser made for one network is used for another.
    #[error("the optimiser was made for a network with other parameters")]
    OtherNetwork,
}

/// What a device reported. Errors of this kind are equal if they are one and the same.
#[derive(Clone, Debug)]
pub struct DeviceError(Arc<dyn StdError + Send + Sync>);

impl PartialEq for DeviceError {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Display for DeviceError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "the device failed: {}", self.0)
    }
}

impl StdError for DeviceError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// An error of dfdx's, some of which are none to the standard library.
#[derive(Debug, Error)]
#[error("{0}")]
struct Reported<T: Debug + Display>(T);

impl NetworkError {
    /// An error of a device, as dfdx reports it.
    pub fn device(error: impl Debug + Display + Send + Sync + 'static) -> Self {
        Self::Device(DeviceError(Arc::new(Reported(error))))
    }
}

/// Refuses sizes that do not agree.
pub(crate) fn agree(what: &'static str, expected: usize, found: usize) -> Result<(), NetworkError> {
    if found == expected { Ok(()) } else { Err(NetworkError::Mismatch { what, expected, found }) }
}

/// Refuses a size of zero.
pub(crate) fn nonzero(what: &'static str, size: usize) -> Result<(), NetworkError> {
    if size > 0 { Ok(()) } else { Err(NetworkError::Zero { what }) }
}
