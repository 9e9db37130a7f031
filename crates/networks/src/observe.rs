//! Sample means and variances of every layer's pre-activations, accumulated in double precision (Eq. 9).
//!
//! In a convolutional layer there are two readings of "a pre-activation", and both are given. A *unit* is one channel at
//! one position, its samples are the images: the reading of the paper's figure. Or a channel is one feature, its samples
//! are the images and the positions: the reading behind batch normalisation and Eq. 14.

use crate::models::{Activations, Network};
use crate::{Kernels, NetworkError};
use dfdx::dtypes::Dtype;
use rayon::prelude::*;
use statistics::{MomentSums, Moments};

/// Units whose sums are formed on one thread.
const CHUNK: usize = 1 << 12;

/// The moments of one layer's pre-activations.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LayerMoments {
    /// The layer, from 1.
    pub layer: usize,
    /// Images, T of the units.
    pub images: usize,
    /// Over images, for every channel at every position.
    pub units: Moments,
    /// Over images and positions, for every channel.
    pub channels: Moments,
}

/// The moments of every layer of `network` over the images of all `batches`, layer 1 first. The images of a batch pass
/// through the network together. With a single batch, a layer's sums live only while that layer is observed: 16 bytes for
/// each of its units. With several, those of all layers live to the end: 16 bytes for each unit of the network (2.6 GB
/// for U-Net at 512×512), but activations of one batch alone. The sums run over the images in order, either way. A
/// network that normalises does so over each batch on its own.
///
/// # Errors
/// Fewer than two images, images that do not fit or differ in size, pre-activations that are not finite, or an error of
/// the device.
pub fn observe<E: Dtype, D: Kernels<E>>(
    network: &Network<E, D>,
    batches: &[Activations<E, D>],
) -> Result<Vec<LayerMoments>, NetworkError> {
    let images = batches.iter().map(Activations::images).sum();
    if images < 2 {
        return Err(NetworkError::TooFewImages { images });
    }
    let size = batches[0].size();
    if let Some(other) = batches.iter().map(Activations::size).find(|other| *other != size) {
        return Err(NetworkError::Sizes { expected: size, found: other });
    }
    let mut sums = network.fits(size)?.iter().map(|_| Sums::default()).collect::<Vec<_>>();
    let mut moments = Vec::with_capacity(sums.len());
    for (batch, number) in batches.iter().zip(1..) {
        network.forward_with(batch.clone(), |layer, u| {
            let sum = &mut sums[layer - 1];
            sum.add(u);
            if number == batches.len() {
                moments.push(std::mem::take(sum).finish(layer)?);
            }
            Ok(())
        })?;
    }
    Ok(moments)
}

/// Σ u and Σ u² of every unit of a layer, over images; [`observe`] keeps one for each layer, and whoever watches other
/// steps of a network keeps more.
#[derive(Debug, Default)]
pub struct Sums {
    images: usize,
    channels: usize,
    units: Vec<[f64; 2]>,
}

impl Sums {
    /// Adds images, all of one size.
    pub fn add<E: Dtype, D: Kernels<E>>(&mut self, u: &Activations<E, D>) {
        let (values, size) = (u.to_vec(), u.size());
        self.images += u.images();
        self.channels = size.channels();
        self.units.resize(size.units(), [0.0; 2]);
        self.units.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, units)| {
            for image in values.chunks_exact(size.units()) {
                for ([sum, square], u) in units.iter_mut().zip(&image[chunk * CHUNK..]) {
                    let u = u.to_f64().unwrap_or(f64::NAN);
                    *sum += u;
                    *square += u * u;
                }
            }
        });
    }

    /// The averages over units, and over channels. `layer` is what the result calls itself.
    ///
    /// # Errors
    /// Numbers that are not finite.
    pub fn finish(self, layer: usize) -> Result<LayerMoments, NetworkError> {
        let Self { images, channels, units } = self;
        let positions = units.len() / channels;
        let of_channel = |units: &[[f64; 2]]| {
            let mut sums = [MomentSums::default(); 2];
            units.iter().for_each(|unit| add(&mut sums[0], *unit, images));
            let channel = units.iter().fold([0.0; 2], |[a, b], [sum, square]| [a + sum, b + square]);
            add(&mut sums[1], channel, images * positions);
            sums
        };
        let by_channel = units.par_chunks(positions).map(of_channel).collect::<Vec<_>>();
        let mut sums = [MomentSums::default(); 2];
        for channel in &by_channel {
            sums.iter_mut().zip(channel).for_each(|(sum, term)| sum.merge(term));
        }
        let [units, channels] = sums.map(|sums| sums.finish(1.0));
        if !units.mean_square.is_finite() {
            return Err(NetworkError::Overflow { layer });
        }
        Ok(LayerMoments { layer, images, units, channels })
    }
}

/// Adds a unit, or a channel, by its sums over `samples`.
fn add(to: &mut MomentSums, [sum, square]: [f64; 2], samples: usize) {
    let (mean, mean_square) = (sum / samples as f64, square / samples as f64);
    to.add(mean, (mean_square - mean * mean).max(0.0));
}
