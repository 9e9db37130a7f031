//! What a forward pass keeps alive at once. A test binary of its own: it counts every byte that is allocated.
#![allow(clippy::unwrap_used)]

use dfdx::tensor::{Cpu, ZerosTensor};
use networks::Maps;
use networks::initialise::{Initialisation, initialise};
use networks::models::{Network, UNet};
use networks::observe::observe;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATIONS: PeakAlloc = PeakAlloc;

/// Bytes that the processor's kernels keep to work in, at most.
const KEPT: f64 = (16 << 20) as f64;

/// Bytes at the peak of `work`, beyond what was there before.
fn peak(work: impl FnOnce()) -> f64 {
    let before = ALLOCATIONS.current_usage();
    ALLOCATIONS.reset_peak_usage();
    work();
    (ALLOCATIONS.peak_usage() - before) as f64
}

/// U-Net's largest maps, of w channels at full size, are the unit of memory here. The skips of the four levels take
/// 1 + ½ + ¼ + ⅛. At the highest level on the way up, two more are concatenated to twice one map, next to those that
/// they are made of: the peak is about four, where keeping all 23 layers would take more than 20.
#[test]
fn unet_keeps_few_maps_alive() {
    let (width, side) = (16, 384);
    let blueprint = UNet { base_width: width, ..UNet::default() }.blueprint().unwrap();
    let mut network = Network::<f32, _>::new(blueprint, &Cpu::default()).unwrap();
    initialise(&mut network, Initialisation::Kaiming, 1, &[]).unwrap();
    let image: Maps<f32, Cpu> = Cpu::default().zeros_like(&(1, 1, side, side));
    let map = (4 * width * side * side) as f64;
    // Beside the maps stands what convolutions keep to work in from one to the next.
    let beside = |bytes: f64| (bytes - KEPT) / map;
    let forward = beside(peak(|| drop(network.forward(image.clone()).unwrap())));
    assert!(forward < 4.5, "{forward:.2} maps at once");
    // Two images: twice the maps. Beside a layer's own, there is a copy of them on the processor while it is observed, and
    // for each unit two sums in double precision, as much as four maps.
    let images: Maps<f32, Cpu> = Cpu::default().zeros_like(&(2, 1, side, side));
    let observed = beside(peak(|| drop(observe(&network, &[images.into()]).unwrap())));
    assert!(observed < 11.0, "{observed:.2} maps at once");
}
