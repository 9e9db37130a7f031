//! The networks as the paper describes them: layers and parameters counted by hand, sizes that fit and that do not, the
//! variants, and what an observer sees.

use crate::setup::{kaiming, random, seen, tensor};
use dfdx::tensor::Cpu;
use networks::models::{
    Activations, AllCnn, Blueprint, LayerKind, Mlp, Network, Pooling, Readout, ShapeError, Size, Skips, Step,
    UNet,
};
use networks::{Maps, NetworkError, Rows};

fn maps(images: usize, size: Size) -> Activations<f32, Cpu> {
    let Size::Maps { channels, height, width } = size else { panic!("maps are wanted") };
    let maps: Maps<f32, Cpu> = random((images, channels, height, width), 1);
    maps.into()
}

fn count(blueprint: &Blueprint, is: impl Fn(&LayerKind) -> bool) -> usize {
    blueprint.layers().iter().filter(|kind| is(kind)).count()
}

fn steps(blueprint: &Blueprint, step: Step) -> usize {
    blueprint.steps().iter().filter(|other| **other == step).count()
}

/// A k×k convolution from i to o channels has o (i k² + 1) parameters.
#[test]
fn all_cnn_has_nine_convolutions_and_one_connected_layer() {
    let blueprint = AllCnn::default().blueprint().unwrap();
    assert_eq!(count(&blueprint, |kind| matches!(kind, LayerKind::Convolution { .. })), 9);
    assert!(matches!(blueprint.layers()[9], LayerKind::Linear { inputs: 10, outputs: 10 }));
    assert_eq!(blueprint.layers().len(), 10);
    assert_eq!(steps(&blueprint, Step::Relu), 9);
    assert_eq!(steps(&blueprint, Step::Average), 1);
    let by_hand = 96 * (3 * 9 + 1)
        + 2 * 96 * (96 * 9 + 1)
        + 192 * (96 * 9 + 1)
        + 3 * 192 * (192 * 9 + 1)
        + 192 * (192 + 1)
        + 10 * (192 + 1)
        + 10 * (10 + 1);
    assert_eq!(by_hand, 1_369_848);
    assert_eq!(blueprint.parameter_count(), by_hand);
    let network = Network::<f32, _>::new(blueprint, &Cpu::default()).unwrap();
    assert_eq!(network.parameter_count(), by_hand);
    assert_eq!(network.parameters().iter().map(Vec::len).sum::<usize>(), by_hand);
}

#[test]
fn unet_has_23_convolutions_and_four_poolings() {
    let blueprint = UNet::default().blueprint().unwrap();
    assert_eq!(
        count(&blueprint, |kind| matches!(kind, LayerKind::Convolution { side: 3, stride: 1, .. })),
        18
    );
    assert_eq!(count(&blueprint, |kind| matches!(kind, LayerKind::UpConvolution { .. })), 4);
    assert_eq!(count(&blueprint, |kind| matches!(kind, LayerKind::Convolution { side: 1, .. })), 1);
    assert_eq!(blueprint.layers().len(), 23);
    let (pools, skips) = (steps(&blueprint, Step::MaxPool), steps(&blueprint, Step::Concatenate));
    assert_eq!((pools, skips, steps(&blueprint, Step::Relu)), (4, 4, 18));
    let up = [11, 14, 17, 20].map(|layer| blueprint.layers()[layer - 1]);
    assert!(up.iter().all(|kind| matches!(kind, LayerKind::UpConvolution { .. })));
    let down = [(1, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 512), (512, 512)];
    let bottom = [(512, 1024), (1024, 1024)];
    let up = [(1024, 512), (512, 512), (512, 256), (256, 256), (256, 128), (128, 128), (128, 64), (64, 64)];
    let three = down.iter().chain(&bottom).chain(&up).map(|(i, o)| o * (i * 9 + 1)).sum::<usize>();
    let two = [(1024, 512), (512, 256), (256, 128), (128, 64)].map(|(i, o)| o * (i * 4 + 1));
    let by_hand = three + two.iter().sum::<usize>() + 2 * (64 + 1);
    assert_eq!(by_hand, 31_030_658);
    assert_eq!(blueprint.parameter_count(), by_hand);
}

/// With base width w and c channels in, the convolutions of U-Net have terms in w² alone, but for the first and last.
#[test]
fn any_base_width_and_number_of_channels() {
    let unet = |base_width, channels, classes| {
        UNet { base_width, channels, classes, ..UNet::default() }.blueprint().unwrap().parameter_count()
    };
    for width in [1, 3, 8] {
        // 9 w² (1 + 2 + 4 + 8 + 16 + 32 + 64 + 128 + 256) and the like for each of the paths; checked against width 64.
        let squares = (31_030_658 - (9 * 64 + 2 * 64 + 2) - biases(64)) / (64 * 64);
        assert_eq!(unet(width, 1, 2), squares * width * width + 9 * width + 2 * width + 2 + biases(width));
        assert_eq!(unet(width, 3, 2) - unet(width, 1, 2), 2 * 9 * width);
        assert_eq!(unet(width, 1, 5) - unet(width, 1, 2), 3 * (width + 1));
    }
    let mlp = Mlp { inputs: 7, width: 5, depth: 4, outputs: 3 }.blueprint().unwrap();
    assert_eq!(mlp.parameter_count(), 5 * 8 + 2 * 5 * 6 + 3 * 6);
    assert_eq!(mlp.sizes(Size::Rows { features: 7 }).unwrap().last(), Some(&Size::Rows { features: 3 }));
}

/// Biases of the layers of U-Net that are as wide as a multiple of w: four per level and two at the bottom, and one for
/// each up-convolution.
fn biases(width: usize) -> usize {
    5 * (1 + 2 + 4 + 8) * width + 2 * 16 * width
}

#[test]
fn sizes_are_those_of_the_paper() {
    let all_cnn = AllCnn::default().blueprint().unwrap().sizes(Size::square(3, 32)).unwrap();
    let sides = [32, 32, 16, 16, 16, 8, 8, 8, 8];
    let widths = [96, 96, 96, 192, 192, 192, 192, 192, 10];
    for ((size, side), width) in all_cnn.iter().zip(sides).zip(widths) {
        assert_eq!(*size, Size::square(width, side));
    }
    assert_eq!(all_cnn[9], Size::Rows { features: 10 });
    let unet = UNet::default().blueprint().unwrap().sizes(Size::square(1, 512)).unwrap();
    assert_eq!((unet[0], unet[9]), (Size::square(64, 512), Size::square(1024, 32)));
    assert_eq!((unet[10], unet[11]), (Size::square(512, 64), Size::square(512, 64)));
    assert_eq!((unet[19], unet[22]), (Size::square(64, 512), Size::square(2, 512)));
    assert_eq!(unet.iter().map(|size| size.units()).sum::<usize>(), 159_907_840);
}

#[test]
fn what_does_not_fit_is_named() {
    let all_cnn = AllCnn { base_width: 2, ..AllCnn::default() };
    let unet = UNet { base_width: 2, ..UNet::default() };
    let (a, u) = (all_cnn.blueprint().unwrap(), unet.blueprint().unwrap());
    for side in [5, 6, 7, 31, 33] {
        a.sizes(Size::square(3, side)).unwrap();
    }
    let small = ShapeError::TooSmall { layer: 7, padding: 1, found: Size::square(4, 1) };
    assert_eq!(a.sizes(Size::square(3, 4)), Err(small));
    let channels = ShapeError::Channels { layer: 1, expected: 3, found: Size::square(1, 32) };
    assert_eq!(a.sizes(Size::square(1, 32)), Err(channels));
    u.sizes(Size::Maps { channels: 1, height: 32, width: 80 }).unwrap();
    assert_eq!(u.sizes(Size::square(1, 72)), Err(ShapeError::Odd { layer: 8, found: Size::square(16, 9) }));
    let small = ShapeError::TooSmall { layer: 9, padding: 1, found: Size::square(16, 1) };
    assert_eq!(u.sizes(Size::square(1, 16)), Err(small));
    assert!(matches!(u.sizes(Size::Rows { features: 1 }), Err(ShapeError::Form { .. })));
    assert_eq!(UNet { classes: 0, ..unet }.blueprint(), Err(ShapeError::Zero { what: "classes" }));
    assert_eq!(AllCnn { base_width: 0, ..all_cnn }.blueprint(), Err(ShapeError::Zero { what: "base width" }));
    assert!(Mlp { inputs: 3, width: 3, depth: 0, outputs: 1 }.blueprint().is_err());
    let network = kaiming(&u, 1);
    let error = network.forward(maps(1, Size::square(1, 72))).unwrap_err();
    assert_eq!(error, NetworkError::Shape(ShapeError::Odd { layer: 8, found: Size::square(16, 9) }));
}

/// The observer sees layers 1, 2, … in order, of the sizes that the blueprint says, and the last of them is the output.
#[test]
fn observers_see_every_layer_once() {
    let unet = UNet { base_width: 2, ..UNet::default() }.blueprint().unwrap();
    let all_cnn = AllCnn { base_width: 3, ..AllCnn::default() }.blueprint().unwrap();
    for (blueprint, size) in [(unet, Size::square(1, 32)), (all_cnn, Size::square(3, 9))] {
        let sizes = blueprint.sizes(size).unwrap();
        let network = kaiming(&blueprint, 2);
        let (mut seen, mut last) = (Vec::new(), Vec::new());
        let output = network.forward_with(maps(2, size), |layer, u| {
            assert_eq!(layer, seen.len() + 1);
            assert_eq!(u.images(), 2);
            seen.push(u.size());
            last = u.to_vec();
            Ok(())
        });
        assert_eq!(seen, sizes);
        assert_eq!(output.unwrap().to_vec(), last);
        let stop = network.forward_with(maps(1, size), |layer, _| Err(NetworkError::Overflow { layer }));
        assert_eq!(stop.unwrap_err(), NetworkError::Overflow { layer: 1 });
    }
}

/// Rows of ALL-CNN-C read at one position are what layer 10 makes of that position of layer 9.
#[test]
fn one_position_takes_the_place_of_the_average() {
    let all_cnn = AllCnn { base_width: 3, ..AllCnn::default() };
    let whole = kaiming(&all_cnn.blueprint().unwrap(), 3);
    let at_one = AllCnn { readout: Readout::OnePosition, ..all_cnn }.blueprint().unwrap();
    assert_eq!(steps(&at_one, Step::Average), 0);
    let at_one = kaiming(&at_one, 3);
    assert_eq!(whole.parameters(), at_one.parameters());
    let seen = seen(&at_one, maps(1, Size::square(3, 9)));
    let (ninth, output) = (seen[8].to_vec(), seen[9].to_vec());
    let weights = &at_one.parameters()[18];
    let side = 3;
    for (class, score) in output.iter().enumerate() {
        let centre = |channel: usize| ninth[channel * side * side + side / 2 * side + side / 2].max(0.0);
        let expected = (0..10).map(|channel| weights[class * 10 + channel] * centre(channel)).sum::<f32>();
        assert!((score - expected).abs() < 1e-5, "{score}, not {expected}");
    }
}

/// Without skips, the way down reaches the output through the bottom alone: with layer 11 at zero the output does not
/// depend on the image; with skips it does.
#[test]
fn zeroed_skips_carry_nothing() {
    for (skips, differs) in [(Skips::Concatenated, true), (Skips::Zeroed, false)] {
        let unet = UNet { base_width: 2, skips, ..UNet::default() };
        let mut network = kaiming(&unet.blueprint().unwrap(), 4);
        let mut parameters = network.parameters();
        parameters[2 * 10].fill(0.0);
        network.set_parameters(&parameters).unwrap();
        let output = network.forward(maps(2, Size::square(1, 32))).unwrap();
        let units = output.size().units();
        let values = output.to_vec();
        assert_eq!(values[..units] != values[units..], differs, "{skips:?}");
    }
}

/// Subsampling keeps the first of each block: the variant differs from layer 3 on.
#[test]
fn subsampling_takes_the_place_of_pooling() {
    let unet = UNet { base_width: 2, ..UNet::default() };
    let variant = UNet { pooling: Pooling::Subsample, ..unet };
    let blueprint = variant.blueprint().unwrap();
    assert_eq!((steps(&blueprint, Step::Subsample), steps(&blueprint, Step::MaxPool)), (4, 0));
    let layers = |unet: UNet| -> Vec<Vec<f32>> {
        let seen = seen(&kaiming(&unet.blueprint().unwrap(), 5), maps(1, Size::square(1, 32)));
        seen.iter().map(Activations::to_vec).collect()
    };
    let (pooled, subsampled) = (layers(unet), layers(variant));
    assert_eq!(pooled[..2], subsampled[..2]);
    assert_ne!(pooled[2], subsampled[2]);
    let rectified = UNet { relu_after_up_convolutions: true, ..unet };
    assert_eq!(steps(&rectified.blueprint().unwrap(), Step::Relu), 22);
    assert_eq!(layers(rectified)[..11], pooled[..11]);
}

#[test]
fn parameters_are_read_and_written_in_order() {
    let blueprint = Mlp { inputs: 3, width: 4, depth: 2, outputs: 2 }.blueprint().unwrap();
    let mut network = Network::<f32, _>::new(blueprint, &Cpu::default()).unwrap();
    let lists = vec![
        (0..12).map(|i| i as f32).collect(),
        vec![0.5; 4],
        (0..8).map(|i| -(i as f32)).collect(),
        vec![1.0, 2.0],
    ];
    network.set_parameters(&lists).unwrap();
    assert_eq!(network.parameters(), lists);
    let x: Rows<f32, Cpu> = tensor((1, 3), &[1.0, 0.0, 2.0]);
    // u¹ = W¹x + ½ with rows (0 1 2), (3 4 5), …: 4.5, 13.5, 22.5, 31.5; u² = -(0 1 2 3) u¹ + 1, -(4 5 6 7) u¹ + 2.
    assert_eq!(network.forward(x).unwrap().rows().unwrap().as_vec(), [-152.0, -439.0]);
    let short = NetworkError::ListLength { what: "parameters", index: 3, expected: 2, found: 1 };
    let mut wrong = lists.clone();
    wrong[3].pop();
    assert_eq!(network.set_parameters(&wrong), Err(short));
    let few = NetworkError::Lists { what: "parameters", expected: 4, found: 3 };
    assert_eq!(network.set_parameters(&lists[..3]), Err(few));
    assert_eq!(network.parameters(), lists);
}

/// Batches are independent: an image's scores do not depend on its neighbours, nor on the number of threads.
#[test]
fn images_do_not_see_each_other() {
    let network = kaiming(&AllCnn { base_width: 4, ..AllCnn::default() }.blueprint().unwrap(), 6);
    let images: Maps<f64, Cpu> = random((5, 3, 11, 11), 1);
    let values = images.as_vec();
    let of = |values: &[f64]| -> Vec<f32> {
        let images: Maps<f32, Cpu> = tensor((values.len() / 363, 3, 11, 11), values);
        network.forward(images).unwrap().to_vec()
    };
    let together = of(&values);
    for (image, own) in values.chunks(363).enumerate() {
        let alone = of(own);
        let largest = together.iter().fold(0f32, |largest, score| largest.max(score.abs()));
        for (alone, together) in alone.iter().zip(&together[image * 10..]) {
            assert!((alone - together).abs() <= 1e-5 * largest);
        }
    }
}
