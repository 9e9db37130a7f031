//! NVIDIA cards: how they run operations, and what their kernels there share. `set_up`, with the feature `cuda`, makes a
//! card ready; after that it serves as a device like the processor, in single precision. Results are the same bits in every
//! run on a card: no kernel adds in an order that chance decides.
//!
//! The kernels' source is compiled when a card is set up. Tests compile it for the processor as well, and need no card.

#[cfg(feature = "cuda")]
mod card;
#[cfg(feature = "cuda")]
mod device;
mod machine;
pub(crate) mod pass;
#[cfg(any(feature = "cuda", test))]
mod source;
#[cfg(test)]
pub(crate) mod tests;

#[cfg(feature = "cuda")]
pub use card::{CardError, set_up};
pub use machine::{Address, Machine};
