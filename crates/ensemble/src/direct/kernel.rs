//! The kernel that draws weights on an NVIDIA card, and how it is launched. Its source is compiled when it is first used; the
//! tests also compile it for the processor and compare it with the generator that it repeats, and hand it to NVIDIA's own
//! compilers.

use crate::weights::WeightRows;

/// CUDA C++ of the kernel.
pub(super) const SOURCE: &str = include_str!("normals.cu");

/// Its name.
pub(super) const FUNCTION: &str = "fill_normals";

/// Blocks of rows that are drawn at a time: more than on the processor, as a card has memory for it and takes its time to
/// launch a kernel.
pub(super) const BLOCKS: usize = 5;

/// Threads of a block; each makes four numbers.
pub(super) const BLOCK: u32 = 256;

/// What the kernel is launched with, beside the memory that it fills: numbers, the first one's counter, their standard
/// deviation, the key of their stream.
pub(super) struct Launch {
    pub(super) blocks: u32,
    pub(super) count: u64,
    pub(super) counter: u64,
    pub(super) deviation: f32,
    pub(super) key: [u32; 4],
}

/// The launch that draws some weights.
pub(super) fn launch(weights: &WeightRows) -> Launch {
    let count = weights.len() as u64;
    let threads = count.div_ceil(64) * 16;
    Launch {
        blocks: threads.div_ceil(u64::from(BLOCK)) as u32,
        count,
        counter: (weights.first() / 4) as u64,
        deviation: weights.deviation,
        key: weights.stream.key(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::BLOCK_ROWS;
    use crate::random::{Purpose, Stream};
    use cuda_check::{Compilers, Kernel, faults};
    use std::path::Path;
    use std::process::Command;

    /// What CUDA provides, for a compiler that knows nothing of it, and a program around the kernel.
    const BEFORE: &str = r#"
        #include <cmath>
        #include <cstdio>
        #include <cstdlib>
        #include <cstring>
        #define __device__ static inline
        #define __global__
        struct place { unsigned int x; };
        static place blockIdx, blockDim, threadIdx;
        static float __uint_as_float(unsigned int bits) { float x; std::memcpy(&x, &bits, 4); return x; }
        static unsigned int __float_as_uint(float x) { unsigned int bits; std::memcpy(&bits, &x, 4); return bits; }
    "#;
    const AFTER: &str = r#"
        int main(int count, char **words) {
            unsigned long long size = std::strtoull(words[1], 0, 10), counter = std::strtoull(words[2], 0, 10);
            unsigned int k[4];
            for (int i = 0; i < 4; ++i) k[i] = std::strtoul(words[3 + i], 0, 10);
            float *out = new float[size];
            blockDim.x = 32;
            for (blockIdx.x = 0; blockIdx.x * 128ull < size + 64; ++blockIdx.x)
                for (threadIdx.x = 0; threadIdx.x < 32; ++threadIdx.x)
                    fill_normals(out, size, counter, 0.25f, k[0], k[1], k[2], k[3]);
            for (unsigned long long i = 0; i < size; ++i) std::printf("%u\n", __float_as_uint(out[i]));
        }
    "#;

    /// The first C++ compiler that answers.
    fn compiler() -> Option<&'static str> {
        let answers =
            |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success());
        ["c++", "g++", "clang++"].into_iter().find(answers)
    }

    #[test]
    #[ignore = "needs a C++ compiler"]
    fn kernel_draws_the_same_bits() {
        let compiler = compiler().expect("c++, g++ or clang++, which compiles the kernel for the processor");
        let folder = tempfile::tempdir().unwrap();
        let (source, program) = (folder.path().join("kernel.cpp"), folder.path().join("kernel"));
        std::fs::write(&source, [BEFORE, SOURCE, AFTER].join("\n")).unwrap();
        let compiled = Command::new(compiler)
            .args(["-O1", "-ffp-contract=off", "-w", "-o"])
            .args([&program, &source])
            .output()
            .unwrap();
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));

        for (size, first, seed) in [(10_007, 0, 5), (3000, 64 * 1001, 1 << 60), (200, 1 << 36, 17)] {
            let stream = Stream::new(seed, 12, 49, Purpose::Weights);
            let mut expected = vec![0.0; size];
            stream.normals(first, 0.25, &mut expected);
            let words = [size, first / 4].into_iter().map(|word| word.to_string());
            let words = words.chain(stream.key().map(|word| word.to_string()));
            let output = Command::new(&program).args(words).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let found = text.lines().map(|line| f32::from_bits(line.parse().unwrap())).collect::<Vec<_>>();
            assert_eq!(found, expected, "{size} numbers from position {first} on");
        }
    }

    /// The launches that draw a layer of that width.
    fn launches(width: usize) -> Vec<cuda_check::Launch> {
        let stream = Stream::new(5, 0, 1, Purpose::Weights);
        let layer = WeightRows { stream, rows: 0..width, fan_in: width, deviation: 0.25 };
        let parts = layer.parts(BLOCKS * BLOCK_ROWS).map(|part| {
            let Launch { blocks, count, counter, deviation, key } = launch(&part);
            assert!(u64::from(blocks) * u64::from(BLOCK) * 4 >= count, "{blocks} blocks for {count} weights");
            let sizes =
                [size_of::<usize>(), size_of_val(&count), size_of_val(&counter), size_of_val(&deviation)];
            cuda_check::Launch {
                kernel: FUNCTION.to_owned(),
                grid: [blocks as usize, 1, 1],
                threads: BLOCK as usize,
                shared: 0,
                parameters: sizes.into_iter().chain(key.iter().map(size_of_val)).collect(),
            }
        });
        parts.collect()
    }

    /// At the paper's width and at widths of 10⁷, which only a card would draw one by one.
    #[test]
    fn a_card_takes_every_launch() {
        for width in [1, 3000, 10_000_000] {
            let launches = launches(width);
            let found = faults(&[Kernel::looked_up(FUNCTION, &launches[0].parameters)], &launches);
            assert!(found.is_empty(), "{width}: {found:#?}");
        }
    }

    #[test]
    #[ignore = "needs NVIDIA's compilers, in the folder that CUDA_WHEELS names"]
    fn nvidia_compiles_what_is_launched() {
        assert!(include_str!("cuda.rs").contains("prec_sqrt: Some(true), fmad: Some(false)"));
        let options = ["--prec-sqrt=true", "--fmad=false"].map(str::to_owned);
        let wheels = std::env::var_os("CUDA_WHEELS").expect("CUDA_WHEELS names a folder, as in .ci/run");
        let compilers = Compilers::below(Path::new(&wheels)).unwrap();
        let compiled = compilers.kernels(SOURCE, &options).unwrap_or_else(|error| panic!("{error}"));
        let found = faults(&compiled, &launches(3000));
        assert!(found.is_empty(), "{found:#?}");

        // What is rounded by itself on the processor is so here: PTX without `.rn` may be fused by the assembler.
        let ptx = compilers.compile(SOURCE, &options).unwrap();
        for loose in ["add.f32", "sub.f32", "mul.f32", "mad.f32", "approx", ".ftz"] {
            assert!(!ptx.contains(loose), "{FUNCTION}: {loose}");
        }
    }
}
