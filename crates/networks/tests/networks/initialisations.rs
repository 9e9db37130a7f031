//! What the initialisations promise, measured afterwards by a forward pass over the minibatches, for all three networks.

use crate::numbers::numbers;
use crate::setup::{images, initialised, kaiming, tensor};
use dfdx::tensor::Cpu;
use networks::initialise::{Initialisation, MINIBATCHES, SCALE_EPSILON, initialise};
use networks::models::{Activations, AllCnn, Blueprint, LayerKind, Mlp, Network, Pooling, Skips, UNet};
use networks::observe::observe;
use networks::{NetworkError, Rows};

const SEED: u64 = 20_190_214;

/// Single precision: a sum over the fan-in loses a few units in the last place, here and in the pass that measured.
const ROUNDING: f64 = 2e-6;

/// A network's name, its blueprint, and minibatches for it.
struct Case {
    name: &'static str,
    blueprint: Blueprint,
    minibatches: Vec<Activations<f32, Cpu>>,
}

/// The three networks, narrow, each with five minibatches of different sizes.
fn cases() -> [Case; 3] {
    let case = |name, blueprint, minibatch: &dyn Fn(usize) -> Activations<f32, Cpu>| Case {
        name,
        blueprint,
        minibatches: (0..MINIBATCHES).map(minibatch).collect(),
    };
    let rows = |minibatch: usize| -> Activations<f32, Cpu> {
        let values = numbers((minibatch + 6) * 20, minibatch as u64).into_iter().map(|value| value + 0.4);
        let rows: Rows<f32, Cpu> = tensor((minibatch + 6, 20), &values.collect::<Vec<_>>());
        rows.into()
    };
    let mlp = Mlp { inputs: 20, width: 40, depth: 12, outputs: 10 };
    let all_cnn = AllCnn { base_width: 8, ..AllCnn::default() };
    let unet = UNet { base_width: 4, ..UNet::default() };
    [
        case("mlp", mlp.blueprint().unwrap(), &rows),
        case("all-cnn", all_cnn.blueprint().unwrap(), &|i| images(4 + i, 3, 16, i as u64).into()),
        case("u-net", unet.blueprint().unwrap(), &|i| images(1 + i % 2, 1, 32, i as u64).into()),
    ]
}

impl Case {
    fn initialised(&self, initialisation: Initialisation) -> Network<f32, Cpu> {
        initialised(&self.blueprint, initialisation, SEED, &self.minibatches)
    }

    /// The factor of each layer's weights, which were Kaiming's before it.
    fn factors(&self, parameters: &[Vec<f32>]) -> Vec<f64> {
        let kaiming = kaiming(&self.blueprint, SEED).parameters();
        let factor = |(layer, kind): (usize, &LayerKind)| {
            let z = f64::from(kaiming[2 * layer][0]) / (2.0 / kind.fan_in() as f64).sqrt();
            f64::from(parameters[2 * layer][0]) / z
        };
        self.blueprint.layers().iter().enumerate().map(factor).collect()
    }
}

/// `5.scale-init`: every layer has unit mean square, and `5.scale-bias-init`: a variance of one, and per feature a sample
/// mean of zero. But for what Eq. 13 leaves of it: σ²/(σ² + ε) = 1 - ε f² with f = 1/√(σ² + ε) the factor of the layer.
#[test]
fn scale_and_scale_bias_give_unit_mean_squares_and_zero_means() {
    for (case, bias) in cases().iter().flat_map(|case| [(case, false), (case, true)]) {
        let network = case.initialised(if bias { Initialisation::ScaleBias } else { Initialisation::Scale });
        let factors = case.factors(&network.parameters());
        for (layer, factor) in observe(&network, &case.minibatches).unwrap().iter().zip(factors) {
            let what = format!("{}, layer {}", case.name, layer.layer);
            let expected = 1.0 - SCALE_EPSILON * factor * factor;
            let off = layer.channels.mean_square - expected;
            assert!((1.0 - expected).abs() < 1e-4 && off.abs() < ROUNDING, "{what}: {off:e}");
            let mean = layer.channels.largest_mean;
            assert!(if bias { mean < 1e-5 } else { mean > 0.1 }, "{what}: a mean of {mean:e}");
        }
        let biases = network.parameters().into_iter().skip(1).step_by(2);
        assert_eq!(biases.flatten().any(|b| b != 0.0), bias, "{}", case.name);
    }
}

/// `5.bias-then-scale`, the trap of Eq. 14: if the factor of Eq. 13 reaches W alone, means are not zero any more.
#[test]
fn rescaling_the_weights_alone_spoils_the_means() {
    for case in cases() {
        let literal = case.initialised(Initialisation::BiasThenScale);
        let first = observe(&literal, &case.minibatches).unwrap()[0];
        assert!(first.channels.largest_mean > 0.1, "{}: {:e}", case.name, first.channels.largest_mean);
        assert!((first.channels.mean_square - 1.0).abs() > 0.1, "{}", case.name);
    }
}

/// Networks of one seed have the same weights up to a factor for each layer, whatever the initialisation; another seed
/// has others, and so has every layer.
#[test]
fn initialisations_of_one_seed_are_paired() {
    for case in cases() {
        let kaiming = kaiming(&case.blueprint, SEED).parameters();
        for initialisation in [Initialisation::Scale, Initialisation::ScaleBias, Initialisation::BatchNorm] {
            let stride = if initialisation == Initialisation::BatchNorm { 3 } else { 2 };
            let parameters = case.initialised(initialisation).parameters();
            for layer in 0..case.blueprint.layers().len() {
                let (ours, theirs) = (&parameters[stride * layer], &kaiming[2 * layer]);
                let factor = ours[0] / theirs[0];
                let paired =
                    |(ours, theirs): (&f32, &f32)| (ours - factor * theirs).abs() <= 1e-5 * theirs.abs();
                let all = factor > 0.0 && ours.iter().zip(theirs).all(paired);
                assert!(all, "{}, {}, layer {}", case.name, initialisation.name(), layer + 1);
            }
        }
        let other = crate::setup::kaiming(&case.blueprint, SEED + 1).parameters();
        assert_ne!(other[0][0], kaiming[0][0]);
        assert_ne!(kaiming[0][0] / kaiming[0][1], kaiming[2][0] / kaiming[2][1]);
    }
}

/// The mean square of all weights of a layer is 2 / fan-in within five standard errors, √(2/count) of it each; the
/// fan-in of an up-convolution is its number of input channels.
#[test]
fn kaiming_weights_have_variance_two_over_fan_in() {
    let all = [
        UNet { base_width: 16, ..UNet::default() }.blueprint().unwrap(),
        AllCnn::default().blueprint().unwrap(),
        Mlp { inputs: 30, width: 300, depth: 3, outputs: 10 }.blueprint().unwrap(),
    ];
    for blueprint in all {
        let parameters = kaiming(&blueprint, SEED).parameters();
        for (kind, lists) in blueprint.layers().iter().zip(parameters.chunks_exact(2)) {
            let fan_in = match *kind {
                LayerKind::Convolution { inputs, side, .. } => inputs * side * side,
                LayerKind::UpConvolution { inputs, .. } | LayerKind::Linear { inputs, .. } => inputs,
            };
            let count = lists[0].len() as f64;
            let mean_square = lists[0].iter().map(|w| f64::from(*w).powi(2)).sum::<f64>() / count;
            let off = mean_square * fan_in as f64 / 2.0 - 1.0;
            assert!(off.abs() < 5.0 * (2.0 / count).sqrt(), "{kind:?}: {off}");
            assert!(lists[1].iter().all(|b| *b == 0.0));
        }
    }
}

/// The total variance that Kaiming initialisation is to preserve, over an up-convolution of rectified inputs: averaged
/// over networks, it is 2⟨x²⟩.
#[test]
fn kaiming_preserves_total_variance_over_up_convolutions() {
    let unet = UNet { base_width: 8, skips: Skips::Zeroed, pooling: Pooling::Subsample, ..UNet::default() };
    let blueprint = unet.blueprint().unwrap();
    let ratios = (0..40).map(|seed| {
        let layers = observe(&kaiming(&blueprint, seed), &[images(2, 1, 32, 1).into()]).unwrap();
        layers[10].units.mean_square / layers[9].units.mean_square
    });
    let ratios = ratios.collect::<Vec<_>>();
    let found = statistics::Estimate::mean_of(&ratios);
    let error = found.standard_error;
    assert!(error < 0.05 && (found.value - 1.0).abs() < 4.0 * error, "{} ± {error}", found.value);
}

/// Every layer but the last has zero means and unit variances on any batch, up to ε.
#[test]
fn batch_normalisation_in_every_layer_but_the_last() {
    for Case { name, blueprint, minibatches } in cases() {
        let mut network = initialised(&blueprint, Initialisation::BatchNorm, SEED, &minibatches);
        let last = network.layers().len() - 1;
        assert!(network.layers()[..last].iter().all(|layer| layer.normalises()));
        assert!(!network.layers()[last].normalises());
        let gains = blueprint.layers()[..last].iter().map(|kind| kind.features()).sum::<usize>();
        assert_eq!(network.parameter_count(), blueprint.parameter_count() + gains);
        for layer in &observe(&network, &minibatches[1..2]).unwrap()[..last] {
            let (mean, off) = (layer.channels.largest_mean, layer.channels.variance - 1.0);
            assert!(mean < 1e-5 && off.abs() < 1e-3, "{name}, layer {}: {mean:e}, {off:e}", layer.layer);
        }
        initialise(&mut network, Initialisation::Kaiming, SEED, &[]).unwrap();
        let plain = kaiming(&blueprint, SEED).parameters();
        assert_eq!(network.parameters(), plain, "initialising anew forgets what was");
    }
}

#[test]
fn refusals() {
    let [Case { blueprint, minibatches, .. }, ..] = cases();
    let mut network = kaiming(&blueprint, SEED);
    let mut refused = |minibatches: &[_]| {
        initialise(&mut network, Initialisation::ScaleBias, SEED, minibatches).unwrap_err()
    };
    assert_eq!(refused(&[]), NetworkError::Zero { what: "the number of minibatches" });
    assert!(matches!(refused(&[images(2, 3, 8, 0).into()]), NetworkError::Shape(_)));
    let rows: Rows<f32, Cpu> = tensor((2, 20), &[f64::NAN; 40]);
    assert_eq!(refused(&[rows.into()]), NetworkError::Overflow { layer: 1 });
    initialise(&mut network, Initialisation::ScaleBias, SEED, &minibatches).unwrap();
}
