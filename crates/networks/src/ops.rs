//! Differentiable operations: each checks shapes, runs the device's kernel, and registers the backward kernel on dfdx's
//! tape. Where the tensor carries no tape nothing is registered and nothing is kept alive.

mod concatenate;
mod connect;
mod convolve;
mod cross_entropy;
mod normalise;
mod pool;
mod rectify;
mod stretch;
mod tape;
mod up_convolve;
mod window;

pub use concatenate::concatenate;
pub use connect::connect;
pub use convolve::{convolve, convolve_images};
pub use cross_entropy::{cross_entropy, cross_entropy_per_pixel};
pub use normalise::{Statistics, batch_normalise, channel_statistics};
pub use pool::{average, max_pool, one_position, subsample};
pub use rectify::rectify;
pub use stretch::stretch;
pub use up_convolve::up_convolve;
pub use window::{Convolution, Padding, Window};
