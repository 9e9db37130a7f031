//! A layer with its parameters on a device.

use super::{Activations, LayerKind};
use crate::NetworkError;
use crate::kernels::Kernels;
use crate::ops::{self, Padding, Window};
use crate::tensors::{Channels, Kernel, PerChannel, Weights as Matrix};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{Tape, Tensor};

/// ε beside the variance in batch normalisation, the customary one; the paper states none.
pub const BATCH_EPSILON: f64 = 1e-5;

/// The weights W of a layer.
#[derive(Clone, Debug)]
pub enum Weights<E: Dtype, D: Kernels<E>> {
    /// Of a convolution (out × in × side × side) or an up-convolution (in × out × 2 × 2).
    Kernel(Kernel<E, D>),
    /// Of a fully connected layer (out × in).
    Matrix(Matrix<E, D>),
}

/// A layer of weights: pre-activations u = W x + b. Where it normalises, u = γ (W x - μ)/√(σ² + ε) + b in its place, with
/// mean μ and variance σ² of each feature over the images and positions at hand (Eq. 12): a bias before normalisation
/// would be cancelled by it, so b acts behind it, as Ioffe and Szegedy's shift.
#[derive(Clone, Debug)]
pub struct Layer<E: Dtype, D: Kernels<E>> {
    /// What it does.
    pub(crate) kind: LayerKind,
    /// W.
    pub(crate) weights: Weights<E, D>,
    /// b, one number per feature.
    pub(crate) bias: PerChannel<E, D>,
    /// γ, one number per feature, where the layer normalises.
    pub(crate) gain: Option<PerChannel<E, D>>,
}

impl<E: Dtype, D: Kernels<E>> Layer<E, D> {
    /// A layer whose parameters are zero.
    pub(crate) fn new(kind: LayerKind, device: &D) -> Result<Self, NetworkError> {
        let (inputs, outputs) = (kind.inputs(), kind.features());
        let weights = match kind {
            LayerKind::Convolution { side, .. } => Weights::Kernel(
                device.try_zeros_like(&(outputs, inputs, side, side)).map_err(NetworkError::device)?,
            ),
            LayerKind::UpConvolution { .. } => Weights::Kernel(
                device.try_zeros_like(&(inputs, outputs, 2, 2)).map_err(NetworkError::device)?,
            ),
            LayerKind::Linear { .. } => {
                Weights::Matrix(device.try_zeros_like(&(outputs, inputs)).map_err(NetworkError::device)?)
            }
        };
        let bias = device.try_zeros_like(&(outputs,)).map_err(NetworkError::device)?;
        Ok(Self { kind, weights, bias, gain: None })
    }

    /// What the layer does.
    pub fn kind(&self) -> LayerKind {
        self.kind
    }

    /// Whether the layer normalises.
    pub fn normalises(&self) -> bool {
        self.gain.is_some()
    }

    /// W = `scale` z, row by row.
    pub(crate) fn set_weights(&mut self, z: &[f64], scale: f64) {
        let values = rounded(z, scale);
        match &mut self.weights {
            Weights::Kernel(kernel) => kernel.copy_from(&values),
            Weights::Matrix(matrix) => matrix.copy_from(&values),
        }
    }

    /// b.
    pub(crate) fn set_bias(&mut self, values: &[f64]) {
        self.bias.copy_from(&rounded(values, 1.0));
    }

    /// Makes the layer normalise or not; gains start at one.
    pub(crate) fn set_normalisation(&mut self, normalises: bool) -> Result<(), NetworkError> {
        let gain = || self.bias.device().try_ones_like(self.bias.shape()).map_err(NetworkError::device);
        self.gain = normalises.then(gain).transpose()?;
        Ok(())
    }

    /// The layer's pre-activations. Where `x` are the `images` themselves, the loss is not differentiated by them.
    pub(crate) fn apply<T: Tape<E, D>>(
        &self,
        x: Activations<E, D, T>,
        images: bool,
    ) -> Result<Activations<E, D, T>, NetworkError> {
        let bias = if self.normalises() { None } else { Some(&self.bias) };
        match (&self.weights, self.kind) {
            (Weights::Matrix(weights), _) => {
                Ok(self.normalise(ops::linear(x.rows()?, weights, bias)?)?.into())
            }
            (Weights::Kernel(kernel), LayerKind::Convolution { side, stride, .. }) => {
                let window = Window { stride, padding: Padding::Reflect(side / 2) };
                let convolve = if images { ops::convolve_images } else { ops::convolve };
                Ok(self.normalise(convolve(x.maps()?, kernel, bias, window)?)?.into())
            }
            (Weights::Kernel(kernel), _) => {
                Ok(self.normalise(ops::up_convolve(x.maps()?, kernel, bias)?)?.into())
            }
        }
    }

    /// Eq. 12 with gain and shift, where the layer normalises.
    fn normalise<S: Channels, T: Tape<E, D>>(
        &self,
        x: Tensor<S, E, D, T>,
    ) -> Result<Tensor<S, E, D, T>, NetworkError> {
        match &self.gain {
            Some(gain) => {
                let x = ops::batch_norm(x, BATCH_EPSILON)?;
                ops::affine(x, gain, &self.bias)
            }
            None => Ok(x),
        }
    }
}

/// `scale` times each value, rounded once.
pub(crate) fn rounded<E: Dtype>(values: &[f64], scale: f64) -> Vec<E> {
    let round = |value: &f64| E::from_f64(scale * value).expect("floating-point types round any number");
    values.iter().map(round).collect()
}
