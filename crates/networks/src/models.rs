//! The paper's networks: multilayer perceptrons (§3.2), ALL-CNN-C and U-Net (§3.3). Each is described by a few numbers
//! ([`Mlp`], [`AllCnn`], [`UNet`]), from which follows a [`Blueprint`]: its layers, counted from 1 in forward order as in
//! the paper, and the steps between them. A [`Network`] is a blueprint with parameters on a device. It runs for any
//! number of images and any size that fits, and shows every layer's pre-activations on the way without keeping them.

mod activations;
mod all_cnn;
mod blueprint;
mod layer;
mod mlp;
mod network;
mod parameters;
mod sizes;
mod unet;
mod walk;

pub use activations::Activations;
pub use all_cnn::{AllCnn, Readout};
pub use blueprint::{Blueprint, LayerKind, Step};
pub(crate) use layer::rounded;
pub use layer::{BATCH_EPSILON, Layer, Weights};
pub use mlp::Mlp;
pub use network::Network;
pub use parameters::Visit;
pub(crate) use parameters::check_lists;
pub use sizes::{ShapeError, Size};
pub use unet::{Pooling, Skips, UNet};
pub(crate) use walk::Walk;
