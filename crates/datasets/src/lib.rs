//! The images of Sections 3.3 and 5: CIFAR-10 and ISBI 2012, stand-ins made in code for where they are missing, the
//! paper's augmentation, and the order in which minibatches visit a data set.
//!
//! Both sets hold 8-bit pixels and hand them out as f32 batches, `images × channels × height × width`, standardised per
//! channel over the data set. Whatever is random is a function of a seed and of what it is drawn for, so that results
//! depend neither on the number of threads nor on where a run was interrupted.
//!
//! A section that reads a data set names it among its inputs and opens it when it runs:
//!
//! ```
//! # use std::path::Path;
//! # fn inputs(data: Option<&Path>) -> Result<(), Box<dyn std::error::Error>> {
//! let hash = datasets::Cifar10::fingerprint(data)?;
//! let images = match datasets::Cifar10::find(data)? {
//!     Some(real) => real,
//!     None => datasets::stand_in::cifar10(1, 200)?,
//! };
//! # assert_eq!((hash.as_str(), images.source()), ("stand-in", datasets::Source::StandIn));
//! # Ok(())
//! # }
//! # inputs(None).unwrap();
//! ```

pub mod augment;
mod batches;
mod cifar10;
mod content;
mod draw;
mod error;
mod isbi2012;
mod official;
mod request;
mod source;
mod stack;
pub mod stand_in;
mod standardise;

pub use batches::{Batches, Place};
pub use cifar10::Cifar10;
pub use error::{DataError, Difference, RequestError};
pub use isbi2012::Isbi2012;
pub use official::{Layout, OfficialFile};
pub use source::Source;
pub use standardise::{Channel, Standardisation};
