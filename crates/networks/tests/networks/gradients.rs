//! Every gradient of every operation in f64: against central differences, and where a loss is linear, against its values.

use crate::numbers::numbers;
use crate::operations::{self, Evaluated, Operation, Taped, back, of_one};
use crate::setup::{random, tensor};
use dfdx::shapes::Shape;
use dfdx::tensor::{Cpu, PutTape, SplitTape, Trace};
use networks::Maps;
use networks::ops::{self, Padding, Window};
use networks::tensors::MapShape;

/// Compares gradients with central differences, input by input and element by element.
fn check(name: &str, inputs: &[Vec<f64>], evaluate: impl Fn(&[Vec<f64>]) -> Evaluated) {
    const STEP: f64 = 1e-5;
    let gradients = evaluate(inputs).gradients;
    assert_eq!(gradients.len(), inputs.len(), "{name}");
    for (input, gradient) in gradients.iter().enumerate() {
        assert_eq!(gradient.len(), inputs[input].len(), "{name}: input {input}");
        for (index, found) in gradient.iter().enumerate() {
            let at = |step: f64| {
                let mut inputs = inputs.to_vec();
                inputs[input][index] += step;
                evaluate(&inputs).loss
            };
            let expected = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            let error = (found - expected).abs();
            assert!(
                error <= 1e-8 * (1.0 + expected.abs()),
                "{name}: input {input}, element {index}: {found} and {expected}"
            );
        }
    }
}

#[test]
fn gradients_are_limits_of_differences() {
    for case in operations::small() {
        check(&format!("{case:?}"), &case.inputs(1), |inputs| {
            case.evaluate::<f64, _>(&Cpu::default(), inputs, None).unwrap()
        });
    }
}

/// Sizes too large for central differences: where the loss is linear in an input, it changes by the product of the change with
/// the gradient, whatever the numbers.
#[test]
fn linear_losses_change_by_the_product_with_the_gradient() {
    for case in operations::large() {
        if !matches!(case.operation, Operation::Convolve(_) | Operation::UpConvolve | Operation::Linear) {
            continue;
        }
        let evaluate = |inputs: &[Vec<f64>]| case.evaluate::<f64, _>(&Cpu::default(), inputs, None).unwrap();
        let (here, there) = (case.inputs(1), case.inputs(11));
        let at = evaluate(&here);
        for (input, gradient) in at.gradients.iter().enumerate() {
            let mut moved = here.clone();
            moved[input].clone_from(&there[input]);
            let change = |(there, here): (&f64, &f64)| there - here;
            let changes = there[input].iter().zip(&here[input]).map(change);
            let expected = at.loss + gradient.iter().zip(changes).map(|(g, by)| g * by).sum::<f64>();
            let found = evaluate(&moved).loss;
            let near = (found - expected).abs() <= 1e-9 * (at.loss.abs() + expected.abs());
            assert!(near, "{case:?}, input {input}: {found} and {expected}");
        }
    }
}

#[test]
fn images_get_no_gradient() {
    let (x, kernel): (Maps<f64, Cpu>, _) = (random((1, 1, 3, 3), 1), random((1, 1, 2, 2), 2));
    let window = Window { stride: 1, padding: Padding::None };
    let y = ops::convolve_images(x.leaky_trace(), &kernel, None, window);
    let (_, _, mut gradients) = back(None, y.unwrap());
    assert!(gradients.get_or_alloc_mut(&x).unwrap().iter().all(|gradient| *gradient == 0.0));
    assert!(gradients.get(&kernel).as_vec().iter().all(|gradient| *gradient != 0.0));
}

/// Operations one after the other on maps of that shape.
fn check_chain<Y: Shape>(
    name: &str,
    shape: MapShape,
    chain: impl Fn(Taped<MapShape, f64, Cpu>) -> Taped<Y, f64, Cpu>,
) {
    check(name, &[numbers(shape.num_elements(), 1)], |inputs| {
        of_one(None, tensor(shape, &inputs[0]), |x| Ok(chain(x))).unwrap()
    });
}

/// A map used twice gets both gradients. Pre-activations that only the ReLU has give it their memory; what used them before
/// still gets its gradient.
#[test]
fn maps_used_twice_and_relus_in_place() {
    let (shape, window) = ((2, 2, 4, 4), Window { stride: 1, padding: Padding::Reflect(1) });
    let convolve = |x, salt| ops::convolve(x, &random((2, 2, 3, 3), salt), None, window).unwrap();
    let up = |x| ops::up_convolve(x, &random((2, 1, 2, 2), 7), None).unwrap();
    check_chain("skip", shape, |x| {
        let (saved, tape) = ops::relu(x).unwrap().split_tape();
        let x = ops::max_pool(saved.clone().put_tape(tape)).unwrap();
        ops::concatenate(up(x), &saved).unwrap()
    });
    check_chain("twice", shape, |x| ops::relu(convolve(ops::relu(convolve(x, 5)).unwrap(), 6)).unwrap());
    check_chain("used before", shape, |x| {
        let (u, tape) = convolve(x, 5).split_tape();
        let (side, tape) = up(ops::subsample(u.clone().put_tape(tape)).unwrap()).split_tape();
        ops::concatenate(ops::relu(u.put_tape(tape)).unwrap(), &side).unwrap()
    });
    check_chain("used later", shape, |x| {
        let (u, tape) = convolve(x, 5).split_tape();
        ops::concatenate(ops::relu(u.clone().put_tape(tape)).unwrap(), &u).unwrap()
    });
}
