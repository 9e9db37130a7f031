//! A step of training ALL-CNN-C on 32×32 images, on any device: forwards, cross entropy, backwards, SGD with momentum.

use crate::peer::{Bench, images, network, operations};
use dfdx::tensor::{Synchronize, Trace};
use dfdx::tensor_ops::Backward;
use networks::Kernels;
use networks::models::{Activations, AllCnn, Size};
use networks::ops::cross_entropy;
use networks::optimise::{Optimiser, Sgd};

/// The bench of steps with so many images. Backwards, either factor of each product is multiplied with its gradient.
pub fn bench(name: &'static str, literal: &'static str, images: usize, on_processor: bool) -> Bench {
    let operations = 3.0 * operations(AllCnn::default().blueprint(), Size::square(3, 32));
    Bench { name, literal, images, operations, on_processor }
}

/// What takes a step on so many images, always the same.
pub fn training_step<D: Kernels<f32> + Synchronize>(device: D, count: usize) -> impl FnMut() {
    let mut network = network(AllCnn::default().blueprint(), &device);
    let mut optimiser = Sgd::new(&network, 0.01).expect("the rate is positive");
    let images = images(&device, (count, 3, 32, 32));
    let labels: Vec<_> = (0..count).map(|image| image % 10).collect();
    move || {
        let scores = network.forward(images.leaky_trace()).expect("the images fit");
        let Activations::Rows(rows) = scores else { panic!("a classifier gives rows") };
        let loss = cross_entropy(rows, &labels).expect("the labels are classes");
        optimiser.update(&mut network, loss.backward()).expect("the gradients are the network's");
        device.synchronize();
    }
}
