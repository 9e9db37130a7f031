//! SGD and Adam against PyTorch's, step by step on the same gradients, and their states written and read.

use dfdx::dtypes::Dtype;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Cpu, Gradients, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::{Backward, SumTo, TryMul};
use networks::models::{Mlp, Network, Visit};
use networks::optimise::{Adam, Optimiser, Sgd, State};
use networks::{Kernels, NetworkError};
use serde_json::Value;

/// A network with the parameters of the reference's problem: 4 × 3 weights and 4 more numbers.
fn network<E: Dtype>(start: &[f64]) -> Network<E, Cpu>
where
    Cpu: Kernels<E>,
{
    let blueprint = Mlp { inputs: 3, width: 4, depth: 1, outputs: 4 }.blueprint().unwrap();
    let mut network = Network::new(blueprint, &Cpu::default()).unwrap();
    network.set_parameters(&lists(start)).unwrap();
    network
}

fn lists<E: Dtype>(flat: &[f64]) -> Vec<Vec<E>> {
    let list = |flat: &[f64]| flat.iter().map(|value| E::from_f64(*value).unwrap()).collect();
    vec![list(&flat[..12]), list(&flat[12..])]
}

/// Makes gradients of given numbers: that of Σ p g with respect to p is g.
struct Given<E: Dtype>
where
    Cpu: Kernels<E>,
{
    lists: std::vec::IntoIter<Vec<E>>,
    gradients: Gradients<E, Cpu>,
}

impl<E: Dtype> Visit<E, Cpu> for Given<E>
where
    Cpu: Kernels<E>,
{
    fn visit<S: Shape>(&mut self, parameter: &mut Tensor<S, E, Cpu>) -> Result<(), NetworkError> {
        let gradient = parameter.device().tensor_from_vec(self.lists.next().unwrap(), *parameter.shape());
        let gradients = std::mem::replace(&mut self.gradients, Gradients::leaky());
        let product = parameter.trace(gradients).try_mul(gradient).unwrap();
        self.gradients = product.try_sum::<(), S::AllAxes>().unwrap().try_backward().unwrap();
        Ok(())
    }
}

fn given<E: Dtype>(network: &mut Network<E, Cpu>, flat: &[f64]) -> Gradients<E, Cpu>
where
    Cpu: Kernels<E>,
{
    let mut given = Given { lists: lists(flat).into_iter(), gradients: Gradients::leaky() };
    network.visit(&mut given).unwrap();
    given.gradients
}

fn reference() -> Value {
    serde_json::from_str(include_str!("../reference/optimisers.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn optimiser<E: Dtype>(name: &str, network: &Network<E, Cpu>, rate: f64) -> Box<dyn Optimiser<E, Cpu>>
where
    Cpu: Kernels<E>,
{
    match name {
        "sgd" => Box::new(Sgd::new(network, rate).unwrap()),
        _ => Box::new(Adam::new(network, rate).unwrap()),
    }
}

/// The largest difference from PyTorch's double precision parameters, over all steps that the reference lists.
fn largest_difference<E: Dtype>(name: &str) -> f64
where
    Cpu: Kernels<E>,
{
    let reference = &reference()[name];
    let mut network = network::<E>(&numbers(&reference["start"]));
    let mut optimiser = optimiser(name, &network, reference["rate"].as_f64().unwrap());
    let mut reached = reference["reached"].as_array().unwrap().iter().peekable();
    let mut largest = 0f64;
    for (gradient, step) in reference["gradients"].as_array().unwrap().iter().zip(1u64..) {
        let gradients = given(&mut network, &numbers(gradient));
        optimiser.update(&mut network, gradients).unwrap();
        if let Some(reached) = reached.next_if(|reached| reached["step"] == step) {
            let ours = network.parameters().concat();
            for (ours, theirs) in ours.iter().zip(numbers(&reached["parameters"])) {
                largest = largest.max((ours.to_f64().unwrap() - theirs).abs());
            }
        }
    }
    assert!(reached.next().is_none(), "the reference ends before the gradients do");
    largest
}

#[test]
fn fifty_steps_agree_with_pytorch() {
    for name in ["sgd", "adam"] {
        let (double, single) = (largest_difference::<f64>(name), largest_difference::<f32>(name));
        assert!(double < 1e-13, "{name} in double precision: {double:e}");
        assert!(single < 1e-6, "{name} in single precision: {single:e}");
    }
}

/// With a constant gradient every step of Adam is η sign(g). With 1 - βᵗ in single precision, as in dfdx's own rule, the
/// third would be off by 10⁻⁵.
#[test]
fn corrections_of_adam_keep_their_digits() {
    let mut network = network::<f32>(&[0.0; 16]);
    let mut adam = Adam::new(&network, 1.0).unwrap();
    for step in 1..=20 {
        let gradients = given(&mut network, &[0.5; 16]);
        adam.update(&mut network, gradients).unwrap();
        for p in network.parameters().concat() {
            assert!((f64::from(p) + f64::from(step)).abs() < 3e-6 * f64::from(step), "step {step}: {p}");
        }
    }
}

/// Stopped after any step and taken up again from its state, a run goes on with the same bits.
#[test]
fn a_state_continues_bit_by_bit() {
    for name in ["sgd", "adam"] {
        let reference = &reference()[name];
        let gradients = reference["gradients"].as_array().unwrap().iter().map(numbers).collect::<Vec<_>>();
        let start = numbers(&reference["start"]);
        let mut network = network::<f32>(&start);
        let mut whole = optimiser(name, &network, 0.01);
        let mut checkpoint = None;
        for (step, gradient) in gradients.iter().enumerate() {
            if step == 20 {
                checkpoint = Some((network.parameters(), whole.state().unwrap()));
            }
            let gradients = given(&mut network, gradient);
            whole.update(&mut network, gradients).unwrap();
        }
        let (parameters, state) = checkpoint.unwrap();
        assert_eq!(state.steps, 20);
        assert_eq!(state.lists.len(), if name == "sgd" { 2 } else { 4 });
        let mut again = self::network::<f32>(&start);
        let mut resumed = optimiser(name, &again, 0.01);
        again.set_parameters(&parameters).unwrap();
        resumed.set_state(&state).unwrap();
        assert_eq!(resumed.state().unwrap(), state);
        for gradient in &gradients[20..] {
            let gradients = given(&mut again, gradient);
            resumed.update(&mut again, gradients).unwrap();
        }
        assert_eq!(again.parameters(), network.parameters(), "{name}");
        assert_eq!(resumed.state().unwrap(), whole.state().unwrap(), "{name}");
    }
}

#[test]
fn refusals() {
    let network = network::<f32>(&[0.0; 16]);
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(Sgd::new(&network, rate), Err(NetworkError::Rate { .. })));
        assert!(matches!(Adam::new(&network, rate), Err(NetworkError::Rate { .. })));
    }
    let mut adam = Adam::new(&network, 0.1).unwrap();
    let before = adam.state().unwrap();
    for lists in [vec![], vec![vec![0.0; 12]; 2], vec![vec![0.0; 12], vec![0.0; 4], vec![0.0; 12]]] {
        assert!(adam.set_state(&State { steps: 1, lists }).is_err());
    }
    assert_eq!(adam.state().unwrap(), before);
    let blueprint = Mlp { inputs: 2, width: 2, depth: 1, outputs: 2 }.blueprint().unwrap();
    let mut other = Network::<f32, _>::new(blueprint, &Cpu::default()).unwrap();
    assert_eq!(adam.update(&mut other, Gradients::leaky()), Err(NetworkError::OtherNetwork));
}
