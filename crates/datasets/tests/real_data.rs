//! The real data sets, where REPRO_DATA_DIR names a folder that has them; elsewhere these tests say that they were
//! skipped.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::time::Instant;

use datasets::augment::{Deformation, PadAndCrop};
use datasets::{Cifar10, Isbi2012, Source};

/// The data folder, or a line that says why there is none.
fn data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("REPRO_DATA_DIR").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: no real data for {test}: REPRO_DATA_DIR is not set");
    }
    folder
}

fn cifar10(test: &str) -> Option<Cifar10> {
    let set = Cifar10::find(Some(&data(test)?)).unwrap();
    if set.is_none() {
        eprintln!("skipped: no CIFAR-10 in REPRO_DATA_DIR for {test}");
    }
    set
}

fn isbi2012(test: &str) -> Option<Isbi2012> {
    let set = Isbi2012::find(Some(&data(test)?)).unwrap();
    if set.is_none() {
        eprintln!("skipped: no ISBI 2012 in REPRO_DATA_DIR for {test}");
    }
    set
}

#[test]
fn cifar10_is_the_set_that_everybody_knows() {
    let Some(set) = cifar10("the statistics of CIFAR-10") else { return };
    assert_eq!((set.images(), set.source()), (50_000, Source::Real));
    let mut counts = [0; Cifar10::CLASSES];
    (0..set.images()).for_each(|index| counts[set.label(index).unwrap()] += 1);
    assert_eq!(counts, [5000; Cifar10::CLASSES]);
    let four_digits = |level: f64| format!("{:.4}", level / 255.0);
    let found = set.standardisation().channels().iter();
    let found: Vec<[String; 2]> = found.map(|channel| [channel.mean, channel.sd].map(four_digits)).collect();
    assert_eq!(found, [["0.4914", "0.2470"], ["0.4822", "0.2435"], ["0.4465", "0.2616"]]);
}

/// The hashes that data/datasets.toml gives for the decoded pixels.
#[test]
fn isbi_2012_has_the_pixels_of_the_catalogue() {
    let Some(set) = isbi2012("the pixels of ISBI 2012") else { return };
    assert_eq!((set.pages(), set.size(), set.source()), (30, 512, Source::Real));
    let catalogue = include_str!("../../../data/datasets.toml");
    for pages in [Isbi2012::pixels, Isbi2012::labels] {
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        (0..30).for_each(|page| digest.update(pages(&set, page).unwrap()));
        let digits: String = digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let line = format!("pixels = {{ pages = 30, width = 512, height = 512, sha256 = \"{digits}\" }}");
        assert!(catalogue.contains(&line), "{digits}");
    }
    let membrane = (0..30).flat_map(|page| set.labels(page).unwrap()).filter(|label| **label == 0).count();
    let share = membrane as f64 / (30.0 * 512.0 * 512.0);
    assert!((share - 0.22).abs() < 0.005, "{share}");
}

#[test]
fn fingerprints_are_content_hashes_and_quickly_made() {
    let (Some(data), Some(images)) = (data("fingerprints"), cifar10("fingerprints")) else { return };
    let Some(stack) = isbi2012("fingerprints") else { return };
    let started = Instant::now();
    let found = [Cifar10::fingerprint(Some(&data)).unwrap(), Isbi2012::fingerprint(Some(&data)).unwrap()];
    eprintln!("fingerprints took {:?}", started.elapsed());
    assert_eq!(found, [images.content_hash(), stack.content_hash()]);
}

#[test]
fn augmented_batches_of_real_images_are_finite_and_varied() {
    let Some(images) = cifar10("augmentation of CIFAR-10") else { return };
    let Some(stack) = isbi2012("augmentation of ISBI 2012") else { return };
    let mut batch = vec![f32::NAN; 4 * Cifar10::PIXELS];
    images.fill_augmented(&PadAndCrop { seed: 1 }, 3, &[0, 1, 2, 49_999], &mut batch).unwrap();
    assert!(batch.iter().all(|value| value.abs() < 3.0) && batch.iter().any(|value| *value > 0.5));
    let (mut pages, mut classes) = (vec![f32::NAN; 512 * 512], vec![9; 512 * 512]);
    let paper = Deformation::of_the_paper(1, 512);
    stack.fill_augmented(&paper, 3, &[29], &mut pages, &mut classes).unwrap();
    assert!(pages.iter().all(|value| value.abs() < 4.0));
    let membrane = classes.iter().filter(|class| **class == 0).count() as f64 / classes.len() as f64;
    assert!((0.1..0.4).contains(&membrane), "{membrane}");
}
