//! An NVIDIA card against the processor, in single precision: every operation with its gradients, whole networks, and
//! the same bits in every run. It is built with the feature `cuda` alone, and then needs a card.
#![allow(clippy::unwrap_used)]

#[path = "networks/numbers.rs"]
mod numbers;
#[expect(dead_code, reason = "differences of losses are for the processor alone")]
#[path = "networks/operations.rs"]
mod operations;

use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Cpu, Cuda, Gradients, PutTape, SplitTape, Tensor, Trace};
use dfdx::tensor_ops::Backward;
use networks::initialise::{Initialisation, initialise};
use networks::models::{Activations, AllCnn, Network, UNet, Visit};
use networks::{Kernels, NetworkError, ops};
use numbers::{numbers, on, wide};
use operations::near;

/// Largest difference, in units of the largest number of a list.
const TOLERANCE: f64 = 1e-4;

fn card() -> Cuda {
    networks::cuda::set_up(0, 0).unwrap()
}

#[test]
fn operations_agree() {
    let card = card();
    for case in operations::small().into_iter().chain(operations::large()) {
        let inputs = case.inputs(1);
        let on_card = case.evaluate::<f32, _>(&card, &inputs, None).unwrap();
        let on_processor = case.evaluate::<f32, _>(&Cpu::default(), &inputs, None).unwrap();
        on_card.agrees(&format!("{case:?}"), &on_processor, TOLERANCE);
    }
}

/// The gradients of all parameters, by their shapes.
struct Parameters<D: Kernels<f32>> {
    gradients: Gradients<f32, D>,
    seen: Vec<(String, Vec<f64>)>,
}

impl<D: Kernels<f32>> Visit<f32, D> for Parameters<D> {
    fn visit<S: Shape>(&mut self, parameter: &mut Tensor<S, f32, D>) -> Result<(), NetworkError> {
        let gradient = wide(&self.gradients.get(&*parameter));
        self.seen.push((format!("gradient of parameters of {:?}", parameter.shape()), gradient));
        Ok(())
    }
}

/// Networks: the loss, and the gradients of all parameters. U-Net is not normalised: behind its up-convolutions the
/// gradient of a shift would be zero but for rounding, which no device shares with another.
fn of_networks<D: Kernels<f32>>(device: &D) -> Vec<(String, Vec<f64>)> {
    let all_cnn = AllCnn { base_width: 24, ..AllCnn::default() }.blueprint().unwrap();
    let unet = UNet { base_width: 5, ..UNet::default() }.blueprint().unwrap();
    let mut found = Vec::new();
    for (blueprint, initialisation, shape) in [
        (all_cnn, Initialisation::BatchNorm, (7, 3, 13, 15)),
        (unet, Initialisation::Kaiming, (2, 1, 32, 48)),
    ] {
        let mut network = Network::new(blueprint, device).unwrap();
        initialise(&mut network, initialisation, 3, &[]).unwrap();
        let images = on(device, shape, &numbers(shape.num_elements(), 1));
        let labels = |count: usize| (0..count).map(|i| i % 2).collect::<Vec<_>>();
        let loss = match network.forward(images.leaky_trace()).unwrap() {
            Activations::Rows(rows) => ops::cross_entropy(rows, &labels(shape.0)),
            Activations::Maps(maps) => {
                ops::cross_entropy_per_pixel(maps, &labels(shape.0 * shape.2 * shape.3))
            }
        };
        let (loss, tape) = loss.unwrap().split_tape();
        found.push(("loss".to_owned(), wide(&loss)));
        let mut parameters = Parameters { gradients: loss.put_tape(tape).backward(), seen: Vec::new() };
        network.visit(&mut parameters).unwrap();
        found.append(&mut parameters.seen);
    }
    found
}

#[test]
fn networks_agree_and_every_run_gives_the_same_bits() {
    let card = card();
    let on_card = of_networks(&card);
    for ((what, found), (_, expected)) in on_card.iter().zip(of_networks(&Cpu::default())) {
        near(what, found, &expected, TOLERANCE);
    }
    assert!(on_card == of_networks(&card));
}
