//! What NVIDIA's compilers say of kernels with a fault each, against what is right.
#![allow(clippy::unwrap_used)]

use cuda_check::{Compilers, Launch, faults};
use std::path::Path;

const SOURCE: &str = "
struct Numbers { float *to; long long count; };
__device__ float one() { return 1; }
extern \"C\" __global__ void first(Numbers n) { if (threadIdx.x < n.count) n.to[threadIdx.x] = one(); }
extern \"C\" __global__ void __launch_bounds__(128) second(Numbers n) {
    __shared__ float there[128];
    there[threadIdx.x] = n.to[threadIdx.x];
    __syncthreads();
    n.to[threadIdx.x] = there[127 - threadIdx.x];
}
";

/// What is wrong with a source whose kernels are launched as those above are.
fn told(source: &str) -> String {
    let wheels = std::env::var_os("CUDA_WHEELS").expect("CUDA_WHEELS names a folder, as in .ci/run");
    let launches = ["first", "second"].map(|kernel| {
        let (kernel, grid) = (kernel.to_owned(), [7, 1, 1]);
        Launch { kernel, grid, threads: 128, shared: 0, parameters: vec![16] }
    });
    match Compilers::below(Path::new(&wheels)).unwrap().kernels(source, &[]) {
        Ok(kernels) => faults(&kernels, &launches).into_iter().collect::<Vec<_>>().join("; "),
        Err(error) => error.to_string(),
    }
}

#[test]
#[ignore = "needs NVIDIA's compilers, in the folder that CUDA_WHEELS names"]
fn nvidia_tells_each_fault_with_its_kernel() {
    assert_eq!(told(SOURCE), "");
    for (right, wrong, expected) in [
        ("= n.to[threadIdx.x];", "= n.to[threadIdx.x;", "[in or behind second]"),
        ("one();", "two();", "[in or behind first]"),
        (
            "void first",
            "void fist",
            "first: launched, but there is no such kernel; fist: nothing launches it",
        ),
        (
            "second(Numbers n)",
            "second(Numbers n, int m)",
            "second: parameters of [16] bytes, but it takes [16, 4]",
        ),
        (
            "long long count;",
            "long long count, more;",
            "first: parameters of [16] bytes, but it takes [24]; second:",
        ),
        ("there[128]", "there[12800]", "Entry function 'second' uses too much shared data"),
        ("__launch_bounds__(128) ", "", ""),
    ] {
        assert!(SOURCE.contains(right), "{right}");
        let found = told(&SOURCE.replace(right, wrong));
        assert!(found.contains(expected) && found.is_empty() == expected.is_empty(), "{wrong}: {found}");
    }
}
