use super::*;
use crate::{Isbi2012, Source, stand_in};

const SIDE: usize = 24;

/// A stack whose label is 255 where the pixel is bright: whatever moves pixels must move labels along.
fn stack() -> Isbi2012 {
    let pixels: Vec<u8> =
        (0..2 * SIDE * SIDE).map(|place| if place * place % 7 < 3 { 10 } else { 200 }).collect();
    let labels = pixels.iter().map(|level| if *level > 100 { 255 } else { 0 }).collect();
    Isbi2012::from_stacks(SIDE, pixels, labels, Source::StandIn)
}

/// Grey levels and labels of a crop of a page.
fn applied(deformation: Deformation, stack: &Isbi2012, iteration: u64, page: usize) -> (Vec<f32>, Vec<u8>) {
    let mut out = (Vec::new(), Vec::new());
    let deformed = deformation.drawn(stack.size(), [iteration, page as u64]);
    deformed.apply(stack.pixels(page).unwrap(), stack.labels(page).unwrap(), |place, level, label| {
        assert_eq!(place, out.0.len());
        out.0.push(level);
        out.1.push(label);
    });
    out
}

fn levels(page: &[u8]) -> Vec<f32> {
    page.iter().map(|level| f32::from(*level)).collect()
}

#[test]
fn a_warp_without_displacement_is_the_identity() {
    let stack = stack();
    let still = Deformation::cropping(1, SIDE).warping(Warp::new(3, 0.0).unwrap());
    let (pixels, labels) = applied(still, &stack, 4, 1);
    assert_eq!(pixels, levels(stack.pixels(1).unwrap()));
    assert_eq!(labels, stack.labels(1).unwrap());
}

#[test]
fn pixels_and_labels_turn_together_through_all_eight() {
    let stack = stack();
    let turning = Deformation::cropping(1, SIDE).turning();
    let mut counts = [0i32; 8];
    for iteration in 0..800 {
        let (pixels, labels) = applied(turning, &stack, iteration, 0);
        let which = Symmetry::ALL
            .iter()
            .position(|symmetry| levels(&symmetry.apply(stack.pixels(0).unwrap(), SIDE)) == pixels)
            .unwrap();
        assert_eq!(labels, Symmetry::ALL[which].apply(stack.labels(0).unwrap(), SIDE));
        counts[which] += 1;
    }
    // Each 100 times; six standard deviations are 56.
    assert!(counts.iter().all(|count| (count - 100).abs() < 56), "{counts:?}");
}

#[test]
fn crops_are_windows_at_every_place() {
    let stack = stack();
    let (crop, places) = (20, SIDE - 20 + 1);
    let mut seen = vec![0i32; places * places];
    for iteration in 0..2500 {
        let (pixels, labels) = applied(Deformation::cropping(3, crop), &stack, iteration, 0);
        let [top, left] = Deformation::cropping(3, crop).drawn(SIDE, [iteration, 0]).corner;
        let source = |place: usize| (top + place / crop) * SIDE + left + place % crop;
        for place in 0..crop * crop {
            assert_eq!(pixels[place], f32::from(stack.pixels(0).unwrap()[source(place)]));
            assert_eq!(labels[place], stack.labels(0).unwrap()[source(place)]);
        }
        seen[top * places + left] += 1;
    }
    // Each 100 times; six standard deviations are 59.
    assert!(seen.iter().all(|count| (count - 100).abs() < 59), "{seen:?}");
}

/// A crop of a warped page is that part of the page warped whole.
#[test]
fn a_crop_is_a_window_of_the_warped_page() {
    let stack = stack();
    let warped = |crop| Deformation::cropping(5, crop).turning().warping(Warp::RONNEBERGER);
    let (whole, whole_labels) = applied(warped(SIDE), &stack, 9, 1);
    let (part, part_labels) = applied(warped(10), &stack, 9, 1);
    let [top, left] = warped(10).drawn(SIDE, [9, 1]).corner;
    for place in 0..100 {
        let source = (top + place / 10) * SIDE + left + place % 10;
        assert_eq!((part[place], part_labels[place]), (whole[source], whole_labels[source]));
    }
}

/// On a page whose grey level is a linear function of the place, linear interpolation is exact: the level found tells
/// where the value was taken from.
#[test]
fn values_come_from_where_the_displacement_points() {
    let side = 120;
    let pixels: Vec<u8> = (0..side * side).map(|place| (place / side + place % side) as u8).collect();
    let labels: Vec<u8> = pixels.iter().map(|level| if *level < 120 { 0 } else { 255 }).collect();
    let deformed = Deformation::cropping(2, side).warping(Warp::new(3, 4.0).unwrap()).drawn(side, [1, 0]);
    let displacement = deformed.displacement.clone().unwrap();
    let inside = |place: f32| (0.0..=(side - 1) as f32).contains(&place);
    let mut moved = 0.0f32;
    deformed.apply(&pixels, &labels, |place, level, label| {
        let (row, column) = (place / side, place % side);
        let [down, right] = displacement.at(row, column).unwrap();
        let (y, x) = (row as f32 + down, column as f32 + right);
        if inside(y) && inside(x) {
            assert!((level - (y + x)).abs() < 1e-3, "{row} {column}: {level} {}", y + x);
            let nearest = y.round() + x.round();
            let on_the_fence = (y.fract() - 0.5).abs() < 1e-3 || (x.fract() - 0.5).abs() < 1e-3;
            assert!(on_the_fence || (label == 0) == (nearest < 120.0));
            moved = moved.max(down.abs()).max(right.abs());
        }
    });
    assert!(moved > 2.0, "a warp that moves nothing");
}

#[test]
fn the_border_is_a_mirror_at_the_outermost_pixels() {
    let expected =
        [(-1.0, 1.0), (-2.5, 2.5), (4.0, 4.0), (4.5, 3.5), (5.0, 3.0), (8.0, 0.0), (9.0, 1.0), (-9.0, 1.0)];
    for (place, found) in expected {
        assert_eq!(mirrored(place, 5), found, "{place}");
    }
    assert_eq!(mirrored(-3.7, 1), 0.0);
    for place in [-1e-30, -1e-8, 4.000_000_5, 1e6, -1e6] {
        assert!((0.0..=4.0).contains(&mirrored(place, 5)), "{place}");
    }
}

/// Displacements of many times the page's size stay within it.
#[test]
fn wild_warps_of_tiny_pages_are_sound() {
    for side in [1, 2, 3] {
        let page = vec![100; side * side];
        for iteration in 0..200 {
            let wild = Deformation::cropping(1, side).turning().warping(Warp::new(2, 1e4).unwrap());
            wild.drawn(side, [iteration, 0]).apply(&page, &page, |_, level, label| {
                assert_eq!((level, label), (100.0, 100));
            });
        }
    }
}

#[test]
fn batches_depend_on_seed_iteration_and_page_alone() {
    let set = stand_in::isbi(3, 3, 64).unwrap();
    let batch = |seed, iteration, pages: &[usize]| {
        let (mut images, mut classes) =
            (vec![f32::NAN; pages.len() * 48 * 48], vec![9; pages.len() * 48 * 48]);
        let deformation = Deformation::of_the_paper(seed, 48);
        set.fill_augmented(&deformation, iteration, pages, &mut images, &mut classes).unwrap();
        assert!(images.iter().all(|value| value.is_finite()) && classes.iter().all(|class| *class < 2));
        (images, classes)
    };
    let whole = batch(1, 5, &[0, 1, 2]);
    let alone = batch(1, 5, &[1]);
    assert_eq!(alone.0, whole.0[48 * 48..2 * 48 * 48]);
    assert_eq!(alone.1, whole.1[48 * 48..2 * 48 * 48]);
    assert_ne!(whole, batch(2, 5, &[0, 1, 2]));
    assert_ne!(whole, batch(1, 6, &[0, 1, 2]));
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| batch(1, 5, &[0, 1, 2])), whole);
    }
}

#[test]
fn crops_that_do_not_fit_are_refused() {
    let stack = stack();
    let said = |crop: usize| {
        let (mut images, mut classes) = (vec![0.0; crop * crop], vec![0; crop * crop]);
        let cropping = Deformation::cropping(1, crop);
        stack.fill_augmented(&cropping, 0, &[0], &mut images, &mut classes).unwrap_err().to_string()
    };
    assert_eq!(said(25), "the side of a crop must be from 1 to 24, not 25");
    assert_eq!(said(0), "the side of a crop must be from 1 to 24, not 0");
}
