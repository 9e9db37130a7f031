//! Results and gradients are the same bits for any number of threads.

#![allow(clippy::unwrap_used)]

mod numbers;

use dfdx::tensor::{AsArray, Cpu, PutTape, SplitTape, Trace};
use dfdx::tensor_ops::Backward;
use networks::Maps;
use networks::ops::{self, Padding, Window};
use numbers::random;
use rayon::ThreadPoolBuilder;

/// A network with every operation: its loss and all gradients, as bits.
fn bits(shape: (usize, usize, usize, usize)) -> Vec<u32> {
    let window = |stride| Window { stride, padding: Padding::Reflect(1) };
    let x: Maps<f32, Cpu> = random(shape, 1);
    let (first, first_bias) = (random((20, shape.1, 3, 3), 2), random((20,), 3));
    let (second, second_bias) = (random((18, 20, 3, 3), 4), random((18,), 5));
    let (pointwise, up, up_bias) = (random((17, 18, 1, 1), 6), random((17, 9, 2, 2), 7), random((9,), 8));
    let (weights, weights_bias) = (random((5, 9 + 17), 9), random((5,), 10));
    let y = ops::convolve(x.leaky_trace(), &first, Some(&first_bias), window(1)).unwrap();
    let y = ops::relu(ops::batch_norm(y, 1e-5).unwrap()).unwrap();
    let y = ops::convolve(y, &second, Some(&second_bias), window(2)).unwrap();
    let y = ops::convolve(y, &pointwise, None, Window { stride: 1, padding: Padding::None }).unwrap();
    let (saved, tape) = y.split_tape();
    let y = ops::max_pool(saved.clone().put_tape(tape)).unwrap();
    let y = ops::concatenate(ops::up_convolve(y, &up, Some(&up_bias)).unwrap(), &saved).unwrap();
    let y = ops::linear(ops::average(y).unwrap(), &weights, Some(&weights_bias)).unwrap();
    let labels = (0..shape.0).map(|image| image % 5).collect::<Vec<_>>();
    let loss = ops::cross_entropy(y, &labels).unwrap();
    let value = loss.array();
    let gradients = loss.backward();
    let mut found = vec![value];
    for tensor in [&x, &first, &second, &pointwise, &up] {
        found.extend(gradients.get(tensor).as_vec());
    }
    for tensor in [&first_bias, &second_bias, &up_bias, &weights_bias] {
        found.extend(gradients.get(tensor).as_vec());
    }
    found.extend(gradients.get(&weights).as_vec());
    found.into_iter().map(f32::to_bits).collect()
}

#[test]
fn threads_do_not_matter() {
    for shape in [(1, 3, 64, 60), (19, 3, 32, 32), (33, 2, 8, 8)] {
        let with =
            |threads| ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| bits(shape));
        let one = with(1);
        assert!(one.iter().all(|bits| f32::from_bits(*bits).is_finite()));
        assert!((2..=3).all(|threads| with(threads) == one), "{shape:?}");
    }
}
