//! What the tensors of a network are called by their shapes.

use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{NoneTape, Storage, Tensor};

/// Feature maps, images × channels × height × width.
pub type Maps<E, D, T = NoneTape> = Tensor<MapShape, E, D, T>;
/// Features, images × features.
pub type Rows<E, D, T = NoneTape> = Tensor<(usize, usize), E, D, T>;
/// Weights of a convolution, out × in × height × width; of an up-convolution, in × out × 2 × 2.
pub type Kernel<E, D> = Tensor<MapShape, E, D>;
/// Weights of a fully connected layer, out × in.
pub type Weights<E, D> = Tensor<(usize, usize), E, D>;
/// One number per channel or feature.
pub type PerChannel<E, D> = Tensor<(usize,), E, D>;
/// The mean over a minibatch of the loss.
pub type Loss<E, D, T> = Tensor<(), E, D, T>;
/// The numbers of any tensor in the order of its shape.
pub type Array<E, D> = Tensor<(usize,), E, D>;
/// What holds a gradient on a device: as many numbers as the tensor has, in the order of its shape.
pub type Slot<E, D> = <D as Storage<E>>::Vec;

/// Images, channels, height and width.
pub type MapShape = (usize, usize, usize, usize);

/// Shapes that have channels: those of [`Maps`] and [`Rows`].
pub trait Channels: Shape {
    /// Images, channels, and positions per channel; rows have one position.
    fn extents(&self) -> [usize; 3];
}

impl Channels for MapShape {
    fn extents(&self) -> [usize; 3] {
        [self.0, self.1, self.2 * self.3]
    }
}

impl Channels for (usize, usize) {
    fn extents(&self) -> [usize; 3] {
        [self.0, self.1, 1]
    }
}

/// Images, channels, and positions per channel of a tensor.
pub fn extents<S: Channels, E, D: Storage<E>, T>(x: &Tensor<S, E, D, T>) -> [usize; 3] {
    x.shape().extents()
}
