//! Variants of a network share its layers, and a pass that begins behind a layer is the rest of a whole one.

use crate::setup::{kaiming, random, seen};
use dfdx::tensor::Cpu;
use networks::models::{
    Activations, AllCnn, Blueprint, Network, Pooling, Readout, ShapeError, Size, Skips, UNet,
};
use networks::{Maps, NetworkError};

fn maps(channels: usize) -> Activations<f32, Cpu> {
    let maps: Maps<f32, Cpu> = random((2, channels, 32, 32), 1);
    maps.into()
}

/// Every layer's pre-activations with its number, in order.
type Seen = Vec<(usize, Vec<f32>)>;

fn whole(network: &Network<f32, Cpu>, images: Activations<f32, Cpu>) -> Seen {
    (1..).zip(seen(network, images).iter().map(Activations::to_vec)).collect()
}

/// The variant seen through the other network up to `layer`, and by itself from there on.
fn parted(
    other: &Network<f32, Cpu>,
    variant: Blueprint,
    layer: usize,
    images: Activations<f32, Cpu>,
) -> Seen {
    let variant = other.rewired(variant).unwrap();
    let mut seen = Vec::new();
    let keep = |at, u: &Activations<f32, Cpu>| {
        if at <= layer {
            seen.push((at, u.to_vec()));
        }
        if at == layer {
            let keep = |at, u: &Activations<f32, Cpu>| {
                seen.push((at, u.to_vec()));
                Ok(())
            };
            variant.forward_behind(layer, u.clone(), keep)?;
        }
        Ok(())
    };
    other.forward_with(images, keep).unwrap();
    seen
}

#[test]
fn the_parts_of_a_pass_are_the_whole() {
    let all_cnn = AllCnn { base_width: 4, ..AllCnn::default() };
    let one_position = AllCnn { readout: Readout::OnePosition, ..all_cnn }.blueprint().unwrap();
    let network = kaiming(&all_cnn.blueprint().unwrap(), 3);
    assert_eq!(
        parted(&network, one_position.clone(), 9, maps(3)),
        whole(&kaiming(&one_position, 3), maps(3))
    );

    let unet = UNet { base_width: 3, ..UNet::default() };
    let zeroed = UNet { skips: Skips::Zeroed, ..unet }.blueprint().unwrap();
    let subsampled = UNet { pooling: Pooling::Subsample, ..unet }.blueprint().unwrap();
    let network = kaiming(&unet.blueprint().unwrap(), 3);
    for (variant, layer) in [(zeroed, 10), (subsampled, 2)] {
        assert_eq!(parted(&network, variant.clone(), layer, maps(1)), whole(&kaiming(&variant, 3), maps(1)));
    }
}

#[test]
fn what_cannot_be_taken_up_is_refused() {
    let unet = UNet { base_width: 2, ..UNet::default() };
    let network = kaiming(&unet.blueprint().unwrap(), 3);
    let behind = |layer, channels| {
        let u: Maps<f32, Cpu> = random((1, channels, 16, 16), 1);
        network.forward_behind(layer, u.into(), |_, _| Ok(())).unwrap_err()
    };
    let found = |channels| Size::square(channels, 16);
    assert_eq!(behind(24, 2), ShapeError::NoLayer { layer: 24 }.into());
    assert_eq!(behind(0, 2), ShapeError::NoLayer { layer: 0 }.into());
    assert_eq!(
        behind(2, 3),
        NetworkError::Shape(ShapeError::Channels { layer: 2, expected: 2, found: found(3) })
    );
    assert_eq!(behind(3, 4), ShapeError::Skip { layer: 3, found: found(4) }.into());
    let wider = UNet { base_width: 3, ..unet }.blueprint().unwrap();
    assert_eq!(network.rewired(wider).unwrap_err(), ShapeError::OtherLayer { layer: 1 });
    let more_classes = UNet { classes: 3, ..unet }.blueprint().unwrap();
    assert_eq!(network.rewired(more_classes).unwrap_err(), ShapeError::OtherLayer { layer: 23 });
}
