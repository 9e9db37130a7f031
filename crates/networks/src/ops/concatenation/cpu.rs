//! Maps stacked along channels, on the processor.

use super::Concatenation;
use crate::operation::{Backward, CpuKernel, CpuPass, Real};
use rayon::prelude::*;

/// Elements that one thread copies or adds at a time.
const CHUNK: usize = 1 << 14;

impl CpuKernel<2> for Concatenation {
    fn forward<E: Real>(&self, [x, y]: [&[E]; 2]) -> Vec<E> {
        let [first, second] = self.lengths();
        let mut z = vec![E::zero(); x.len() + y.len()];
        for (image, z) in z.chunks_exact_mut((first + second).max(1)).enumerate() {
            let (left, right) = z.split_at_mut(first);
            copy(&x[image * first..(image + 1) * first], left);
            copy(&y[image * second..(image + 1) * second], right);
        }
        z
    }

    fn backward<E: Real>(&self, Backward { dy: dz, gradients, .. }: CpuPass<'_, 2, E>) {
        let lengths = self.lengths();
        for ((part, length), first) in gradients.into_iter().zip(lengths).zip([0, lengths[0]]) {
            for (image, part) in part.chunks_exact_mut(length.max(1)).enumerate() {
                let dz = &dz[image * (lengths[0] + lengths[1]) + first..][..length];
                part.par_chunks_mut(CHUNK).zip(dz.par_chunks(CHUNK)).for_each(|(part, dz)| {
                    part.iter_mut().zip(dz).for_each(|(part, dz)| *part += *dz);
                });
            }
        }
    }
}

impl Concatenation {
    /// Numbers per image of both inputs.
    fn lengths(&self) -> [usize; 2] {
        self.channels.map(|channels| channels * self.positions)
    }
}

fn copy<E: Real>(from: &[E], to: &mut [E]) {
    to.par_chunks_mut(CHUNK).zip(from.par_chunks(CHUNK)).for_each(|(to, from)| to.copy_from_slice(from));
}
