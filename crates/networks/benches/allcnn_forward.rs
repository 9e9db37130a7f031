//! ALL-CNN-C forwards, without a tape: a minibatch of 32 images of 32×32 against PyTorch, two
//! threads each, in images per second. Prints one line of JSON.

mod peer;

use dfdx::tensor::Cpu;
use networks::models::{AllCnn, Size};
use peer::{Bench, images, network, operations};

fn main() {
    let bench = Bench {
        name: "networks/allcnn-forward",
        literal: "allcnn-forward",
        images: 32,
        operations: operations(AllCnn::default().blueprint(), Size::square(3, 32)),
        on_processor: true,
    };
    bench.compare(|| {
        let network = network(AllCnn::default().blueprint(), &Cpu::default());
        let images = images(&Cpu::default(), (32, 3, 32, 32));
        move || drop(network.forward(images.clone()).expect("the images fit"))
    });
}
