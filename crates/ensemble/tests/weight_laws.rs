//! Orthogonal and centred weights: what they keep exactly, and the closed forms of what they leave to chance.

#![allow(clippy::unwrap_used)]

use ensemble::{Config, ConfigError, Ensemble, InputLaw, Normalisation, Observables, Record, WeightLaw};
use statistics::Summary;

fn config(weights: WeightLaw, networks: usize) -> Config {
    Config { width: 101, depth: 4, samples: 7, networks, weights, shared_inputs: false, ..Config::default() }
}

fn run(config: Config, observables: Observables) -> Record {
    Ensemble::new(config, observables).unwrap().run().unwrap()
}

/// Every network keeps the squared lengths of all samples, doubled, through each matrix.
#[test]
fn orthogonal_weights_keep_lengths() {
    let record = run(config(WeightLaw::Orthogonal, 3), Observables::none().totals().lengths());
    for network in &record.networks {
        for layers in network.layers.windows(2) {
            let lengths = layers[0].lengths.as_ref().unwrap();
            let expected = 2.0 * lengths.iter().sum::<f64>() / (101.0 * 7.0);
            let found = layers[1].totals.unwrap().mean_square;
            assert!((found / expected - 1.0).abs() < 1e-5, "{found} against {expected}");
        }
    }
}

/// |x¹|² of inputs of one length: 5/n of relative variance with normal weights, 3/n with orthogonal ones up to order 1/n².
#[test]
fn what_is_left_to_chance() {
    for (weights, variance) in [(WeightLaw::Gaussian, 5.0), (WeightLaw::Orthogonal, 3.0)] {
        let signs = Config { depth: 1, inputs: InputLaw::Sign, ..config(weights, 20_000) };
        let record = run(signs, Observables::none().lengths());
        let lengths: Vec<f64> =
            record.networks.iter().map(|network| network.layers[1].lengths.as_ref().unwrap()[0]).collect();
        let found = Summary::of(&lengths);
        let relative = 101.0 * found.variance / found.mean.powi(2);
        assert!((relative / variance - 1.0).abs() < 0.07, "{weights}: {relative}");
    }
}

/// Rows without their mean take 1/π off the squared length after a ReLU, in wide layers and in those whose weights are
/// drawn one by one; γ restores it.
#[test]
fn centred_weights_lose_what_they_do_not_see() {
    for samples in [7, 90] {
        let gamma = (1.0 - 1.0 / std::f64::consts::PI).recip();
        let centred = Config { centring: 1.0, gamma, samples, ..config(WeightLaw::Gaussian, 400) };
        let record = run(centred, Observables::none().totals());
        for layer in 2..=4 {
            let squares: Vec<f64> = record
                .networks
                .iter()
                .map(|network| network.layers[layer].totals.unwrap().mean_square)
                .collect();
            let found = Summary::of(&squares);
            // The inputs have no mean, and are multiplied by γ all the same; a layer of n units has (n-1)/n of its variance.
            assert!(
                (found.mean - 2.0 * gamma).abs() < 5.0 * found.standard_error() + 0.1,
                "{samples}: {found:?}"
            );
        }
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let refused =
        |config| matches!(Ensemble::new(config, Observables::none()), Err(ConfigError::WeightLaw { .. }));
    let orthogonal = config(WeightLaw::Orthogonal, 1);
    assert!(refused(Config { normalisation: Normalisation::BatchNorm, ..orthogonal.clone() }));
    assert!(refused(Config { samples: 51, ..orthogonal.clone() }));
    assert!(refused(Config { input_width: Some(50), ..orthogonal.clone() }));
    assert!(refused(Config {
        centring: 0.5,
        normalisation: Normalisation::ScaleBias,
        ..config(WeightLaw::Gaussian, 1)
    }));
    let share = Config { centring: 1.5, ..config(WeightLaw::Gaussian, 1) };
    assert!(matches!(Ensemble::new(share, Observables::none()), Err(ConfigError::OutOfRange { .. })));
}
