//! The kernels for the processor. Each file computes on slices; here tensors are read and made.

mod allocator;
mod connect;
mod convolve;
mod convolve_backward;
mod cross_entropy;
mod memory;
mod normalise;
mod padded;
mod pool;
mod product;
mod real;
mod rectify;
mod scratch;
mod stretch;
mod sums;
mod unfold;
mod up_convolve;
mod vector;
mod winograd;

use crate::kernels::{
    Channels, Gradients, Kernel, Kernels, Maps, MeanAndVariance, PerChannel, Rows, Slot, Weights, extents,
};
use crate::ops::Convolution;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Cpu, CpuError, Tensor, TensorFromVec};
use dfdx::tensor_ops::Device;
use memory::{is_contiguous, own, read};
use real::Real;
use std::borrow::Cow;
use std::ops::DerefMut;
use up_convolve::UpConvolution;
use winograd::Winograd;

/// The bias, where there is one.
fn read_bias<E: Real>(bias: Option<&PerChannel<E, Cpu>>) -> Option<Cow<'_, [E]>> {
    bias.map(read)
}

/// Height and width.
fn size<E: Real>(x: &Maps<E, Cpu>) -> [usize; 2] {
    let (.., height, width) = *x.shape();
    [height, width]
}

/// The sizes of an up-convolution.
fn up<E: Real>(x: &Maps<E, Cpu>, kernel: &Kernel<E, Cpu>) -> UpConvolution {
    let (images, inputs, height, width) = *x.shape();
    UpConvolution { images, inputs, outputs: kernel.shape().1, height, width }
}

impl<E: Real> Kernels<E> for Cpu
where
    Cpu: Device<E>,
    Slot<E, Cpu>: DerefMut<Target = Vec<E>>,
{
    fn is_contiguous<S: Shape>(&self, x: &Tensor<S, E, Self>) -> bool {
        is_contiguous(x)
    }

    fn convolve(
        &self,
        x: &Maps<E, Self>,
        kernel: &Kernel<E, Self>,
        bias: Option<&PerChannel<E, Self>>,
        shape: &Convolution,
    ) -> Result<Maps<E, Self>, CpuError> {
        allocator::keep_freed();
        let (values, weights, bias) = (read(x), read(kernel), read_bias(bias));
        let y = match Winograd::serves(shape) {
            Some(fast) => fast.convolve(&values, &weights, bias.as_deref()),
            None => convolve::convolve(&values, &weights, bias.as_deref(), shape),
        };
        self.try_tensor_from_vec(y, shape.out_shape())
    }

    fn convolve_backward(
        &self,
        x: &Maps<E, Self>,
        kernel: &Kernel<E, Self>,
        shape: &Convolution,
        dy: &Slot<E, Self>,
        gradients: Gradients<'_, Slot<E, Self>>,
    ) -> Result<(), CpuError> {
        if let Some(dbias) = gradients.bias {
            convolve_backward::bias(dy, [shape.images, shape.outputs, shape.positions()], dbias);
        }
        if let Some(fast) = Winograd::serves(shape) {
            let dx = gradients.input.map(|dx| dx.as_mut_slice());
            fast.backward(&read(x), &read(kernel), dy, dx, gradients.weights);
            return Ok(());
        }
        convolve_backward::weights(&read(x), shape, dy, gradients.weights);
        if let Some(dx) = gradients.input {
            convolve_backward::input(&read(kernel), shape, dy, dx);
        }
        Ok(())
    }

    fn up_convolve(
        &self,
        x: &Maps<E, Self>,
        kernel: &Kernel<E, Self>,
        bias: Option<&PerChannel<E, Self>>,
    ) -> Result<Maps<E, Self>, CpuError> {
        let shape = up(x, kernel);
        let y = up_convolve::up_convolve(&read(x), &read(kernel), read_bias(bias).as_deref(), shape);
        self.try_tensor_from_vec(y, (shape.images, shape.outputs, 2 * shape.height, 2 * shape.width))
    }

    fn up_convolve_backward(
        &self,
        x: &Maps<E, Self>,
        kernel: &Kernel<E, Self>,
        dy: &Slot<E, Self>,
        gradients: Gradients<'_, Slot<E, Self>>,
    ) -> Result<(), CpuError> {
        let shape = up(x, kernel);
        if let Some(dbias) = gradients.bias {
            convolve_backward::bias(dy, [shape.images, shape.outputs, 4 * shape.height * shape.width], dbias);
        }
        let dx = gradients.input.map(|dx| dx.as_mut_slice());
        up_convolve::backward(&read(x), &read(kernel), shape, dy, dx, gradients.weights);
        Ok(())
    }

    fn connect(
        &self,
        x: &Rows<E, Self>,
        weights: &Weights<E, Self>,
        bias: Option<&PerChannel<E, Self>>,
    ) -> Result<Rows<E, Self>, CpuError> {
        let ((images, inputs), (outputs, _)) = (*x.shape(), *weights.shape());
        let sizes = [images, inputs, outputs];
        let y = connect::connect(&read(x), &read(weights), read_bias(bias).as_deref(), sizes);
        self.try_tensor_from_vec(y, (images, outputs))
    }

    fn connect_backward(
        &self,
        x: &Rows<E, Self>,
        weights: &Weights<E, Self>,
        dy: &Slot<E, Self>,
        gradients: Gradients<'_, Slot<E, Self>>,
    ) -> Result<(), CpuError> {
        let ((images, inputs), (outputs, _)) = (*x.shape(), *weights.shape());
        let sizes = [images, inputs, outputs];
        connect::weights(&read(x), dy, gradients.weights, sizes);
        if let Some(dbias) = gradients.bias {
            convolve_backward::bias(dy, [images, outputs, 1], dbias);
        }
        if let Some(dx) = gradients.input {
            connect::input(&read(weights), dy, dx, sizes);
        }
        Ok(())
    }

    fn rectify<S: Shape>(&self, x: &Tensor<S, E, Self>) -> Result<Tensor<S, E, Self>, CpuError> {
        self.try_tensor_from_vec(rectify::rectify(&read(x)), *x.shape())
    }

    fn rectify_backward<S: Shape>(
        &self,
        y: &Tensor<S, E, Self>,
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        rectify::backward(&read(y), dy, dx);
        Ok(())
    }

    fn rectify_in_place<S: Shape>(&self, x: &mut Tensor<S, E, Self>) -> Result<bool, CpuError> {
        Ok(own(x).map(rectify::rectify_in_place).is_some())
    }

    fn rectify_backward_in_place<S: Shape>(
        &self,
        y: &Tensor<S, E, Self>,
        gradient: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        rectify::backward_in_place(&read(y), gradient);
        Ok(())
    }

    fn max_pool(&self, x: &Maps<E, Self>) -> Result<Maps<E, Self>, CpuError> {
        let (images, channels, height, width) = *x.shape();
        let y = pool::max_pool(&read(x), [height, width]);
        self.try_tensor_from_vec(y, (images, channels, height / 2, width / 2))
    }

    fn max_pool_backward(
        &self,
        x: &Maps<E, Self>,
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        pool::max_pool_backward(&read(x), size(x), dy, dx);
        Ok(())
    }

    fn subsample(&self, x: &Maps<E, Self>) -> Result<Maps<E, Self>, CpuError> {
        let (images, channels, height, width) = *x.shape();
        let y = pool::subsample(&read(x), [height, width]);
        self.try_tensor_from_vec(y, (images, channels, height / 2, width / 2))
    }

    fn subsample_backward(
        &self,
        (.., height, width): (usize, usize, usize, usize),
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        pool::subsample_backward([height, width], dy, dx);
        Ok(())
    }

    fn average(&self, x: &Maps<E, Self>) -> Result<Rows<E, Self>, CpuError> {
        let (images, channels, height, width) = *x.shape();
        self.try_tensor_from_vec(pool::average(&read(x), height * width), (images, channels))
    }

    fn average_backward(
        &self,
        (.., height, width): (usize, usize, usize, usize),
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        pool::average_backward(height * width, dy, dx);
        Ok(())
    }

    fn one_position(&self, x: &Maps<E, Self>) -> Result<Rows<E, Self>, CpuError> {
        let (images, channels, ..) = *x.shape();
        self.try_tensor_from_vec(pool::one_position(&read(x), size(x)), (images, channels))
    }

    fn one_position_backward(
        &self,
        (.., height, width): (usize, usize, usize, usize),
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        pool::one_position_backward([height, width], dy, dx);
        Ok(())
    }

    fn concatenate(&self, x: &Maps<E, Self>, y: &Maps<E, Self>) -> Result<Maps<E, Self>, CpuError> {
        let ((images, first, height, width), (_, second, ..)) = (*x.shape(), *y.shape());
        let map = height * width;
        let z = pool::concatenate(&read(x), &read(y), [first * map, second * map]);
        self.try_tensor_from_vec(z, (images, first + second, height, width))
    }

    fn concatenate_backward(
        &self,
        dz: &Slot<E, Self>,
        all: usize,
        first: usize,
        [_, channels, positions]: [usize; 3],
        part: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        pool::concatenate_backward(dz, all * positions, first * positions, channels * positions, part);
        Ok(())
    }

    fn channel_statistics<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
    ) -> Result<MeanAndVariance<E, Self>, CpuError> {
        let (mean, variance) = normalise::statistics(&read(x), extents(x));
        let shape = (mean.len(),);
        Ok((self.try_tensor_from_vec(mean, shape)?, self.try_tensor_from_vec(variance, shape)?))
    }

    fn normalise<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        mean: &PerChannel<E, Self>,
        variance: &PerChannel<E, Self>,
        epsilon: f64,
    ) -> Result<Tensor<S, E, Self>, CpuError> {
        let y = normalise::normalise(&read(x), extents(x), &read(mean), &read(variance), epsilon);
        self.try_tensor_from_vec(y, *x.shape())
    }

    fn normalise_backward(
        &self,
        extents: [usize; 3],
        variance: &PerChannel<E, Self>,
        epsilon: f64,
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        normalise::normalise_backward(extents, &read(variance), epsilon, dy, dx);
        Ok(())
    }

    fn batch_normalise_backward<S: Channels>(
        &self,
        y: &Tensor<S, E, Self>,
        variance: &PerChannel<E, Self>,
        epsilon: f64,
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        normalise::batch_normalise_backward(&read(y), extents(y), &read(variance), epsilon, dy, dx);
        Ok(())
    }

    fn stretch<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        gain: &PerChannel<E, Self>,
        shift: &PerChannel<E, Self>,
    ) -> Result<Tensor<S, E, Self>, CpuError> {
        let y = stretch::stretch(&read(x), extents(x), &read(gain), &read(shift));
        self.try_tensor_from_vec(y, *x.shape())
    }

    fn stretch_backward<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        gain: &PerChannel<E, Self>,
        dy: &Slot<E, Self>,
        gradients: Gradients<'_, Slot<E, Self>>,
    ) -> Result<(), CpuError> {
        stretch::weights(&read(x), extents(x), dy, gradients.weights);
        if let Some(dshift) = gradients.bias {
            convolve_backward::bias(dy, extents(x), dshift);
        }
        if let Some(dx) = gradients.input {
            stretch::input(extents(x), &read(gain), dy, dx);
        }
        Ok(())
    }

    fn cross_entropy<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        labels: &[usize],
    ) -> Result<Tensor<(), E, Self>, CpuError> {
        let loss = cross_entropy::cross_entropy(&read(x), extents(x), labels);
        self.try_tensor_from_vec(vec![E::narrow(loss)], ())
    }

    fn cross_entropy_backward<S: Channels>(
        &self,
        x: &Tensor<S, E, Self>,
        labels: &[usize],
        dy: &Slot<E, Self>,
        dx: &mut Slot<E, Self>,
    ) -> Result<(), CpuError> {
        cross_entropy::backward(&read(x), extents(x), labels, dy[0].widen(), dx);
        Ok(())
    }
}
