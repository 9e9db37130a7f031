//! A step of training ALL-CNN-C with a minibatch of 32 images of 32×32, against PyTorch on two threads
//! each, in images per second. Prints one line of JSON.

mod peer;
#[path = "peer/step.rs"]
mod step;

use dfdx::tensor::Cpu;

fn main() {
    step::bench("networks/allcnn-step", "allcnn-step", 32, true)
        .compare(|| step::training_step(Cpu::default(), 32));
}
