//! Training steps without numbers: every operation that a network takes, forward and backward, at its real sizes, on a
//! machine that only takes note.

use super::{
    Convolution, Padding, Window, affine, batch_norm, concatenation, cross_entropy, linear, pooling, relu,
    up_convolution,
};
use crate::cuda::tests::recorder::Recorder;
use crate::models::{Blueprint, LayerKind, Size, Step};
use crate::tensors::{Channels, MapShape};

/// Takes note of a training step with so many images of that size, as [`Walk`](crate::models) takes it.
pub(crate) fn rehearse(to: &Recorder, blueprint: &Blueprint, images: usize, image: Size, normalised: bool) {
    let mut sizes = blueprint.sizes(image).unwrap().into_iter();
    let (mut size, mut saved) = (image, Vec::new());
    for step in blueprint.steps() {
        let count = images * size.units();
        match step {
            Step::Layer(number) => {
                let kind = blueprint.layers()[number - 1];
                layer(to, kind, (images, size), *number == 1, normalised);
                size = sizes.next().unwrap();
                if normalised {
                    let extents = extents(images, size);
                    to.note(&batch_norm::tests::moments(extents), [true], true);
                    to.note(&batch_norm::tests::normalisation(extents), [true; 2], false);
                    to.note(&affine::tests::operation(extents), [true; 3], false);
                }
            }
            Step::Relu => to.note(&relu::tests::operation(count), [true], false),
            Step::MaxPool | Step::Subsample => {
                let maps = maps(images, size);
                match step {
                    Step::MaxPool => to.note(&pooling::tests::max_pool(maps), [true], false),
                    _ => to.note(&pooling::tests::subsample(maps), [true], false),
                }
                size = Size::Maps { channels: maps.1, height: maps.2 / 2, width: maps.3 / 2 };
            }
            Step::Save => saved.push(size.channels()),
            Step::Concatenate | Step::ConcatenateZeros => {
                let (_, channels, height, width) = maps(images, size);
                let more = if *step == Step::Concatenate { saved.pop().unwrap() } else { channels };
                let operation = concatenation::tests::operation(images, [channels, more], height * width);
                to.note(&operation, [true; 2], false);
                size = Size::Maps { channels: channels + more, height, width };
            }
            Step::Average | Step::OnePosition => {
                let maps = maps(images, size);
                match step {
                    Step::Average => to.note(&pooling::tests::average(maps), [true], false),
                    _ => to.note(&pooling::tests::one_position(maps), [true], false),
                }
                size = Size::Rows { features: maps.1 };
            }
        }
    }
    to.note(&cross_entropy::tests::operation(extents(images, size)), [true], false);
}

/// A layer without its normalisation, which takes the bias' place; the first is not differentiated by its input.
fn layer(to: &Recorder, kind: LayerKind, (images, size): (usize, Size), first: bool, normalised: bool) {
    let there = [true, true, !normalised];
    match kind {
        LayerKind::Convolution { inputs, outputs, side, stride } => {
            let window = Window { stride, padding: Padding::Reflect(side / 2) };
            let kernel = (outputs, inputs, side, side);
            to.note(&Convolution::new(maps(images, size), kernel, window).unwrap(), there, first);
        }
        LayerKind::UpConvolution { outputs, .. } => {
            to.note(&up_convolution::tests::operation(maps(images, size), outputs), there, false);
        }
        LayerKind::Linear { inputs, outputs } => {
            to.note(&linear::tests::operation([images, inputs, outputs]), there, false);
        }
    }
}

fn maps(images: usize, size: Size) -> MapShape {
    match size {
        Size::Maps { channels, height, width } => (images, channels, height, width),
        Size::Rows { features } => (images, features, 1, 1),
    }
}

fn extents(images: usize, size: Size) -> [usize; 3] {
    maps(images, size).extents()
}
