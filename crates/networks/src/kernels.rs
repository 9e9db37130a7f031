//! What a device must be able to do for a convolutional network: one kernel forward and one backward per operation. The
//! operations in [`crate::ops`] check shapes and put these on dfdx's tape; kernels may rely on what was checked there.

use crate::ops::Convolution;
use dfdx::dtypes::Dtype;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{NoneTape, Storage, Tensor};
use dfdx::tensor_ops::Device;

/// Feature maps, images × channels × height × width.
pub type Maps<E, D, T = NoneTape> = Tensor<(usize, usize, usize, usize), E, D, T>;
/// Features, images × features.
pub type Rows<E, D, T = NoneTape> = Tensor<(usize, usize), E, D, T>;
/// Weights of a convolution, out × in × height × width; of an up-convolution, in × out × 2 × 2.
pub type Kernel<E, D> = Tensor<(usize, usize, usize, usize), E, D>;
/// Weights of a connected layer, out × in.
pub type Weights<E, D> = Tensor<(usize, usize), E, D>;
/// One number per channel or feature.
pub type PerChannel<E, D> = Tensor<(usize,), E, D>;
/// Mean and variance (divided by the count) of each channel.
pub type MeanAndVariance<E, D> = (PerChannel<E, D>, PerChannel<E, D>);
/// The mean over a minibatch of the loss.
pub type Loss<E, D, T> = Tensor<(), E, D, T>;
/// What holds a gradient on a device: as many numbers as the tensor has, in the order of its shape.
pub type Slot<E, D> = <D as Storage<E>>::Vec;

/// Shapes that have channels: [`Maps`] and [`Rows`].
pub trait Channels: Shape {
    /// Images, channels, and positions per channel; rows have one position.
    fn extents(&self) -> [usize; 3];
}

impl Channels for (usize, usize, usize, usize) {
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
pub fn extents<S: Channels, E, D: Storage<E>>(x: &Tensor<S, E, D>) -> [usize; 3] {
    x.shape().extents()
}

/// Where the gradients of a weighted layer are added. All of them are added to what is there.
#[derive(Debug)]
pub struct Gradients<'a, V> {
    /// That of the layer's input; none where the input is an image.
    pub input: Option<&'a mut V>,
    /// That of the weights.
    pub weights: &'a mut V,
    /// That of the biases, where there are any.
    pub bias: Option<&'a mut V>,
}

/// A device with kernels for every operation: [`dfdx::tensor::Cpu`], and with the feature `cuda` an NVIDIA card.
///
/// `dy` is the gradient of the loss with respect to an operation's output; backward kernels *add* to the gradients that
/// they are given. Sums run in an order that depends on shapes alone, never on the number of threads.
pub trait Kernels<E: Dtype>: Device<E> {
    /// Whether the elements lie in memory in the order of the shape.
    fn is_contiguous<S: Shape>(&self, x: &Tensor<S, E, Self>) -> bool;

    /// y = kernel ∗ x + bias.
    fn convolve(
        &self,
        x: &Maps<E, Self>,
        kernel: &Kernel<E, Self>,
        bias: Option<&PerChannel<E, Self>>,
        shape: &Convolution,
    ) -> Result<Maps<E, Self>, Self::Err>;

    /// Gradients of [`Kernels::convolve`].
    fn convolve_backward(
        &self,
        x: &Maps<E, Self>,
        kernel: &Kernel<E, Self>,
        shape: &Convolution,
        dy: &Slot<E, Self>,
        gradients: Gradients<'_, Slot<E, Self>>,
    ) -> Result<(), Self::Err>;

    /// y\[2i+a, 2j+b\] = Σ x\[i, j\] kernel\[a, b\] + bias: height and width double.
    fn up_convolve(
        &self,
        x: &Maps<E, Self>,
        kernel: &Kernel<E, Self>,
        bias: Option<&PerChannel<E, Self>>,
    ) -> Result<Maps<E, Self>, Self::Err>;

    /// Gradients of [`Kernels::up_convolve`].
    fn up_convolve_backward(
        &self,
        x: &Maps<E, Self>,
        kernel: &Kernel<E, Self>,
        dy: &Slot<E, Self>,
        gradients: Gradients<'_, Slot<E, Self>>,
    ) -> Result<(), Self::Err>;

    /// y = x weightsᵀ + bias.
    fn connect(
        &self,
        x: &Rows<E, Self>,
        weights: &Weights<E, Self>,
        bias: Option<&PerChannel<E, Self>>,
    ) -> Result<Rows<E, Self>, Self::Err>;

    /// Gradients of [`Kernels::connect`].
    fn connect_backward(
        &self,
        x: &Rows<E, Self>,
        weights: &Weights<E, Self>,
        dy: &Slot<E, Self>,
        gradients: Gradients<'_, Slot<E, Self>>,
    ) -> Result<(), Self::Err>;

    /// max(0, x); what is not a number stays so.
    fn rectify<S: Shape>(&self, x: &Tensor<S, E, Self>) -> Result<Tensor<S, E, Self>, Self::Err>;

    /// Adds dy where the output y is positive.
    fn rectify_backward<S: Shape>(
        &self,
        y: &Tensor<S, E, Self>,
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err>;

    /// Turns x into max(0, x) without other memory and says so; or leaves it as it is, where something else refers to its
    /// memory as well.
    fn rectify_in_place<S: Shape>(&self, _: &mut Tensor<S, E, Self>) -> Result<bool, Self::Err> {
        Ok(false)
    }

    /// Sets the gradient of the output y to zero where y is not positive, which makes it the gradient of the input.
    fn rectify_backward_in_place<S: Shape>(
        &self,
        y: &Tensor<S, E, Self>,
        gradient: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err> {
        let dx = Storage::<E>::try_alloc_len(self, Storage::<E>::len(self, gradient))?;
        let dy = std::mem::replace(gradient, dx);
        self.rectify_backward(y, &dy, gradient)
    }

    /// The largest of each 2×2 window; height and width are even. What is not a number counts as largest.
    fn max_pool(&self, x: &Maps<E, Self>) -> Result<Maps<E, Self>, Self::Err>;

    /// Adds dy where [`Kernels::max_pool`] found the largest, in a tie the first of its window, row by row.
    fn max_pool_backward(
        &self,
        x: &Maps<E, Self>,
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err>;

    /// The top left of each 2×2 window; height and width are even.
    fn subsample(&self, x: &Maps<E, Self>) -> Result<Maps<E, Self>, Self::Err>;

    /// Gradient of [`Kernels::subsample`]; `shape` is that of x.
    fn subsample_backward(
        &self,
        shape: (usize, usize, usize, usize),
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err>;

    /// The mean over positions.
    fn average(&self, x: &Maps<E, Self>) -> Result<Rows<E, Self>, Self::Err>;

    /// Gradient of [`Kernels::average`]; `shape` is that of x.
    fn average_backward(
        &self,
        shape: (usize, usize, usize, usize),
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err>;

    /// The value at one position: row ⌊height / 2⌋, column ⌊width / 2⌋.
    fn one_position(&self, x: &Maps<E, Self>) -> Result<Rows<E, Self>, Self::Err>;

    /// Gradient of [`Kernels::one_position`]; `shape` is that of x.
    fn one_position_backward(
        &self,
        shape: (usize, usize, usize, usize),
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err>;

    /// The channels of x, then those of y.
    fn concatenate(&self, x: &Maps<E, Self>, y: &Maps<E, Self>) -> Result<Maps<E, Self>, Self::Err>;

    /// Adds to `part`, the gradient of a tensor of images × channels × positions (`extents`), the channels of dz from
    /// `first` on; dz has `all` channels.
    fn concatenate_backward(
        &self,
        dz: &Slot<E, Self>,
        all: usize,
        first: usize,
        extents: [usize; 3],
        part: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err>;

    /// Mean and (biased) variance of each channel over images and positions, accumulated in f64.
    fn channel_statistics<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
    ) -> Result<MeanAndVariance<E, Self>, Self::Err>;

    /// (x - mean) / √(variance + ε) in each channel.
    fn normalise<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        mean: &PerChannel<E, Self>,
        variance: &PerChannel<E, Self>,
        epsilon: f64,
    ) -> Result<Tensor<S, E, Self>, Self::Err>;

    /// Gradient of [`Kernels::normalise`] with given statistics: dx gains dy / √(variance + ε).
    fn normalise_backward(
        &self,
        extents: [usize; 3],
        variance: &PerChannel<E, Self>,
        epsilon: f64,
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err>;

    /// Gradient of [`Kernels::normalise`] with the statistics of x itself. With means over images and positions,
    /// dx gains (dy - ⟨dy⟩ - y ⟨y dy⟩) / √(variance + ε).
    fn batch_normalise_backward<S: Channels>(
        &self,
        y: &Tensor<S, E, Self>,
        variance: &PerChannel<E, Self>,
        epsilon: f64,
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err>;

    /// gain x + shift in each channel.
    fn stretch<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        gain: &PerChannel<E, Self>,
        shift: &PerChannel<E, Self>,
    ) -> Result<Tensor<S, E, Self>, Self::Err>;

    /// Gradients of [`Kernels::stretch`]: the gain counts as weights, the shift as bias.
    fn stretch_backward<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        gain: &PerChannel<E, Self>,
        dy: &Slot<E, Self>,
        gradients: Gradients<'_, Slot<E, Self>>,
    ) -> Result<(), Self::Err>;

    /// Mean over images and positions of -ln of the softmax over channels, at the labelled channel. `labels` counts
    /// image by image, position by position.
    fn cross_entropy<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        labels: &[usize],
    ) -> Result<Tensor<(), E, Self>, Self::Err>;

    /// Gradient of [`Kernels::cross_entropy`]; `dy` is one number.
    fn cross_entropy_backward<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        labels: &[usize],
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), Self::Err>;
}
