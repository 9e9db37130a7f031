//! What [`Kernels`] asks for, on a card: where the tensors lie, and which kernel runs over them.

use super::card::{Card, address, slot, tensor};
use super::convolution;
use super::machine::Machine;
use super::pass::Pass;
use super::tensors::{
    Outcome, backward, backward_through, bias_gradient, classes, forward, fresh, lines, optional, sizes,
};
use crate::kernels::{
    Channels, Gradients, Kernel, Kernels, Maps, MeanAndVariance, PerChannel, Rows, Slot, Weights, extents,
};
use crate::ops::Convolution;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Cuda, Tensor};

impl Kernels<f32> for Cuda {
    fn is_contiguous<S: Shape>(&self, x: &Tensor<S, f32, Self>) -> bool {
        // Putting it in order leaves it where it is.
        address(x).is_ok_and(|here| tensor(x).is_ok_and(|(there, _)| here == there))
    }

    fn convolve(
        &self,
        x: &Maps<f32, Self>,
        kernel: &Kernel<f32, Self>,
        bias: Option<&PerChannel<f32, Self>>,
        shape: &Convolution,
    ) -> Outcome<Maps<f32, Self>> {
        let ((x, _x), (kernel, _kernel), (bias, _bias)) = (tensor(x)?, tensor(kernel)?, optional(bias)?);
        let (to, y) = fresh(self, shape.out_shape())?;
        convolution::convolve(&Card::of(self)?, shape, [x, kernel, bias, to])?;
        Ok(y)
    }

    fn convolve_backward(
        &self,
        x: &Maps<f32, Self>,
        kernel: &Kernel<f32, Self>,
        shape: &Convolution,
        dy: &Slot<f32, Self>,
        gradients: Gradients<'_, Slot<f32, Self>>,
    ) -> Outcome<()> {
        let (card, dy) = (Card::of(self)?, slot(dy));
        let ((x, _x), (kernel, _kernel)) = (tensor(x)?, tensor(kernel)?);
        bias_gradient(&card, [shape.images, shape.outputs, shape.positions()], dy, gradients.bias)?;
        convolution::kernel_gradient(&card, shape, [x, dy, slot(gradients.weights)])?;
        match gradients.input {
            Some(dx) => convolution::input_gradient(&card, shape, [dy, kernel, slot(dx)]),
            None => Ok(()),
        }
    }

    fn up_convolve(
        &self,
        x: &Maps<f32, Self>,
        kernel: &Kernel<f32, Self>,
        bias: Option<&PerChannel<f32, Self>>,
    ) -> Outcome<Maps<f32, Self>> {
        let shape = convolution::of_up_convolution(*x.shape(), kernel.shape().1);
        let ((x, _x), (kernel, _kernel), (bias, _bias)) = (tensor(x)?, tensor(kernel)?, optional(bias)?);
        let (to, y) = fresh(self, (shape.images, shape.inputs, shape.height, shape.width))?;
        convolution::up_convolve(&Card::of(self)?, &shape, [x, kernel, bias, to])?;
        Ok(y)
    }

    fn up_convolve_backward(
        &self,
        x: &Maps<f32, Self>,
        kernel: &Kernel<f32, Self>,
        dy: &Slot<f32, Self>,
        gradients: Gradients<'_, Slot<f32, Self>>,
    ) -> Outcome<()> {
        let shape = convolution::of_up_convolution(*x.shape(), kernel.shape().1);
        let (card, dy) = (Card::of(self)?, slot(dy));
        let ((x, _x), (kernel, _kernel)) = (tensor(x)?, tensor(kernel)?);
        let extents = [shape.images, shape.inputs, shape.height * shape.width];
        bias_gradient(&card, extents, dy, gradients.bias)?;
        convolution::kernel_gradient(&card, &shape, [dy, x, slot(gradients.weights)])?;
        match gradients.input {
            Some(dx) => convolution::up_input_gradient(&card, &shape, [dy, kernel, slot(dx)]),
            None => Ok(()),
        }
    }

    fn connect(
        &self,
        x: &Rows<f32, Self>,
        weights: &Weights<f32, Self>,
        bias: Option<&PerChannel<f32, Self>>,
    ) -> Outcome<Rows<f32, Self>> {
        let shape = convolution::of_connection(*x.shape(), weights.shape().0);
        let ((x, _x), (weights, _weights), (bias, _bias)) = (tensor(x)?, tensor(weights)?, optional(bias)?);
        let (to, y) = fresh(self, (shape.images, shape.outputs))?;
        convolution::convolve(&Card::of(self)?, &shape, [x, weights, bias, to])?;
        Ok(y)
    }

    fn connect_backward(
        &self,
        x: &Rows<f32, Self>,
        weights: &Weights<f32, Self>,
        dy: &Slot<f32, Self>,
        gradients: Gradients<'_, Slot<f32, Self>>,
    ) -> Outcome<()> {
        let shape = convolution::of_connection(*x.shape(), weights.shape().0);
        let (card, dy) = (Card::of(self)?, slot(dy));
        let ((x, _x), (weights, _weights)) = (tensor(x)?, tensor(weights)?);
        bias_gradient(&card, [shape.images, shape.outputs, 1], dy, gradients.bias)?;
        convolution::kernel_gradient(&card, &shape, [x, dy, slot(gradients.weights)])?;
        match gradients.input {
            Some(dx) => convolution::input_gradient(&card, &shape, [dy, weights, slot(dx)]),
            None => Ok(()),
        }
    }

    fn rectify<S: Shape>(&self, x: &Tensor<S, f32, Self>) -> Outcome<Tensor<S, f32, Self>> {
        let over = [1, 1, x.shape().num_elements(), 1];
        forward(self, "rectify", (x, over), *x.shape())
    }

    fn rectify_backward<S: Shape>(
        &self,
        y: &Tensor<S, f32, Self>,
        dy: &Slot<f32, Self>,
        dx: &mut Slot<f32, Self>,
    ) -> Outcome<()> {
        let over = [1, 1, y.shape().num_elements(), 1];
        backward_through(self, "rectify_back", (y, over), (dy, dx))
    }

    fn max_pool(&self, x: &Maps<f32, Self>) -> Outcome<Maps<f32, Self>> {
        let (images, channels, height, width) = *x.shape();
        forward(self, "max_pool", (x, sizes(*x.shape())), (images, channels, height / 2, width / 2))
    }

    fn max_pool_backward(
        &self,
        x: &Maps<f32, Self>,
        dy: &Slot<f32, Self>,
        dx: &mut Slot<f32, Self>,
    ) -> Outcome<()> {
        backward_through(self, "max_pool_back", (x, sizes(*x.shape())), (dy, dx))
    }

    fn subsample(&self, x: &Maps<f32, Self>) -> Outcome<Maps<f32, Self>> {
        let (images, channels, height, width) = *x.shape();
        forward(self, "subsample", (x, sizes(*x.shape())), (images, channels, height / 2, width / 2))
    }

    fn subsample_backward(
        &self,
        shape: (usize, usize, usize, usize),
        dy: &Slot<f32, Self>,
        dx: &mut Slot<f32, Self>,
    ) -> Outcome<()> {
        backward(self, "subsample_back", sizes(shape), (dy, dx))
    }

    fn average(&self, x: &Maps<f32, Self>) -> Outcome<Rows<f32, Self>> {
        let (images, channels, ..) = *x.shape();
        forward(self, "average", (x, sizes(*x.shape())), (images, channels))
    }

    fn average_backward(
        &self,
        shape: (usize, usize, usize, usize),
        dy: &Slot<f32, Self>,
        dx: &mut Slot<f32, Self>,
    ) -> Outcome<()> {
        backward(self, "average_back", sizes(shape), (dy, dx))
    }

    fn one_position(&self, x: &Maps<f32, Self>) -> Outcome<Rows<f32, Self>> {
        let (images, channels, ..) = *x.shape();
        forward(self, "one_position", (x, sizes(*x.shape())), (images, channels))
    }

    fn one_position_backward(
        &self,
        shape: (usize, usize, usize, usize),
        dy: &Slot<f32, Self>,
        dx: &mut Slot<f32, Self>,
    ) -> Outcome<()> {
        backward(self, "one_position_back", sizes(shape), (dy, dx))
    }

    fn concatenate(&self, x: &Maps<f32, Self>, y: &Maps<f32, Self>) -> Outcome<Maps<f32, Self>> {
        let ((images, first, height, width), (_, second, ..)) = (*x.shape(), *y.shape());
        let card = Card::of(self)?;
        let (to, z) = fresh(self, (images, first + second, height, width))?;
        for (part, before) in [(x, 0), (y, first)] {
            let (x, _part) = tensor(part)?;
            let pass = Pass {
                x,
                to,
                first: before as i64,
                all: (first + second) as i64,
                ..Pass::over(sizes(*part.shape()))
            };
            pass.run(&card, "join")?;
        }
        Ok(z)
    }

    fn concatenate_backward(
        &self,
        dz: &Slot<f32, Self>,
        all: usize,
        first: usize,
        extents: [usize; 3],
        part: &mut Slot<f32, Self>,
    ) -> Outcome<()> {
        let pass = Pass { gradient: slot(dz), to: slot(part), ..Pass::over(lines(extents)) };
        Pass { first: first as i64, all: all as i64, ..pass }.run(&Card::of(self)?, "join_back")
    }

    fn channel_statistics<S: Channels>(
        &self,
        x: &Tensor<S, f32, Self>,
    ) -> Outcome<MeanAndVariance<f32, Self>> {
        let over = extents(x);
        let ((x, _x), (mean, means), (variance, variances)) =
            (tensor(x)?, fresh(self, (over[1],))?, fresh(self, (over[1],))?);
        Pass { x, mean, variance, ..Pass::over(lines(over)) }.run(&Card::of(self)?, "moments")?;
        Ok((means, variances))
    }

    fn normalise<S: Channels>(
        &self,
        x: &Tensor<S, f32, Self>,
        mean: &PerChannel<f32, Self>,
        variance: &PerChannel<f32, Self>,
        epsilon: f64,
    ) -> Outcome<Tensor<S, f32, Self>> {
        let over = Pass::over(lines(extents(x)));
        let ((from, _x), (mean, _mean), (variance, _variance)) =
            (tensor(x)?, tensor(mean)?, tensor(variance)?);
        let (to, y) = fresh(self, *x.shape())?;
        Pass { x: from, to, mean, variance, epsilon, ..over }.run(&Card::of(self)?, "normalise")?;
        Ok(y)
    }

    fn normalise_backward(
        &self,
        extents: [usize; 3],
        variance: &PerChannel<f32, Self>,
        epsilon: f64,
        dy: &Slot<f32, Self>,
        dx: &mut Slot<f32, Self>,
    ) -> Outcome<()> {
        let (variance, _variance) = tensor(variance)?;
        let pass = Pass { gradient: slot(dy), to: slot(dx), variance, epsilon, ..Pass::over(lines(extents)) };
        pass.run(&Card::of(self)?, "normalise_back")
    }

    fn batch_normalise_backward<S: Channels>(
        &self,
        y: &Tensor<S, f32, Self>,
        variance: &PerChannel<f32, Self>,
        epsilon: f64,
        dy: &Slot<f32, Self>,
        dx: &mut Slot<f32, Self>,
    ) -> Outcome<()> {
        let over = Pass::over(lines(extents(y)));
        let ((x, _y), (variance, _variance)) = (tensor(y)?, tensor(variance)?);
        let pass = Pass { x, gradient: slot(dy), to: slot(dx), variance, epsilon, ..over };
        pass.run(&Card::of(self)?, "batch_normalise_back")
    }

    fn stretch<S: Channels>(
        &self,
        x: &Tensor<S, f32, Self>,
        gain: &PerChannel<f32, Self>,
        shift: &PerChannel<f32, Self>,
    ) -> Outcome<Tensor<S, f32, Self>> {
        let over = Pass::over(lines(extents(x)));
        let ((from, _x), (gain, _gain), (shift, _shift)) = (tensor(x)?, tensor(gain)?, tensor(shift)?);
        let (to, y) = fresh(self, *x.shape())?;
        Pass { x: from, to, gain, shift, ..over }.run(&Card::of(self)?, "stretch")?;
        Ok(y)
    }

    fn stretch_backward<S: Channels>(
        &self,
        x: &Tensor<S, f32, Self>,
        gain: &PerChannel<f32, Self>,
        dy: &Slot<f32, Self>,
        gradients: Gradients<'_, Slot<f32, Self>>,
    ) -> Outcome<()> {
        let (card, over, gradient) = (Card::of(self)?, extents(x), slot(dy));
        bias_gradient(&card, over, gradient, gradients.bias)?;
        let ((x, _x), (gain, _gain)) = (tensor(x)?, tensor(gain)?);
        let pass = Pass { x, gradient, gain, ..Pass::over(lines(over)) };
        Pass { to: slot(gradients.weights), ..pass }.run(&card, "channel_products")?;
        match gradients.input {
            Some(dx) => Pass { to: slot(dx), ..pass }.run(&card, "stretch_back"),
            None => Ok(()),
        }
    }

    fn cross_entropy<S: Channels>(
        &self,
        x: &Tensor<S, f32, Self>,
        labels: &[usize],
    ) -> Outcome<Tensor<(), f32, Self>> {
        let (card, over) = (Card::of(self)?, Pass::over(lines(extents(x))));
        let ((x, _x), (labels, kept), (to, loss)) = (tensor(x)?, classes(self, labels)?, fresh(self, ())?);
        let doubles = kept.shape().0 * size_of::<f64>() / size_of::<f32>();
        let losses = card.buffer(doubles)?;
        let pass = Pass { x, to, labels, losses: Card::address(&losses), ..over };
        pass.run(&card, "losses")?;
        pass.run(&card, "mean_loss")?;
        Ok(loss)
    }

    fn cross_entropy_backward<S: Channels>(
        &self,
        x: &Tensor<S, f32, Self>,
        labels: &[usize],
        dy: &Slot<f32, Self>,
        dx: &mut Slot<f32, Self>,
    ) -> Outcome<()> {
        let over = Pass::over(lines(extents(x)));
        let ((x, _x), (labels, _labels)) = (tensor(x)?, classes(self, labels)?);
        let pass = Pass { x, gradient: slot(dy), to: slot(dx), labels, ..over };
        pass.run(&Card::of(self)?, "losses_back")
    }
}
