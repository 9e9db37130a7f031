//! Tensors and networks on the processor to try things on.

use crate::numbers::{numbers, on};
use dfdx::dtypes::Dtype;
use dfdx::shapes::Shape;
use dfdx::tensor::{Cpu, Tensor, TensorFromVec};
use networks::initialise::{Initialisation, initialise};
use networks::models::{Activations, Blueprint, Network};
use networks::{Kernels, Maps};

/// A tensor of given numbers.
pub fn tensor<S: Shape, E: Dtype>(shape: S, values: &[f64]) -> Tensor<S, E, Cpu>
where
    Cpu: TensorFromVec<E>,
{
    on(&Cpu::default(), shape, values)
}

/// A tensor of numbers from -1 to 1.
pub fn random<S: Shape, E: Dtype>(shape: S, salt: u64) -> Tensor<S, E, Cpu>
where
    Cpu: TensorFromVec<E>,
{
    tensor(shape, &numbers(shape.num_elements(), salt))
}

/// Images with a mean and correlations between neighbours, as real ones have them.
pub fn images<E: Dtype>(count: usize, channels: usize, side: usize, salt: u64) -> Maps<E, Cpu>
where
    Cpu: TensorFromVec<E>,
{
    let shape = (count, channels, side, side);
    let runs = numbers(shape.num_elements().div_ceil(3), salt).into_iter();
    let values = runs.flat_map(|value| [value + 0.4; 3]).take(shape.num_elements());
    tensor(shape, &values.collect::<Vec<_>>())
}

/// A network as an initialisation leaves it, measured on one minibatch or none.
pub fn initialised<E: Dtype>(
    blueprint: &Blueprint,
    initialisation: Initialisation,
    seed: u64,
    minibatches: &[Activations<E, Cpu>],
) -> Network<E, Cpu>
where
    Cpu: Kernels<E>,
{
    let mut network = Network::new(blueprint.clone(), &Cpu::default()).unwrap();
    initialise(&mut network, initialisation, seed, minibatches).unwrap();
    network
}

/// A network under Kaiming initialisation, which needs no images.
pub fn kaiming(blueprint: &Blueprint, seed: u64) -> Network<f32, Cpu> {
    initialised(blueprint, Initialisation::Kaiming, seed, &[])
}

/// Every layer's pre-activations, in order.
pub fn seen(
    network: &Network<f32, Cpu>,
    images: impl Into<Activations<f32, Cpu>>,
) -> Vec<Activations<f32, Cpu>> {
    let mut seen = Vec::new();
    let keep = |_, u: &Activations<f32, Cpu>| {
        seen.push(u.clone());
        Ok(())
    };
    network.forward_with(images, keep).unwrap();
    seen
}

/// What `work` gives on one thread, if it gives the same on two and on three.
pub fn on_any_threads<T: PartialEq + Send>(work: impl Fn() -> T + Sync) -> T {
    let with = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(&work);
    let one = with(1);
    assert!((2..=3).all(|threads| with(threads) == one), "threads matter");
    one
}
