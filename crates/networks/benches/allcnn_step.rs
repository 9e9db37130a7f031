//! A step of training ALL-CNN-C with a minibatch of 32 images of 32×32, against PyTorch's eager computation on two
//! threads each, in images per second. Prints one line of JSON.

mod peer;
#[path = "peer/step.rs"]
mod step;

use dfdx::tensor::Cpu;
use peer::Bench;

fn main() {
    Bench { name: "networks/allcnn-step", literal: "allcnn-step", images: 32 }
        .compare(|| step::training_step(Cpu::default(), 32));
}
