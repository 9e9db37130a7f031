//! Randomness that is looked up, not consumed. Every random number of an ensemble has an address: the seed, the
//! network, the layer, what it is drawn for, and its position in the matrix. A number is a pure function of its
//! address (a counter-based generator), so no result depends on the number of threads, on the order of the work, or on
//! the processor; a weight can be forgotten after the forward pass and drawn again, bit by bit the same, in the
//! backward pass; and a graphics card draws the numbers that the processor draws.

mod inputs;
mod normal;
mod stream;
mod threefry;

pub(crate) use inputs::fill_inputs;
pub(crate) use stream::{Purpose, Stream};
