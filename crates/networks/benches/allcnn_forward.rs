//! ALL-CNN-C forwards, without a tape: a minibatch of 32 images of 32×32 against PyTorch's eager computation, two
//! threads each, in images per second. Prints one line of JSON.

mod peer;

use dfdx::tensor::Cpu;
use networks::models::AllCnn;
use peer::{Bench, images, network};

fn main() {
    Bench { name: "networks/allcnn-forward", literal: "allcnn-forward", images: 32 }.compare(|| {
        let network = network(AllCnn::default().blueprint(), &Cpu::default());
        let images = images(&Cpu::default(), (32, 3, 32, 32));
        move || drop(network.forward(images.clone()).expect("the images fit"))
    });
}
