//! A step of training ALL-CNN-C: forwards, cross entropy, backwards, and SGD with momentum, on a minibatch of 32 images of
//! 32×32 against PyTorch's eager computation, two threads each, in images per second. Prints one line of JSON.

mod peer;

use dfdx::tensor::Trace;
use dfdx::tensor_ops::Backward;
use networks::models::{Activations, AllCnn};
use networks::ops::cross_entropy;
use networks::optimise::{Optimiser, Sgd};
use peer::{Bench, images, network};

fn main() {
    Bench { name: "networks/allcnn-step", literal: "allcnn-step", images: 32 }.compare(|| {
        let mut network = network(AllCnn::default().blueprint());
        let mut optimiser = Sgd::new(&network, 0.01).expect("the rate is positive");
        let images = images((32, 3, 32, 32));
        let labels: Vec<_> = (0..32).map(|image| image % 10).collect();
        move || {
            let scores = network.forward(images.leaky_trace()).expect("the images fit");
            let Activations::Rows(rows) = scores else { panic!("a classifier gives rows") };
            let loss = cross_entropy(rows, &labels).expect("the labels are classes");
            optimiser.update(&mut network, loss.backward()).expect("the gradients are the network's");
        }
    });
}
