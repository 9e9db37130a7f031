//! The kernel that draws weights on an NVIDIA card. Its source is compiled when it is first used; here it is also
//! compiled for the processor and compared with the generator that it repeats.

/// CUDA C++ of `fill_normals`.
pub(super) const SOURCE: &str = include_str!("normals.cu");

/// Threads of a block; each makes four numbers.
#[cfg(feature = "cuda")]
pub(super) const BLOCK: u32 = 256;

#[cfg(test)]
mod tests {
    use super::SOURCE;
    use crate::random::{Purpose, Stream};
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
}
