//! What the exact engine must satisfy draw by draw, whatever the random numbers.

use super::{pass, run, without_weights};
use crate::plan::{BLOCK_ROWS, blocks};
use crate::scratch::{Pool, Workspace};
use crate::weights::ByLibrary;
use crate::{Config, Normalisation, Observables, Through};

fn config(normalisation: Normalisation) -> Config {
    Config { width: 70, depth: 4, samples: 12, networks: 1, normalisation, seed: 3, ..Config::default() }
}

/// How far a layer's gradient Wᵀδ is from agreeing with the forward pass, XᵀWᵀδ = Uᵀδ, for a δ made up here: the norm of
/// the difference against that of Uᵀδ, both in an orthonormal basis of the inputs, where a difference along a direction
/// that the inputs hardly differ in counts as much as any other. And ‖(Wᵀδ)1‖/‖Wᵀδ‖, the sum over samples.
fn disagreement(config: &Config, layer: usize) -> [f64; 2] {
    let plan = without_weights(config, &Observables::none().gradient(Through::Full));
    let (scratch, mut workspace) = (Pool::default(), Workspace::default());
    workspace.prepare(&plan);
    let pass = pass(&plan, &scratch, 0);
    pass.forward(&ByLibrary::default(), &mut workspace.tape).unwrap();
    let (tape, n, t) = (workspace.tape, config.width, config.samples);
    let above = (0..n * t).map(|index| ((index * 7919) % 23) as f32 - 11.0).collect::<Vec<_>>();
    let mut delta = above.clone();
    pass.reduce_delta(&tape[layer - 1], Through::Full, &mut delta).unwrap();
    let mut gradient = vec![0.0; n * t];
    pass.exact(&tape, layer, Through::Full, &mut above.clone(), &mut gradient).unwrap();
    let mut x = vec![0.0; n * t];
    for (rows, block) in blocks(0..n).zip(x.chunks_mut(BLOCK_ROWS * t)) {
        pass.activations(&tape, layer - 1, &rows, block);
    }
    let [x, u, gradient, delta] =
        [&x, &tape[layer - 1].raw, &gradient, &delta].map(|matrix| super::by_units(matrix, n));
    let product = |left: &[f32], right: &[f32]| {
        let entry = |a: usize, b: usize| {
            (0..n).map(|unit| f64::from(left[unit * t + a]) * f64::from(right[unit * t + b])).sum::<f64>()
        };
        (0..t * t).map(|index| entry(index / t, index % t)).collect::<Vec<_>>()
    };
    let known = product(&u, &delta);
    let difference =
        product(&x, &gradient).iter().zip(&known).map(|(found, known)| found - known).collect::<Vec<_>>();
    let projection = tape[layer - 1].projection.as_ref().unwrap();
    let norm = |matrix: &[f64]| {
        let mut solved = matrix.to_vec();
        projection.solve(&mut solved);
        matrix.iter().zip(solved).map(|(entry, solved)| entry * solved).sum::<f64>().sqrt()
    };
    let size = |values: &[f32]| values.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
    let sums = gradient.chunks(t).map(|unit| unit.iter().sum()).collect::<Vec<_>>();
    [norm(&difference) / norm(&known), size(&sums) / size(&gradient)]
}

/// Both are zero in exact arithmetic: single precision leaves its rounding, 6e-8, enlarged by the inverse root of the
/// smallest relative pivot, here above 10⁻². A batch-normalised gradient sums to zero over the batch.
#[test]
fn gradients_agree_with_the_forward_pass() {
    for normalisation in Normalisation::ALL {
        let [difference, sum] = disagreement(&config(*normalisation), 3);
        assert!(difference < 2e-6, "{normalisation}: {difference}");
        assert_eq!(sum < 1e-5, *normalisation == Normalisation::BatchNorm, "{normalisation}: {sum}");
    }
}

/// At depth 50 and width 300 the smallest relative pivot is about 10⁻⁶.
#[test]
fn gradients_agree_at_depth() {
    let deep = Config { width: 300, depth: 50, samples: 100, networks: 1, ..Config::default() };
    let [difference, _] = disagreement(&deep, 50);
    assert!(difference < 1e-4, "{difference}");
}

/// Fresh samples and perturbations ride along: the batch's own numbers stay what they are, up to rounding.
#[test]
fn further_columns_do_not_disturb_the_batch() {
    for normalisation in Normalisation::ALL {
        let moments = Observables::none().moments();
        let alone = run(&super::with_weights(&config(*normalisation), &moments), 0);
        let joint = run(&super::with_weights(&config(*normalisation), &moments.fresh(5).tangents(12)), 0);
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
    for (normalisation, spread) in
        [(Normalisation::BatchNorm, 1e-5), (Normalisation::ScaleBias, f64::INFINITY)]
    {
        let observables = Observables::none().moments().before();
        let layers = run(&without_weights(&config(normalisation), &observables), 0);
        for layer in &layers[1..] {
            let (seen, before) = (layer.moments.unwrap(), layer.before.unwrap());
            assert!(seen.largest_mean < 1e-6, "{}", seen.largest_mean);
            let expected = if normalisation == Normalisation::ScaleBias {
                before.variance / (before.variance + 1e-5)
            } else {
                1.0
            };
            assert!((seen.variance - expected).abs() < 1e-6);
            assert!(seen.greatest_variance - seen.least_variance < spread);
            assert!(before.largest_mean > 0.1, "there was something to take away");
        }
    }
}
