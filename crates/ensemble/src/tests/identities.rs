//! What the exact engine must satisfy draw by draw, whatever the random numbers.

use super::{pass, run, without_weights};
use crate::scratch::{Pool, Workspace};
use crate::tape::activations;
use crate::{Description, Observe, Setting, Through};

fn description(setting: Setting) -> Description {
    Description { width: 70, depth: 4, samples: 12, networks: 1, setting, seed: 3, ..Description::default() }
}

/// Wᵀδ is one matrix applied to δ: on the inputs X it must give what the forward pass gave, XᵀWᵀδ = Uᵀδ, and where δ
/// has a null vector Wᵀδ has the same one. Both are exact in exact arithmetic; single precision leaves its rounding,
/// enlarged by the root of the smallest relative pivot (here above 10⁻²).
#[test]
fn gradients_agree_with_the_forward_pass() {
    for setting in Setting::ALL {
        let plan = without_weights(&description(*setting), &Observe::nothing().gradient(Through::Full));
        let (scratch, mut workspace) = (Pool::default(), Workspace::default());
        workspace.prepare(&plan);
        let pass = pass(&plan, &scratch, 0);
        pass.forward(&mut workspace.tape).unwrap();
        let tape = workspace.tape;
        let (n, t) = (70, 12);
        let above = (0..n * t).map(|index| ((index * 7919) % 23) as f32 - 11.0).collect::<Vec<_>>();
        let layer = 3;
        let mut delta = above.clone();
        pass.reduce_delta(&tape.layers[layer - 1], Through::Full, &mut delta).unwrap();
        let mut gradient = vec![0.0; n * t];
        pass.exact(&tape, layer, Through::Full, &mut above.clone(), &mut gradient).unwrap();
        let mut x = vec![0.0; n * t];
        activations(&plan, 0, &tape, layer - 1, &(0..n), &mut x);
        let [x, u, gradient, delta] =
            [&x, &tape.layers[layer - 1].raw, &gradient, &delta].map(|matrix| super::by_units(matrix, n));
        let product = |left: &[f32], right: &[f32], a: usize, b: usize| {
            (0..n).map(|unit| f64::from(left[unit * t + a]) * f64::from(right[unit * t + b])).sum::<f64>()
        };
        let size = |values: &[f32]| values.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
        for (a, b) in (0..t * t).map(|index| (index / t, index % t)) {
            let difference = product(&x, &gradient, a, b) - product(&u, &delta, a, b);
            assert!(difference.abs() < 2e-5 * size(&u) * size(&delta), "{setting}: {difference}");
        }
        if *setting == Setting::BatchNorm {
            let of_ones =
                |values: &[f32]| size(&values.chunks(t).map(|row| row.iter().sum()).collect::<Vec<_>>());
            assert!(of_ones(&delta) < 1e-5 * size(&delta), "the gradient of a batch sums to zero over it");
            assert!(of_ones(&gradient) < 1e-4 * size(&gradient), "{}", of_ones(&gradient) / size(&gradient));
        }
    }
}

/// Fresh samples and perturbations ride along: the batch's own numbers stay what they are, up to rounding.
#[test]
fn further_columns_do_not_disturb_the_batch() {
    for setting in Setting::ALL {
        let moments = Observe::nothing().moments();
        let alone = run(&super::with_weights(&description(*setting), &moments), 0);
        let joint = run(&super::with_weights(&description(*setting), &moments.fresh(5).tangents(12)), 0);
        for (alone, joint) in alone.iter().zip(&joint).skip(1) {
            let (alone, joint) = (alone.moments.unwrap(), joint.moments.unwrap());
            assert!((alone.squared_mean - joint.squared_mean).abs() < 1e-5);
            assert!((alone.variance - joint.variance).abs() < 1e-5);
        }
    }
}

/// Batch normalisation gives each unit mean 0 and variance 1 (Eq. 12), scale+bias gives each unit mean 0 (Eq. 14) and
/// each layer mean square 1 up to ε (Eq. 13), in every layer.
#[test]
fn settings_do_what_they_are_for() {
    for (setting, spread) in [(Setting::BatchNorm, 1e-5), (Setting::ScaleBias, f64::INFINITY)] {
        let observe = Observe::nothing().moments().before();
        let layers = run(&without_weights(&description(setting), &observe), 0);
        for layer in &layers[1..] {
            let (seen, before) = (layer.moments.unwrap(), layer.before.unwrap());
            assert!(seen.largest_mean < 1e-6, "{}", seen.largest_mean);
            let expected =
                if setting == Setting::ScaleBias { before.variance / (before.variance + 1e-5) } else { 1.0 };
            assert!((seen.variance - expected).abs() < 1e-6);
            assert!(seen.greatest_variance - seen.least_variance < spread);
            assert!(before.largest_mean > 0.1, "there was something to take away");
        }
    }
}
