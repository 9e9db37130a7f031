//! The kernel that draws weights on a card, without one: the host's own `src/direct/cuda.rs` is compiled here against
//! stand-ins of the crates that it calls. They take note of what it hands to the run-time compiler and what it launches.
//!
//! Nothing starts it yet: `Ensemble::run_on` asks for a device that threads share, which dfdx's `Cuda` is not.
#![allow(clippy::unwrap_used)]

extern crate self as cudarc;
extern crate self as dfdx;

#[path = "../src/direct/cuda.rs"]
mod cuda;
#[path = "nvidia/driver.rs"]
mod driver;
#[path = "nvidia/ensemble.rs"]
mod ensemble;
#[path = "nvidia/nvrtc.rs"]
mod nvrtc;
#[path = "nvidia/tensor.rs"]
mod tensor;
#[allow(dead_code, reason = "what draws and multiplies on the processor")]
#[path = "../src/weights.rs"]
mod weights;

use cuda_check::{Compilers, Kernel, Launch, faults};
use driver::Card;
use ensemble::{
    EnsembleError, Matrix, Order, WeightDevice, device_error, kernel, layout, linear, plan, random,
};
use std::path::Path;
use tensor::Cuda;
use weights::WeightRows;

/// What the host asks of a card to draw the weights of a layer of that width.
fn layer(width: usize) -> Card {
    let weights = WeightRows { stream: random::Stream, rows: 0..width, fan_in: width, deviation: 0.25 };
    for part in weights.parts(Cuda::BLOCKS * plan::BLOCK_ROWS) {
        let count = part.len();
        Cuda.draw(&Order(part)).unwrap();
        let Launch { grid, threads, .. } = Card::last_launch();
        assert!(grid[0] * threads * 4 >= count, "{grid:?} blocks of {threads} threads for {count} weights");
    }
    Card::take()
}

/// At the paper's width and at widths of 10⁷, which only a card would draw one by one.
#[test]
fn a_card_takes_every_launch() {
    for (what, file) in [
        ("BLOCK: u32 = 256;", include_str!("../src/direct/kernel.rs")),
        ("BLOCK_ROWS: usize = 192;", include_str!("../src/plan.rs")),
        ("fn key(&self) -> [u32; 4]", include_str!("../src/random/stream.rs")),
    ] {
        assert!(file.contains(what), "a stand-in says {what}");
    }
    for width in [1, 3000, 10_000_000] {
        let card = layer(width);
        let looked_up = |name: &String| Kernel::looked_up(name, &card.launches[0].parameters);
        let found = faults(&card.loaded.iter().map(looked_up).collect::<Vec<_>>(), &card.launches);
        assert!(found.is_empty(), "{width}: {found:#?}");
    }
}

#[test]
#[ignore = "needs NVIDIA's compilers, in the folder that CUDA_WHEELS names"]
fn nvidia_compiles_what_is_launched() {
    let wheels = std::env::var_os("CUDA_WHEELS").expect("CUDA_WHEELS names a folder, as in .ci/run");
    let compilers = Compilers::below(Path::new(&wheels)).unwrap();
    let card = layer(3000);
    let compiled = compilers.kernels(&card.source, &card.options);
    let found = faults(&compiled.unwrap_or_else(|error| panic!("{error}")), &card.launches);
    assert!(found.is_empty(), "{found:#?}");

    // What is rounded by itself on the processor is so here: PTX without `.rn` may be fused by the assembler.
    let ptx = compilers.compile(&card.source, &card.options).unwrap();
    for loose in ["add.f32", "sub.f32", "mul.f32", "mad.f32", "approx", ".ftz"] {
        assert!(!ptx.contains(loose), "fill_normals: {loose}");
    }
}
