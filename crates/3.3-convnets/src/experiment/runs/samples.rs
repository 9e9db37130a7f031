//! The images that an initialisation sees.
//!
//! Every initialisation draws its own, so that errors over initialisations include the choice of images; the variants of
//! a network see the same. From CIFAR-10 T different images are drawn. From ISBI 2012 T crops are drawn at random
//! positions, from as many different pages as there are: neighbouring pages of the stack are alike, but crops of the same
//! page would be more so. At the side of a page, a crop is the page.

use std::path::Path;

use datasets::{Cifar10, Isbi2012, Source, stand_in};
use dfdx::tensor::{Cpu, TensorFromVec};
use networks::Maps;
use networks::models::Activations;
use rand::Rng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::ExperimentError;
use crate::experiment::architecture::Architecture;
use crate::experiment::params::Data;

/// Images of a stand-in for CIFAR-10, at least; pages of one for ISBI 2012.
const STAND_IN_IMAGES: usize = 500;
const STAND_IN_PAGES: usize = 30;
/// Positions of the images that pass through a network together: larger images, fewer at a time.
const POSITIONS: usize = 1 << 20;

/// A data set, opened.
pub(super) enum Samples {
    /// For ALL-CNN-C.
    Cifar10(Cifar10),
    /// For U-Net.
    Isbi2012(Isbi2012),
}

impl Samples {
    /// The data set that a network is for, or its stand-in with room for `images` of `side` × `side` pixels.
    ///
    /// # Errors
    /// Files that are there but cannot be read.
    pub(super) fn open(
        network: Architecture,
        data: Data,
        folder: Option<&Path>,
        seed: u64,
        (images, side): (usize, usize),
    ) -> Result<Self, ExperimentError> {
        let folder = folder.filter(|_| data == Data::Found);
        Ok(match network {
            Architecture::AllCnn => Self::Cifar10(match Cifar10::find(folder)? {
                Some(real) => real,
                None => stand_in::cifar10(seed, images.max(STAND_IN_IMAGES))?,
            }),
            Architecture::UNet => Self::Isbi2012(match Isbi2012::find(folder)? {
                Some(real) => real,
                None => stand_in::isbi(seed, STAND_IN_PAGES, side)?,
            }),
        })
    }

    /// Real or a stand-in.
    pub(super) fn source(&self) -> Source {
        match self {
            Self::Cifar10(images) => images.source(),
            Self::Isbi2012(pages) => pages.source(),
        }
    }

    // region: draw
    /// `count` images of `side` × `side` pixels, standardised over the data set, as drawn for this seed. They come in
    /// batches that fit in memory.
    ///
    /// # Errors
    /// More images, or larger ones, than there are.
    pub(super) fn draw(
        &self,
        seed: u64,
        count: usize,
        side: usize,
    ) -> Result<Vec<Activations<f32, Cpu>>, ExperimentError> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (channels, values) = match self {
            Self::Cifar10(set) => {
                if count > set.images() || side != Cifar10::SIDE {
                    return Err(format!("{} has {} images", Cifar10::NAME, set.images()).into());
                }
                let chosen = index::sample(&mut random, set.images(), count).into_vec();
                let mut values = vec![0.0; count * Cifar10::PIXELS];
                set.fill(&chosen, &mut values)?;
                (Cifar10::CHANNELS, values)
            }
            Self::Isbi2012(set) => {
                let order = index::sample(&mut random, set.pages(), set.pages()).into_vec();
                let pages: Vec<usize> = (0..count).map(|image| order[image % order.len()]).collect();
                (Isbi2012::CHANNELS, crops(set, &pages, side, &mut random)?)
            }
        };
        let size = channels * side * side;
        let at_once = (POSITIONS / (side * side)).max(1);
        let batches = values.chunks(at_once * size).map(|values| {
            let shape = (values.len() / size, channels, side, side);
            let maps: Maps<f32, Cpu> = Cpu::default().tensor_from_vec(values.to_vec(), shape);
            maps.into()
        });
        Ok(batches.collect())
    }
    // endregion: draw
}

/// A crop of each of these pages, at a random position.
fn crops(
    set: &Isbi2012,
    pages: &[usize],
    side: usize,
    random: &mut ChaCha8Rng,
) -> Result<Vec<f32>, ExperimentError> {
    let size = set.size();
    let room = size.checked_sub(side).ok_or_else(|| format!("pages have a side of {size}, not {side}"))?;
    let (mut page, mut classes) = (vec![0.0; size * size], vec![0; size * size]);
    let mut values = Vec::with_capacity(pages.len() * side * side);
    for number in pages {
        let [top, left] = [(); 2].map(|()| random.random_range(0..=room));
        set.fill(&[*number], &mut page, &mut classes)?;
        for row in page.chunks_exact(size).skip(top).take(side) {
            values.extend_from_slice(&row[left..left + side]);
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(network: Architecture, seed: u64, count: usize, side: usize) -> Vec<f32> {
        let samples = Samples::open(network, Data::StandIn, None, 1, (count, 64)).unwrap();
        let batches = samples.draw(seed, count, side).unwrap();
        assert_eq!(batches.iter().map(Activations::images).sum::<usize>(), count);
        assert!(batches.iter().all(|batch| batch.size() == network.image(side)));
        batches.iter().flat_map(Activations::to_vec).collect()
    }

    /// The pixels of an image, sorted: no two images of a stand-in have the same.
    fn contents(values: &[f32], size: usize) -> std::collections::BTreeSet<Vec<u32>> {
        let bits = |image: &[f32]| image.iter().map(|value| value.to_bits()).collect();
        values.chunks_exact(size).map(bits).collect()
    }

    #[test]
    fn images_are_different_and_a_function_of_the_seed() {
        for (network, side, size) in [(Architecture::AllCnn, 32, 3072), (Architecture::UNet, 48, 2304)] {
            let first = drawn(network, 5, 20, side);
            assert_eq!(first, drawn(network, 5, 20, side));
            assert_ne!(first, drawn(network, 6, 20, side));
            assert_eq!(contents(&first, size).len(), 20);
        }
    }

    #[test]
    fn more_crops_than_pages_come_from_other_places() {
        assert_eq!(contents(&drawn(Architecture::UNet, 5, 45, 48), 2304).len(), 45);
    }

    #[test]
    fn whole_pages_are_all_pages() {
        let samples = Samples::open(Architecture::UNet, Data::StandIn, None, 1, (30, 32)).unwrap();
        let Samples::Isbi2012(set) = &samples else { panic!("ISBI 2012 is asked for") };
        let mut expected = vec![0.0; 30 * 32 * 32];
        set.fill(&(0..30).collect::<Vec<_>>(), &mut expected, &mut vec![0; 30 * 32 * 32]).unwrap();
        let found: Vec<f32> = samples.draw(9, 30, 32).unwrap().iter().flat_map(Activations::to_vec).collect();
        assert_ne!(found, expected);
        assert_eq!(contents(&found, 1024), contents(&expected, 1024));
    }

    #[test]
    fn what_there_is_not_is_refused() {
        let images = Samples::open(Architecture::AllCnn, Data::StandIn, None, 1, (2, 32)).unwrap();
        assert!(images.draw(1, 501, 32).is_err_and(|error| error.to_string().contains("500 images")));
        let pages = Samples::open(Architecture::UNet, Data::StandIn, None, 1, (2, 32)).unwrap();
        assert!(pages.draw(1, 2, 48).is_err_and(|error| error.to_string().contains("32, not 48")));
    }
}
