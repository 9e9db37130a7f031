use std::f64::consts::TAU;

use super::*;

const SIDE: usize = Cifar10::SIDE;

fn levels(set: &Cifar10, index: usize) -> Vec<f64> {
    set.pixels(index).unwrap().iter().map(|level| f64::from(*level)).collect()
}

/// The Fourier transform of every row, from the definition, as columns.
fn transformed(rows: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let entry = |place: usize| {
        let (k, row) = (place / SIDE, &rows[place % SIDE * SIDE..][..SIDE]);
        row.iter().enumerate().fold([0.0, 0.0], |[real, imaginary], (x, [re, im])| {
            let (sine, cosine) = (TAU * (k * x % SIDE) as f64 / SIDE as f64).sin_cos();
            [real + cosine * re + sine * im, imaginary + cosine * im - sine * re]
        })
    };
    (0..SIDE * SIDE).map(entry).collect()
}

/// |Fourier transform|² of a channel, along one axis after the other.
fn powers(plane: &[f64]) -> Vec<f64> {
    let plane: Vec<[f64; 2]> = plane.iter().map(|level| [*level, 0.0]).collect();
    transformed(&transformed(&plane)).into_iter().map(|[re, im]| re * re + im * im).collect()
}

/// Slope of log power against log frequency by least squares, every mode from 1 to 15 periods per image counting once.
fn spectral_slope(set: &Cifar10) -> f64 {
    let mut mean = vec![0.0; SIDE * SIDE];
    for index in 0..set.images() {
        for plane in levels(set, index).chunks(SIDE * SIDE) {
            mean.iter_mut().zip(powers(plane)).for_each(|(mean, power)| *mean += power);
        }
    }
    let along = |index: usize| index.min(SIDE - index) as f64;
    let modes =
        mean.iter().enumerate().map(|(place, power)| (along(place / SIDE).hypot(along(place % SIDE)), power));
    let points: Vec<[f64; 2]> = modes
        .filter(|(frequency, _)| (1.0..=15.0).contains(frequency))
        .map(|(frequency, power)| [frequency.ln(), power.ln()])
        .collect();
    let centre = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / points.len() as f64);
    let moment = |axis: usize| -> f64 {
        points.iter().map(|point| (point[0] - centre[0]) * (point[axis] - centre[axis])).sum()
    };
    moment(1) / moment(0)
}

/// In power against frequency, all three channels. The noise alone has -2; clipping to grey levels flattens it a little.
#[test]
fn power_falls_with_the_square_of_frequency() {
    let slope = spectral_slope(&cifar10(1, 150).unwrap());
    assert!((slope + 2.0).abs() < 0.1, "slope {slope}");
}

#[test]
fn classes_are_balanced_and_in_random_order() {
    for (images, least) in [(1000, 100), (1003, 100), (7, 0)] {
        let set = cifar10(2, images).unwrap();
        let labels: Vec<usize> = (0..images).map(|index| set.label(index).unwrap()).collect();
        for class in 0..Cifar10::CLASSES {
            let count = labels.iter().filter(|label| **label == class).count();
            assert!(count == least || count == least + 1, "{count} of class {class} among {images}");
        }
        let sequence: Vec<usize> = (0..images).map(|index| index % 10).collect();
        assert_ne!(labels, sequence);
    }
}

/// Means of the classes over the first half, tried on the second: 1000 images, standard error below 0.016.
#[test]
fn the_nearest_class_mean_beats_chance_and_is_not_perfect() {
    let set = cifar10(3, 2000).unwrap();
    let mut means = vec![vec![0.0; Cifar10::PIXELS]; Cifar10::CLASSES];
    let labels: Vec<usize> = (0..1000).map(|index| set.label(index).unwrap()).collect();
    for (index, class) in labels.iter().enumerate() {
        let count = labels.iter().filter(|label| *label == class).count() as f64;
        means[*class].iter_mut().zip(levels(&set, index)).for_each(|(mean, level)| *mean += level / count);
    }
    let right = (1000..2000)
        .filter(|index| {
            let image = levels(&set, *index);
            let distance = |mean: &Vec<f64>| -> f64 {
                mean.iter().zip(&image).map(|(mean, level)| (mean - level).powi(2)).sum()
            };
            let distances: Vec<f64> = means.iter().map(distance).collect();
            let nearest =
                (0..Cifar10::CLASSES).min_by(|one, other| distances[*one].total_cmp(&distances[*other]));
            nearest == set.label(*index)
        })
        .count();
    assert!((250..=700).contains(&right), "{right} of 1000 right, where chance has 100");
}

#[test]
fn pixels_are_about_as_bright_and_varied_as_the_real_ones() {
    let set = cifar10(4, 300).unwrap();
    for channel in set.standardisation().channels() {
        assert!((channel.mean - 120.0).abs() < 12.0 && (channel.sd - 58.0).abs() < 6.0, "{channel:?}");
    }
}

#[test]
fn a_seed_makes_the_same_images_and_another_seed_others() {
    let images = |seed| cifar10(seed, 40).unwrap().content_hash();
    let pages = |seed| isbi(seed, 2, 40).unwrap().content_hash();
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(images(1), one_thread.install(|| images(1)));
    assert_eq!(pages(1), one_thread.install(|| pages(1)));
    assert_ne!(images(1), images(2));
    assert_ne!(pages(1), pages(2));
    assert_eq!(
        (cifar10(1, 1).unwrap().source(), isbi(1, 1, 16).unwrap().source()),
        (Source::StandIn, Source::StandIn)
    );
}

#[test]
fn images_of_a_class_and_pages_differ() {
    let set = cifar10(1, 40).unwrap();
    let stack = isbi(1, 2, 40).unwrap();
    assert!((1..40).all(|index| set.pixels(index) != set.pixels(0)));
    assert_ne!(stack.pixels(0), stack.pixels(1));
    assert_ne!(stack.labels(0), stack.labels(1));
}

#[test]
fn membrane_is_22_percent_of_every_page_and_darker() {
    // The smallest page lies within a cell or two, whose membranes may be faint.
    for (size, least) in [(16, 10.0), (100, 40.0), (256, 40.0)] {
        let stack = isbi(5, 2, size).unwrap();
        for page in 0..2 {
            let pairs: Vec<(f64, u8)> = stack
                .pixels(page)
                .unwrap()
                .iter()
                .zip(stack.labels(page).unwrap())
                .map(|(level, label)| (f64::from(*level), *label))
                .collect();
            let of = |wanted: u8| -> Vec<f64> {
                pairs.iter().filter(|(_, label)| *label == wanted).map(|(level, _)| *level).collect()
            };
            let (membrane, inside) = (of(0), of(255));
            assert_eq!(membrane.len() + inside.len(), size * size);
            let share = membrane.len() as f64 / pairs.len() as f64;
            assert!((share - 0.22).abs() < 0.005, "{share} of page {page}, size {size}");
            let mean = |levels: &[f64]| levels.iter().sum::<f64>() / levels.len() as f64;
            assert!(mean(&inside) - mean(&membrane) > least, "{} {}", mean(&inside), mean(&membrane));
        }
    }
}

/// Membranes cannot be told by their grey level alone: the best threshold makes mistakes.
#[test]
fn a_threshold_does_not_segment_the_stand_in() {
    let stack = isbi(6, 2, 256).unwrap();
    let mistakes = |threshold: u8| {
        let pages =
            (0..2).flat_map(|page| stack.pixels(page).unwrap().iter().zip(stack.labels(page).unwrap()));
        pages.filter(|(level, label)| (**level < threshold) == (**label == 255)).count() as f64
            / (2.0 * 65536.0)
    };
    let best = (0..=255).map(mistakes).fold(f64::INFINITY, f64::min);
    assert!((0.03..0.2).contains(&best), "{best}");
}

#[test]
fn senseless_sizes_are_refused() {
    assert_eq!(
        cifar10(1, 0).unwrap_err().to_string(),
        "the images of a stand-in must be from 1 to 1000000, not 0"
    );
    assert!(isbi(1, 0, 64).is_err() && isbi(1, 1001, 64).is_err());
    assert!(isbi(1, 1, 15).is_err() && isbi(1, 1, 4097).is_err());
}
