//! The source of all kernels, and what its kernels are called.

/// What kernels share, then those of each operation. The type `real` is declared before it.
const PARTS: [&str; 8] = [
    include_str!("pass.cu"),
    include_str!("../ops/affine/affine.cu"),
    include_str!("../ops/batch_norm/batch_norm.cu"),
    include_str!("../ops/concatenation/concatenation.cu"),
    include_str!("../ops/convolution/convolution.cu"),
    include_str!("../ops/cross_entropy/cross_entropy.cu"),
    include_str!("../ops/pooling/pooling.cu"),
    include_str!("../ops/relu/relu.cu"),
];

/// The source, for numbers of a type of C.
pub(super) fn source(real: &str) -> String {
    format!("typedef {real} real;\n{}", PARTS.join("\n"))
}

/// Every kernel with the structure that it takes, as `extern "C" __global__ void … name(Structure …)` declares them.
pub(super) fn kernels() -> Vec<(&'static str, &'static str)> {
    let declarations = PARTS.iter().flat_map(|part| part.split("extern \"C\" __global__ void ").skip(1));
    let kernel = |declaration: &'static str| {
        let (before, parameters) = declaration.split_once(" {")?.0.rsplit_once('(')?;
        Some((before.rsplit(' ').next()?, parameters.split(' ').next()?))
    };
    declarations.filter_map(kernel).collect()
}
