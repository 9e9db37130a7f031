//! What operations and networks give on a device, with all their gradients, as lists that can be compared with those of
//! another device.

use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Gradients, OwnedTape, PutTape, SplitTape, Tensor, Trace};
use dfdx::tensor_ops::{Backward, SumTo};
use networks::initialise::{Initialisation, initialise};
use networks::models::{Activations, AllCnn, Blueprint, Network, UNet, Visit};
use networks::ops::{self, Padding, Window};
use networks::{Kernels, NetworkError};

/// What it is, and its numbers.
pub type Values = (String, Vec<f32>);

type Taped<D> = OwnedTape<f32, D>;

/// Collects what a device gives.
struct Observer<'a, D> {
    device: &'a D,
    seen: Vec<Values>,
}

impl<D: Kernels<f32>> Observer<'_, D> {
    fn tensor<S: Shape>(&self, shape: S, salt: usize) -> Tensor<S, f32, D> {
        // Numbers from -1 to 1, none of them zero.
        let number = |i: usize| ((i * 7919 + salt * 331) % 1013 * 2 + 1) as f32 / 1014.0 - 1.0;
        self.device.tensor_from_vec((0..shape.num_elements()).map(number).collect(), shape)
    }

    fn see<S: Shape>(&mut self, what: &str, value: &Tensor<S, f32, D>) {
        self.seen.push((what.to_owned(), value.as_vec()));
    }

    /// Sees the output, and goes back from its product with fixed numbers.
    fn back<S: Shape>(
        &mut self,
        what: &str,
        y: Result<Tensor<S, f32, D, Taped<D>>, NetworkError>,
    ) -> Gradients<f32, D> {
        let (y, tape) = y.unwrap().split_tape();
        self.see(what, &y);
        let weights = self.tensor(*y.shape(), 99);
        (y.put_tape(tape) * weights).sum::<(), S::AllAxes>().backward()
    }

    /// An operation with one input, and its gradient.
    fn one<S: Shape, T: Shape>(
        &mut self,
        what: &str,
        shape: S,
        operation: impl FnOnce(Tensor<S, f32, D, Taped<D>>) -> Result<Tensor<T, f32, D, Taped<D>>, NetworkError>,
    ) {
        let x = self.tensor(shape, 1);
        let gradients = self.back(what, operation(x.leaky_trace()));
        self.see(&format!("{what}, gradient"), &gradients.get(&x));
    }

    /// An operation with weights and bias, and its gradients.
    fn weighted<S: Shape, W: Shape, T: Shape>(
        &mut self,
        what: &str,
        (x, weights, bias): (S, W, usize),
        operation: impl FnOnce(
            Tensor<S, f32, D, Taped<D>>,
            &Tensor<W, f32, D>,
            &Tensor<(usize,), f32, D>,
        ) -> Result<Tensor<T, f32, D, Taped<D>>, NetworkError>,
    ) {
        let (x, weights, bias) = (self.tensor(x, 1), self.tensor(weights, 2), self.tensor((bias,), 3));
        let gradients = self.back(what, operation(x.leaky_trace(), &weights, &bias));
        self.see(&format!("{what}, gradient of the input"), &gradients.get(&x));
        self.see(&format!("{what}, gradient of the weights"), &gradients.get(&weights));
        self.see(&format!("{what}, gradient of the bias"), &gradients.get(&bias));
    }
}

/// Every operation at odd sizes.
pub fn operations<D: Kernels<f32>>(device: &D) -> Vec<Values> {
    let mut observer = Observer { device, seen: Vec::new() };
    for (maps, (outputs, high, wide), stride, padding) in [
        ((2, 3, 5, 7), (5, 3, 3), 1, Padding::Reflect(1)),
        ((1, 70, 13, 11), (9, 3, 3), 2, Padding::Reflect(1)),
        ((3, 10, 6, 6), (130, 1, 1), 1, Padding::None),
        ((2, 17, 9, 8), (100, 5, 3), 3, Padding::Zero(2)),
        ((1, 2, 7, 5), (3, 2, 4), 3, Padding::Reflect(3)),
        ((33, 96, 16, 17), (192, 3, 3), 1, Padding::Reflect(1)),
    ] {
        let shapes = (maps, (outputs, maps.1, high, wide), outputs);
        let what = format!("convolve {shapes:?}");
        observer.weighted(&what, shapes, |x, kernel, bias| {
            ops::convolve(x, kernel, Some(bias), Window { stride, padding })
        });
    }
    observer.weighted("up_convolve", ((3, 105, 5, 9), (105, 70, 2, 2), 70), |x, kernel, bias| {
        ops::up_convolve(x, kernel, Some(bias))
    });
    observer
        .weighted("linear", ((9, 33), (7, 33), 7), |x, weights, bias| ops::linear(x, weights, Some(bias)));
    observer.weighted("affine", ((3, 5, 7, 9), (5,), 5), ops::affine);
    observer.one("relu", (3, 5, 7, 9), ops::relu);
    observer.one("max_pool", (3, 5, 6, 34), ops::max_pool);
    observer.one("subsample", (3, 5, 6, 34), ops::subsample);
    observer.one("average", (3, 5, 23, 29), ops::average);
    observer.one("one_position", (3, 5, 23, 29), ops::one_position);
    for maps in [(3, 4, 23, 29), (40, 2, 4, 5)] {
        observer.one("batch_norm", maps, |x| ops::batch_norm(x, 1e-5));
    }
    let labels = (0..700).map(|i| i * i % 3).collect::<Vec<_>>();
    observer.one("cross_entropy", (700, 3), |x| ops::cross_entropy(x, &labels));
    observer.one("cross_entropy_per_pixel", (7, 3, 10, 10), |x| ops::cross_entropy_per_pixel(x, &labels));
    let (x, y) = (observer.tensor((2, 3, 7, 5), 1), observer.tensor((2, 4, 7, 5), 2));
    let gradients = observer.back("concatenate", ops::concatenate(x.leaky_trace(), &y));
    observer.see("concatenate, first gradient", &gradients.get(&x));
    observer.see("concatenate, second gradient", &gradients.get(&y));
    observer.seen
}

/// Sees the gradient of every parameter.
struct Parameters<'a, 'b, D: Kernels<f32>> {
    observer: &'a mut Observer<'b, D>,
    gradients: Gradients<f32, D>,
}

impl<D: Kernels<f32>> Visit<f32, D> for Parameters<'_, '_, D> {
    fn visit<S: Shape>(&mut self, parameter: &mut Tensor<S, f32, D>) -> Result<(), NetworkError> {
        let what = format!("gradient of parameters of {:?}", parameter.shape());
        self.observer.see(&what, &self.gradients.get(&*parameter));
        Ok(())
    }
}

/// Networks: the loss, and the gradients of all parameters. U-Net is not normalised: behind its up-convolutions the
/// gradient of a shift would be zero but for rounding, which no device shares with another.
pub fn networks<D: Kernels<f32>>(device: &D) -> Vec<Values> {
    let mut observer = Observer { device, seen: Vec::new() };
    let all_cnn = AllCnn { base_width: 24, ..AllCnn::default() }.blueprint().unwrap();
    let unet = UNet { base_width: 5, ..UNet::default() }.blueprint().unwrap();
    network(&mut observer, (all_cnn, Initialisation::BatchNorm), (7, 3, 13, 15));
    network(&mut observer, (unet, Initialisation::Kaiming), (2, 1, 32, 48));
    observer.seen
}

fn network<D: Kernels<f32>>(
    observer: &mut Observer<'_, D>,
    (blueprint, initialisation): (Blueprint, Initialisation),
    images: (usize, usize, usize, usize),
) {
    let mut network = Network::new(blueprint, observer.device).unwrap();
    initialise(&mut network, initialisation, 3, &[]).unwrap();
    let scores = network.forward(observer.tensor(images, 1).leaky_trace()).unwrap();
    let labels = |count: usize| (0..count).map(|i| i % 2).collect::<Vec<_>>();
    let loss = match scores {
        Activations::Rows(rows) => ops::cross_entropy(rows, &labels(images.0)),
        Activations::Maps(maps) => {
            ops::cross_entropy_per_pixel(maps, &labels(images.0 * images.2 * images.3))
        }
    };
    let (loss, tape) = loss.unwrap().split_tape();
    observer.see("loss", &loss);
    let gradients = loss.put_tape(tape).backward();
    network.visit(&mut Parameters { observer, gradients }).unwrap();
}
