//! The real data sets, in the folder that REPRO_DATA_DIR names: `cargo test -p datasets --test real_data -- --ignored`.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use datasets::augment::{Deformation, PadAndCrop};
use datasets::{Cifar10, DataError, Difference, Isbi2012, Source};

fn data() -> PathBuf {
    std::env::var_os("REPRO_DATA_DIR").expect("REPRO_DATA_DIR names the folder of the real data").into()
}

fn cifar10() -> Cifar10 {
    Cifar10::open(&data()).unwrap()
}

fn isbi2012() -> Isbi2012 {
    Isbi2012::open(&data()).unwrap()
}

#[test]
#[ignore = "reads the real data sets"]
fn cifar10_is_the_set_that_everybody_knows() {
    let set = cifar10();
    assert_eq!((set.images(), set.source()), (50_000, Source::Real));
    let mut counts = [0; Cifar10::CLASSES];
    (0..set.images()).for_each(|index| counts[set.label(index).unwrap()] += 1);
    assert_eq!(counts, [5000; Cifar10::CLASSES]);
    let four_digits = |level: f64| format!("{:.4}", level / 255.0);
    let found = set.standardisation().channels().iter();
    let found: Vec<[String; 2]> = found.map(|channel| [channel.mean, channel.sd].map(four_digits)).collect();
    assert_eq!(found, [["0.4914", "0.2470"], ["0.4822", "0.2435"], ["0.4465", "0.2616"]]);
}

#[test]
#[ignore = "reads the real data sets"]
fn isbi_2012_has_as_much_membrane_as_is_known() {
    let set = isbi2012();
    assert_eq!((set.pages(), set.size(), set.source()), (30, 512, Source::Real));
    let labels = || (0..30).flat_map(|page| set.labels(page).unwrap());
    assert!(labels().all(|label| [0, 255].contains(label)));
    let share = labels().filter(|label| **label == 0).count() as f64 / (30.0 * 512.0 * 512.0);
    assert!((share - 0.22).abs() < 0.005, "{share}");
}

#[test]
#[ignore = "reads the real data sets"]
fn fingerprints_are_content_hashes() {
    let found = [Cifar10::fingerprint(Some(&data())).unwrap(), Isbi2012::fingerprint(Some(&data())).unwrap()];
    assert_eq!(found, [cifar10().content_hash(), isbi2012().content_hash()]);
}

#[test]
#[ignore = "reads the real data sets"]
fn one_changed_pixel_of_the_real_images_is_never_real() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("cifar-10-batches-bin")).unwrap();
    for file in Cifar10::FILES {
        std::fs::copy(data().join(file.path), folder.path().join(file.path)).unwrap();
    }
    let changed = folder.path().join(Cifar10::FILES[2].path);
    let mut content = std::fs::read(&changed).unwrap();
    content[1_234_567] ^= 1;
    std::fs::write(&changed, content).unwrap();
    let errors =
        [Cifar10::find(Some(folder.path())).map(drop), Cifar10::fingerprint(Some(folder.path())).map(drop)];
    for error in errors.map(Result::unwrap_err) {
        assert!(
            matches!(&error, DataError::Different { file, source: Difference::Content, .. } if *file == changed)
        );
    }
}

#[test]
#[ignore = "reads the real data sets"]
fn augmented_batches_of_real_images_are_finite_and_varied() {
    let (images, stack) = (cifar10(), isbi2012());
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
