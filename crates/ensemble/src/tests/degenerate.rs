//! Layers whose Gram matrix is singular: more samples than units, equal samples, dead units, one unit, one sample. The
//! exact engine, forbidden to fall back on weights, must follow the law of the direct engine there too.

use super::{kolmogorov_smirnov, run, with_weights, without_weights};
use crate::{Config, InputLaw, Layer, Normalisation, Observables, Through};

/// A quantity of the last layer, or of the inputs, that is compared.
type Quantity = (&'static str, fn(&[Layer]) -> f64);

const QUANTITIES: [Quantity; 3] = [
    ("mean square", |layers| {
        layers.last().and_then(|layer| layer.totals).map_or(f64::NAN, |totals| totals.mean_square)
    }),
    ("mean", |layers| layers.last().and_then(|layer| layer.totals).map_or(f64::NAN, |totals| totals.mean)),
    ("gradient", |layers| layers[0].gradient.unwrap_or(f64::NAN)),
];

/// Values within rounding of each other are made equal: Kolmogorov–Smirnov would otherwise tell a value that is zero
/// in one engine from one that is zero up to rounding in the other.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn compare(config: &Config) {
    let observables = Observables::none().totals().gradient(Through::Full);
    let (exact, direct) = (without_weights(config, &observables), with_weights(config, &observables));
    let networks = 800;
    let sample =
        |plan, first: usize| (first..first + networks).map(|network| run(plan, network)).collect::<Vec<_>>();
    let (exact, direct) = (sample(&exact, 0), sample(&direct, networks));
    for (what, quantity) in QUANTITIES {
        let values =
            |layers: &[Vec<Layer>]| layers.iter().map(|layers| rounded(quantity(layers))).collect::<Vec<_>>();
        let (exact, direct) = (values(&exact), values(&direct));
        assert!(exact.iter().all(|value| value.is_finite()), "{what} of {config:?}");
        let p = kolmogorov_smirnov(&exact, &direct);
        // Some 40 comparisons with fixed seeds: one below 10⁻⁴ would be a one in 250 event.
        assert!(p > 1e-4, "{what}: p = {p} for {config:?}");
    }
}

fn tiny(width: usize, samples: usize, depth: usize) -> Config {
    Config { width, samples, depth, networks: 1, shared_inputs: false, seed: 5, ..Config::default() }
}

/// More samples than units; one unit; one sample; and two units, which die together in most networks: after that every
/// layer is zero.
#[test]
fn singular_layers() {
    for normalisation in Normalisation::ALL {
        compare(&Config { normalisation: *normalisation, ..tiny(4, 9, 3) });
        compare(&Config { normalisation: *normalisation, ..tiny(1, 5, 2) });
    }
    for (width, samples, depth) in [(5, 1, 3), (1, 1, 2), (2, 5, 6)] {
        compare(&tiny(width, samples, depth));
    }
}

/// With inputs of one sign each, four samples are at most two different vectors.
#[test]
fn equal_samples() {
    let twins = Config { inputs: InputLaw::Sign, input_width: Some(1), ..tiny(6, 4, 3) };
    for normalisation in [Normalisation::Kaiming, Normalisation::ScaleBias] {
        compare(&Config { normalisation, ..twins.clone() });
    }
    // A batch of equal samples cannot be normalised: its units do not vary. With two different vectors among nine
    // samples it can, except once in 256 networks.
    compare(&Config { normalisation: Normalisation::BatchNorm, samples: 9, ..twins });
}
