//! U-Net forwards, without a tape: one image of 512×512 against PyTorch, two threads each, in images
//! per second, and the peak memory of both processes. Prints one line of JSON.

mod peer;

use dfdx::tensor::Cpu;
use networks::models::{Size, UNet};
use peer::{Bench, images, network, operations};

fn main() {
    let bench = Bench {
        name: "networks/unet-forward",
        literal: "unet-forward",
        images: 1,
        operations: operations(UNet::default().blueprint(), Size::square(1, 512)),
        on_processor: true,
    };
    bench.compare(|| {
        let network = network(UNet::default().blueprint(), &Cpu::default());
        let images = images(&Cpu::default(), (1, 1, 512, 512));
        move || drop(network.forward(images.clone()).expect("the image fits"))
    });
}
