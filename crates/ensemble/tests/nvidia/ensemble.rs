//! What stands beside the host's code in the crate, as far as it is used. A test holds the numbers against the crate's own.

use crate::weights::WeightRows;

/// A matrix on a device.
pub(crate) type Matrix<D> = crate::tensor::Tensor<D>;

#[derive(Debug)]
pub(crate) enum EnsembleError {
    Device(#[expect(dead_code, reason = "read where a test fails")] String),
}

pub(crate) fn device_error(error: impl std::fmt::Display) -> EnsembleError {
    EnsembleError::Device(error.to_string())
}

/// Weights to be drawn.
pub(crate) struct Order(pub(crate) WeightRows);

pub(crate) trait WeightDevice: Sized {
    const BLOCKS: usize;
    #[expect(dead_code, reason = "told to the processor's threads")]
    const SIDE_BY_SIDE: bool;

    fn draw(&self, order: &Order) -> Result<Matrix<Self>, EnsembleError>;
}

pub(crate) mod kernel {
    pub(crate) const SOURCE: &str = include_str!("../../src/direct/normals.cu");
    pub(crate) const BLOCK: u32 = 256;
}

pub(crate) mod plan {
    use std::ops::Range;

    pub(crate) const BLOCK_ROWS: usize = 192;

    pub(crate) fn parts(rows: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
        let end = rows.end;
        rows.step_by(size).map(move |first| first..end.min(first + size))
    }
}

pub(crate) mod random {
    #[derive(Clone, Debug)]
    pub(crate) struct Stream;

    impl Stream {
        pub(crate) fn key(&self) -> [u32; 4] {
            [1, 2, 3, 4]
        }

        pub(crate) fn normals(&self, _: usize, _: f32, _: &mut [f32]) {}
    }
}

pub(crate) mod layout {
    pub(crate) fn from_blocks(_: &[f32], _: usize) -> Vec<f32> {
        Vec::new()
    }
}

pub(crate) mod linear {
    pub(crate) fn weights_times(_: &mut [f32], _: &[f32], _: &[f32], _: usize) {}

    pub(crate) fn add_weights_transposed(_: &mut [f32], _: &[f32], _: &[f32], _: usize) {}
}
