//! What a run keeps is what the networks show: for any number of threads, for a variant as for that network by itself,
//! and however initialisations are divided into runs.

use convnets::experiment::ConvNets;
use convnets::experiment::architecture::{Architecture, Variant};
use convnets::experiment::params::Params;
use convnets::experiment::runs::{Observed, Outcome, Run};
use dfdx::tensor::{Cpu, TensorFromVec};
use experiment::{Context, Experiment, Parameters, Profile};
use networks::Maps;
use networks::initialise::{Initialisation, initialise};
use networks::models::{Activations, Network};
use rayon::ThreadPoolBuilder;

fn small(network: Architecture, first: u64, count: u64) -> Run {
    let run = ConvNets::runs(&Params::of(Profile::Smoke)).into_iter().find(|run| run.network == network);
    Run { first, count, ..run.expect("smoke runs both networks") }
}

fn executed(run: &Run) -> Outcome {
    ConvNets::execute(run, &Context::bare(3), &|_, _| {}).expect("a run this small")
}

#[test]
fn threads_do_not_matter() {
    for network in [Architecture::AllCnn, Architecture::UNet] {
        let run = small(network, 0, 2);
        let with = |threads| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| executed(&run))
        };
        let one = with(1);
        assert!(one == with(2) && one == with(3), "{network}");
    }
}

#[test]
fn the_division_into_runs_does_not_matter() {
    let whole = executed(&small(Architecture::UNet, 0, 3)).curves;
    let parts =
        [(0, 1), (1, 2)].map(|(first, count)| executed(&small(Architecture::UNet, first, count)).curves);
    assert!(whole == parts.concat());
}

/// Layers that a variant shares are those of the network, and the first that it does not share differs.
#[test]
fn variants_part_where_they_say() {
    for network in [Architecture::AllCnn, Architecture::UNet] {
        let curves = executed(&small(network, 4, 1)).curves;
        let seen = |variant: Variant| {
            &curves.iter().find(|curve| curve.variant == variant).expect("every variant runs").observed
        };
        let standard = seen(Variant::Standard);
        for &variant in &network.variants()[1..] {
            let (shared, other) = (variant.shared_layers(), seen(variant));
            assert_eq!(other.layers.len(), standard.layers.len());
            assert_eq!(other.layers[..shared], standard.layers[..shared]);
            // Zeros behind layer 10 reach layer 12 first.
            let parted = if variant == Variant::SkipsZeroed { shared + 1 } else { shared };
            assert!(other.layers[..parted] == standard.layers[..parted]);
            assert!(other.layers[parted] != standard.layers[parted], "{variant}");
            let places = |observed: &Observed| observed.pooled.iter().map(|of| of.layer).collect::<Vec<_>>();
            assert_eq!(places(other), places(standard), "{variant}");
        }
    }
}

/// What pools is where it should be, and does what it should: a maximum of activations is not below their mean.
#[test]
fn pooling_is_watched_where_it_is() {
    let curves = executed(&small(Architecture::UNet, 0, 1)).curves;
    for curve in &curves {
        assert_eq!(curve.observed.pooled.iter().map(|of| of.layer).collect::<Vec<_>>(), [2, 4, 6, 8]);
        for step in &curve.observed.pooled {
            let (before, after) = (step.rectified.units.mean, step.pooled.units.mean);
            // A maximum over four activations is half as large again as their mean; one of the four is as large as it.
            let raised = after > 1.2 * before;
            assert_eq!(
                raised,
                curve.variant != Variant::Subsampled,
                "{:?}: {before} to {after}",
                curve.variant
            );
        }
    }
    let all_cnn = executed(&small(Architecture::AllCnn, 0, 1)).curves;
    for curve in &all_cnn {
        let [step] = &curve.observed.pooled[..] else { panic!("one readout") };
        assert_eq!(step.layer, 9);
        // The average over positions has the mean of all of them; one position has its own.
        let equal = (step.pooled.units.mean / step.rectified.units.mean - 1.0).abs() < 1e-5;
        assert_eq!(equal, curve.variant == Variant::Standard);
    }
}

/// Padding by zeros would make borders of a constant image; what reflection adds is what is there. (Strides, pooling and
/// skip connections keep constants as well; the four elements of an up-convolution's kernel do not, so that this ends
/// at the last layer before them.)
#[test]
fn padding_is_not_by_zeros() {
    for (network, last) in [(Architecture::AllCnn, 9), (Architecture::UNet, 10)] {
        let blueprint = network.blueprint(Variant::Standard, 4).expect("a width");
        let mut model = Network::<f32, Cpu>::new(blueprint, &Cpu::default()).expect("memory");
        initialise(&mut model, Initialisation::Kaiming, 1, &[]).expect("Kaiming needs no images");
        let channels = network.channels();
        let image: Maps<f32, Cpu> =
            Cpu::default().tensor_from_vec(vec![1.0; channels * 64 * 64], (1, channels, 64, 64));
        let mut seen = 0;
        let constant = |layer, u: &Activations<f32, Cpu>| {
            let positions = u.size().units() / u.size().channels();
            let largest = u.to_vec().iter().fold(0.0f32, |largest, u| largest.max(u.abs()));
            for channel in u.to_vec().chunks(positions).filter(|_| layer <= last) {
                let off = channel.iter().fold(0.0f32, |off, u| off.max((u - channel[0]).abs()));
                assert!(off <= 1e-5 * largest, "{network}, layer {layer}: {off} of {largest}");
            }
            seen = layer;
            Ok(())
        };
        model.forward_with(image, constant).expect("a constant image");
        assert!(seen >= last);
    }
}

/// The paper's networks, counted: variants share their parameters.
#[test]
fn parameters_are_pinned() {
    for (network, width, count) in
        [(Architecture::AllCnn, 96, 1_369_848), (Architecture::UNet, 64, 31_030_658)]
    {
        for &variant in network.variants() {
            let blueprint = network.blueprint(variant, width).expect("a width");
            assert_eq!(blueprint.parameter_count(), count, "{variant}");
        }
    }
}
