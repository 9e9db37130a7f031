//! What the initialisations promise, measured afterwards by a forward pass over the minibatches, for all three networks.
#![allow(clippy::unwrap_used)]

use dfdx::tensor::{Cpu, TensorFromVec};
use networks::initialise::{Initialisation, MINIBATCHES, SCALE_EPSILON, initialise};
use networks::models::{Activations, AllCnn, Blueprint, LayerKind, Mlp, Network, Pooling, Skips, UNet};
use networks::observe::{LayerMoments, observe};
use networks::{Maps, NetworkError, Rows};

const SEED: u64 = 20_190_214;

/// Some seeded numbers with a mean and correlations between neighbours, as images have them.
fn values(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|i| ((i / 3 * 7919 + seed * 104_729) % 1013) as f32 / 506.0 - 0.6).collect()
}

fn images(minibatch: usize, count: usize, channels: usize, side: usize) -> Activations<f32, Cpu> {
    let values = values(count * channels * side * side, minibatch);
    let maps: Maps<f32, Cpu> = Cpu::default().tensor_from_vec(values, (count, channels, side, side));
    maps.into()
}

/// A network's name, its blueprint, and minibatches for it.
type Case = (&'static str, Blueprint, Vec<Activations<f32, Cpu>>);

/// The three networks, narrow, each with five minibatches of different sizes.
fn networks() -> [Case; 3] {
    let minibatches = |make: &dyn Fn(usize) -> Activations<f32, Cpu>| (0..MINIBATCHES).map(make).collect();
    let rows = |minibatch| {
        let rows: Rows<f32, Cpu> =
            Cpu::default().tensor_from_vec(values((minibatch + 6) * 20, minibatch), (minibatch + 6, 20));
        Activations::from(rows)
    };
    let all_cnn = AllCnn { base_width: 8, ..AllCnn::default() };
    let unet = UNet { base_width: 4, ..UNet::default() };
    [
        (
            "mlp",
            Mlp { inputs: 20, width: 40, depth: 12, outputs: 10 }.blueprint().unwrap(),
            minibatches(&rows),
        ),
        (
            "all-cnn",
            all_cnn.blueprint().unwrap(),
            minibatches(&|minibatch| images(minibatch, 4 + minibatch, 3, 16)),
        ),
        (
            "u-net",
            unet.blueprint().unwrap(),
            minibatches(&|minibatch| images(minibatch, 1 + minibatch % 2, 1, 32)),
        ),
    ]
}

fn initialised(
    blueprint: &Blueprint,
    initialisation: Initialisation,
    minibatches: &[Activations<f32, Cpu>],
) -> Network<f32, Cpu> {
    let mut network = Network::new(blueprint.clone(), &Cpu::default()).unwrap();
    initialise(&mut network, initialisation, SEED, minibatches).unwrap();
    network
}

fn observed(network: &Network<f32, Cpu>, minibatches: &[Activations<f32, Cpu>]) -> Vec<LayerMoments> {
    observe(network, minibatches).unwrap()
}

/// Single precision: a sum over the fan-in loses a few units in the last place, here and in the pass that measured.
const ROUNDING: f64 = 2e-6;

/// What Eq. 13 leaves of unit mean square: σ²/(σ² + ε) = 1 - ε f², with f = 1/√(σ² + ε) the factor of the layer, recovered
/// from its weights, which were N(0, 1) before.
fn mean_squares(
    network: &Network<f32, Cpu>,
    blueprint: &Blueprint,
    minibatches: &[Activations<f32, Cpu>],
) -> Vec<f64> {
    let factors = factors(blueprint, &network.parameters(), minibatches);
    factors.iter().map(|factor| 1.0 - SCALE_EPSILON * factor * factor).collect()
}

/// The factor of each layer.
fn factors(
    blueprint: &Blueprint,
    parameters: &[Vec<f32>],
    minibatches: &[Activations<f32, Cpu>],
) -> Vec<f64> {
    let kaiming = kaiming_weights(blueprint, minibatches);
    let factor = |(layer, kind): (usize, &LayerKind)| {
        let z = f64::from(kaiming[2 * layer][0]) / (2.0 / kind.fan_in() as f64).sqrt();
        f64::from(parameters[2 * layer][0]) / z
    };
    blueprint.layers().iter().enumerate().map(factor).collect()
}

/// `5.scale-init`.
#[test]
fn scale_gives_every_layer_unit_mean_square() {
    for (name, blueprint, minibatches) in networks() {
        let network = initialised(&blueprint, Initialisation::Scale, &minibatches);
        let expected = mean_squares(&network, &blueprint, &minibatches);
        for (layer, expected) in observed(&network, &minibatches).iter().zip(expected) {
            let off = layer.channels.mean_square - expected;
            assert!(
                (1.0 - expected).abs() < 1e-4 && off.abs() < ROUNDING,
                "{name}, layer {}: {off:e}",
                layer.layer
            );
            assert!(layer.channels.largest_mean > 0.1, "{name}: the means are not taken away");
        }
        for bias in network.parameters().iter().skip(1).step_by(2) {
            assert!(bias.iter().all(|b| *b == 0.0));
        }
    }
}

/// `5.scale-bias-init`: per feature a sample mean of zero, per layer a variance of one.
#[test]
fn scale_bias_gives_zero_means_and_unit_variance() {
    for (name, blueprint, minibatches) in networks() {
        let network = initialised(&blueprint, Initialisation::ScaleBias, &minibatches);
        let expected = mean_squares(&network, &blueprint, &minibatches);
        for (layer, expected) in observed(&network, &minibatches).iter().zip(expected) {
            let (mean, off) = (layer.channels.largest_mean, layer.channels.variance - expected);
            assert!(mean < 1e-5, "{name}, layer {}: a mean of {mean:e}", layer.layer);
            assert!(
                (1.0 - expected).abs() < 1e-4 && off.abs() < ROUNDING,
                "{name}, layer {}: {off:e}",
                layer.layer
            );
        }
    }
}

/// `5.bias-then-scale`, the trap of Eq. 14: if the factor of Eq. 13 reaches W alone, means are not zero any more.
#[test]
fn rescaling_the_weights_alone_spoils_the_means() {
    for (name, blueprint, minibatches) in networks() {
        let literal = initialised(&blueprint, Initialisation::BiasThenScale, &minibatches);
        let first = observed(&literal, &minibatches)[0];
        assert!(first.channels.largest_mean > 0.1, "{name}: {:e}", first.channels.largest_mean);
        assert!((first.channels.mean_square - 1.0).abs() > 0.1, "{name}");
    }
}

fn kaiming_weights(blueprint: &Blueprint, minibatches: &[Activations<f32, Cpu>]) -> Vec<Vec<f32>> {
    initialised(blueprint, Initialisation::Kaiming, minibatches).parameters()
}

/// Networks of one seed have the same weights up to a factor for each layer, whatever the initialisation; another seed
/// has others, and so has every layer.
#[test]
fn initialisations_of_one_seed_are_paired() {
    for (name, blueprint, minibatches) in networks() {
        let kaiming = kaiming_weights(&blueprint, &minibatches);
        for initialisation in [Initialisation::Scale, Initialisation::ScaleBias, Initialisation::BatchNorm] {
            let network = initialised(&blueprint, initialisation, &minibatches);
            let stride = |layer: &usize| {
                if initialisation == Initialisation::BatchNorm { 3 * layer } else { 2 * layer }
            };
            let parameters = network.parameters();
            for layer in 0..blueprint.layers().len() {
                let (ours, theirs) = (&parameters[stride(&layer)], &kaiming[2 * layer]);
                let factor = ours[0] / theirs[0];
                assert!(factor > 0.0, "{name}, layer {}", layer + 1);
                for (ours, theirs) in ours.iter().zip(theirs) {
                    assert!(
                        (ours - factor * theirs).abs() <= 1e-5 * theirs.abs(),
                        "{name}, layer {}",
                        layer + 1
                    );
                }
            }
        }
        let mut other = Network::<f32, _>::new(blueprint, &Cpu::default()).unwrap();
        initialise(&mut other, Initialisation::Kaiming, SEED + 1, &[]).unwrap();
        assert_ne!(other.parameters()[0][0], kaiming[0][0]);
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
        let parameters = kaiming_weights(&blueprint, &[]);
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
        let mut network = Network::new(blueprint.clone(), &Cpu::default()).unwrap();
        initialise(&mut network, Initialisation::Kaiming, seed, &[]).unwrap();
        let layers = observed(&network, &[images(1, 2, 1, 32)]);
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
    for (name, blueprint, minibatches) in networks() {
        let network = initialised(&blueprint, Initialisation::BatchNorm, &minibatches);
        let layers = network.layers().len();
        assert!(network.layers()[..layers - 1].iter().all(|layer| layer.normalises()));
        assert!(!network.layers()[layers - 1].normalises());
        assert_eq!(network.parameter_count(), blueprint.parameter_count() + gains(&blueprint));
        for layer in &observed(&network, &minibatches[1..2])[..layers - 1] {
            let channels = layer.channels;
            assert!(
                channels.largest_mean < 1e-5,
                "{name}, layer {}: {:e}",
                layer.layer,
                channels.largest_mean
            );
            assert!(
                (channels.variance - 1.0).abs() < 1e-3,
                "{name}, layer {}: {}",
                layer.layer,
                channels.variance
            );
        }
        let plain = initialised(&blueprint, Initialisation::Kaiming, &minibatches);
        let mut again = network.clone();
        initialise(&mut again, Initialisation::Kaiming, SEED, &[]).unwrap();
        assert_eq!(again.parameters(), plain.parameters(), "initialising anew forgets what was");
    }
}

fn gains(blueprint: &Blueprint) -> usize {
    let layers = blueprint.layers();
    layers[..layers.len() - 1].iter().map(|kind| kind.features()).sum()
}

#[test]
fn refusals() {
    let (_, blueprint, minibatches) = networks().into_iter().next().unwrap();
    let mut network = Network::new(blueprint, &Cpu::default()).unwrap();
    let none = initialise(&mut network, Initialisation::Scale, SEED, &[]).unwrap_err();
    assert_eq!(none, NetworkError::Zero { what: "the number of minibatches" });
    let wrong = initialise(&mut network, Initialisation::Scale, SEED, &[images(0, 2, 3, 8)]).unwrap_err();
    assert!(matches!(wrong, NetworkError::Shape(_)));
    let rows: Rows<f32, Cpu> = Cpu::default().tensor_from_vec(vec![f32::NAN; 40], (2, 20));
    let nan = initialise(&mut network, Initialisation::ScaleBias, SEED, &[rows.into()]).unwrap_err();
    assert_eq!(nan, NetworkError::Overflow { layer: 1 });
    initialise(&mut network, Initialisation::ScaleBias, SEED, &minibatches).unwrap();
}
