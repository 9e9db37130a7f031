//! Moments against closed forms, for both engines, within five standard errors over networks.

#![allow(clippy::unwrap_used)]

use ensemble::{Config, Engine, Ensemble, InputLaw, Layer, Normalisation, Observables, Record, Through};

fn run(config: Config, observables: Observables) -> Record {
    Ensemble::new(config, observables).unwrap().run().unwrap()
}

/// A configuration by width, depth, samples and networks.
fn config([width, depth, samples, networks]: [usize; 4], engine: Engine, seed: u64) -> Config {
    Config { width, depth, samples, networks, engine, seed, ..Config::default() }
}

fn mean_is(record: &Record, layer: usize, expected: f64, what: &str, of: impl Fn(&Layer) -> Option<f64>) {
    let found = record.across(layer, of).unwrap();
    let mean = found.mean;
    let error = found.standard_error();
    let engine = record.config.engine;
    assert!(
        (mean - expected).abs() < 5.0 * error,
        "{engine}, layer {layer}: {what} {mean} ± {error}, not {expected}"
    );
}

/// For any width, any input law of mean square 1: the total mean is 0 and the total variance 2 in every layer (§2.1);
/// the sample variance of layer 1, over T samples, is 2(1 - 1/T)(1 - m²) for inputs of mean m, and the squared sample
/// mean the rest; with Kaiming initialisation the gradient keeps its mean square, 1, down to the inputs' layer, where
/// it is multiplied by width/n⁰.
#[test]
fn first_moments() {
    for (engine, law) in
        Engine::ALL.iter().flat_map(|engine| InputLaw::ALL.iter().map(move |law| (*engine, *law)))
    {
        let shape = config([40, 3, 12, 1500], engine, 4);
        let config = Config { input_width: Some(60), inputs: law, shared_inputs: false, ..shape };
        let record = run(config, Observables::none().moments().pairs().gradient(Through::Full));
        let squared = if law == InputLaw::HalfNormal { 2.0 / std::f64::consts::PI } else { 0.0 };
        mean_is(&record, 0, 60.0 * squared, "inner product of the inputs", |layer| {
            Some(layer.pairs?.inner_product)
        });
        for layer in 1..=3 {
            mean_is(&record, layer, 0.0, "total mean", |layer| Some(layer.moments?.mean));
            mean_is(&record, layer, 2.0, "total variance", |layer| Some(layer.moments?.mean_square));
            mean_is(&record, layer, 1.0, "gradient", |layer| layer.gradient);
        }
        mean_is(&record, 0, 40.0 / 60.0, "gradient", |layer| layer.gradient);
        let variance = 2.0 * (1.0 - 1.0 / 12.0) * (1.0 - squared);
        mean_is(&record, 1, variance, "sample variance", |layer| Some(layer.moments?.variance));
        mean_is(&record, 1, 2.0 - variance, "squared sample mean", |layer| Some(layer.moments?.squared_mean));
    }
}

/// One sample of length √n: the mean square q of layer l has E q² = 4 (1 + 2/n)(1 + 5/n)^(l-1), the growth that makes
/// averages over networks converge slowly at depth.
#[test]
fn second_moments() {
    for engine in Engine::ALL {
        let config = Config { inputs: InputLaw::Sign, ..config([30, 5, 1, 20_000], *engine, 6) };
        let record = run(config, Observables::none().totals());
        for layer in 1..=5 {
            let expected = 4.0 * (1.0 + 2.0 / 30.0) * (1.0 + 5.0 / 30.0f64).powi(layer as i32 - 1);
            mean_is(&record, layer, expected, "E q²", |layer| Some(layer.totals?.mean_square.powi(2)));
        }
    }
}

/// γ multiplies the total variance by γ in every layer (§3.1.1).
#[test]
fn gamma_multiplies() {
    let shape = config([40, 4, 5, 1500], Engine::Exact, 8);
    let config = Config { gamma: 1.2, inputs: InputLaw::Sign, ..shape };
    let record = run(config, Observables::none().totals());
    for layer in 1..=4 {
        mean_is(&record, layer, 2.0 * 1.2f64.powi(layer as i32), "total variance", |layer| {
            Some(layer.totals?.mean_square)
        });
    }
}

/// One batch-normalised layer at infinite width has raw variance 1 - K(0) = 1 - 1/π before normalisation, times 2·½ (a
/// unit Gaussian through the ReLU has mean square ½), less the share 1/T that the sample mean takes: §4's σ_s². At
/// width n the correction is of order 1/n; at 1000 it is below the standard error.
#[test]
fn batch_deviation() {
    let shape = config([1000, 3, 50, 12], Engine::Exact, 2);
    let config = Config { normalisation: Normalisation::BatchNorm, ..shape };
    let record = run(config, Observables::none().before().fresh(50));
    // Samples of a batch are normalised together, so their cosine is -1/(T-1) and not 0.
    let c: f64 = -1.0 / 49.0;
    let kernel = ((1.0 - c * c).sqrt() + c * (std::f64::consts::PI - c.acos())) / std::f64::consts::PI;
    for layer in 2..=3 {
        mean_is(&record, layer, (1.0 - kernel) * 49.0 / 50.0, "batch variance", |layer| {
            Some(layer.before?.variance)
        });
        let error = record.across(layer, |layer| Some(layer.before?.variance)).unwrap().standard_error();
        assert!(error < 0.003, "a test that could not fail: {error}");
    }
}
