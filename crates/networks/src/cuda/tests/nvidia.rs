//! The kernels as NVIDIA's compilers see them, and every launch of the paper's training steps, without a card.

use super::recorder::Recorder;
use crate::cuda::source::{kernels, source};
use crate::models::{AllCnn, Mlp, Pooling, Readout, Size, Skips, UNet};
use crate::ops::tests::rehearse;
use cuda_check::{Compilers, Kernel, Launch, faults};
use std::path::Path;

/// Steps of training at the paper's sizes: ALL-CNN-C on 128 images, U-Net on whole images of ISBI 2012, a perceptron, and
/// the variants of Section 3.3; normalised and not.
fn launches() -> Vec<Launch> {
    let recorder = Recorder::default();
    let small = Size::square(3, 32);
    let large = Size::square(1, 512);
    let all_cnn = AllCnn::default();
    let unet = UNet::default();
    let perceptron = Mlp { inputs: 3000, width: 3000, depth: 3, outputs: 10 };
    for normalised in [false, true] {
        for readout in [Readout::Average, Readout::OnePosition] {
            let blueprint = AllCnn { readout, ..all_cnn }.blueprint().unwrap();
            rehearse(&recorder, &blueprint, 128, small, normalised);
        }
        for (skips, pooling) in [(Skips::Concatenated, Pooling::Max), (Skips::Zeroed, Pooling::Subsample)] {
            let blueprint = UNet { skips, pooling, ..unet }.blueprint().unwrap();
            for images in [1, 30] {
                rehearse(&recorder, &blueprint, images, large, normalised);
            }
        }
        rehearse(&recorder, &perceptron.blueprint().unwrap(), 128, Size::Rows { features: 3000 }, normalised);
    }
    recorder.launches()
}

/// The kernels that the host looks up, with what is to be said of launches alone: that a card takes their grids and
/// blocks, and that each kernel is launched and each launched one looked up.
#[test]
fn a_card_takes_every_launch_of_the_papers_steps() {
    let launches = launches();
    let looked_up = |(name, _)| {
        let launch = launches.iter().find(|launch| launch.kernel == name);
        Kernel::looked_up(name, launch.map_or(&[], |launch| &launch.parameters))
    };
    let found = faults(&kernels().into_iter().map(looked_up).collect::<Vec<_>>(), &launches);
    assert!(found.is_empty(), "{found:#?}");
    let blocks = |launch: &Launch| launch.grid.iter().product::<usize>();
    let largest = launches.iter().max_by_key(|launch| blocks(launch)).unwrap();
    assert_eq!(blocks(largest), 30 * 64 * 512 * 512 / 256, "{largest:?}");
}

/// `card.rs` hands the source over without options, and looks up what [`kernels`] names.
#[test]
#[ignore = "needs NVIDIA's compilers, in the folder that CUDA_WHEELS names"]
fn nvidia_compiles_what_is_launched() {
    assert!(include_str!("../card.rs").contains("compile_ptx(source(\"float\"))"));
    let wheels = std::env::var_os("CUDA_WHEELS").expect("CUDA_WHEELS names a folder, as in .ci/run");
    let compiled = Compilers::below(Path::new(&wheels)).unwrap().kernels(&source("float"), &[]);
    let compiled = compiled.unwrap_or_else(|error| panic!("{error}"));
    let found = faults(&compiled, &launches());
    assert!(found.is_empty(), "{found:#?}");
    for (name, _) in kernels() {
        assert!(compiled.iter().any(|kernel| kernel.name == name), "{name} is looked up, but not compiled");
    }
}
