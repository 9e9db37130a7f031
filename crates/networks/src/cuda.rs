//! The kernels for an NVIDIA card. [`set_up`] makes a card ready; after that it serves as a device like the processor, in single precision.
//! Results are the same bits in every run on a card: no kernel adds in an order that chance decides.
//!
//! The kernels' source is compiled when a card is set up. Tests compile it for the processor as well, and need no card.

#[cfg(feature = "cuda")]
mod card;
mod convolution;
#[cfg(feature = "cuda")]
mod device;
mod machine;
mod pass;
#[cfg(test)]
mod processor;
#[cfg(feature = "cuda")]
mod tensors;
#[cfg(test)]
mod tests;

#[cfg(feature = "cuda")]
pub use card::set_up;
