//! One step of a forward pass after the other, over the current activations and a stack of maps kept for skips.

use super::{Activations, Layer, Step};
use crate::{Kernels, Maps, NetworkError, ops};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{NoneTape, PutTape, SplitTape, Tape};

/// Where a forward pass stands. What nothing needs any more is gone: the current activations are handed from step to
/// step by value.
#[derive(Debug)]
pub(crate) struct Walk<E: Dtype, D: Kernels<E>, T = NoneTape> {
    pub(crate) current: Activations<E, D, T>,
    /// Maps kept for skip connections, the last on top. They share their identity, and so their gradient, with the
    /// activations that went on.
    saved: Vec<Maps<E, D>>,
}

impl<E: Dtype, D: Kernels<E>, T: Tape<E, D>> Walk<E, D, T> {
    /// Before the first step.
    pub(crate) fn new(input: Activations<E, D, T>) -> Self {
        Self { current: input, saved: Vec::new() }
    }

    /// Takes a step.
    pub(crate) fn step(mut self, step: Step, layers: &[Layer<E, D>]) -> Result<Self, NetworkError> {
        self.current = match step {
            Step::Layer(layer) => layers[layer - 1].apply(self.current, layer == 1)?,
            Step::Relu => match self.current {
                Activations::Maps(maps) => ops::relu(maps)?.into(),
                Activations::Rows(rows) => ops::relu(rows)?.into(),
            },
            Step::MaxPool => ops::max_pool(self.current.maps()?)?.into(),
            Step::Subsample => ops::subsample(self.current.maps()?)?.into(),
            Step::Save => {
                let (maps, tape) = self.current.split_tape();
                self.saved.push(maps.clone().maps()?);
                maps.put_tape(tape)
            }
            Step::Concatenate => {
                let skip = self.saved.pop().expect("every blueprint saves before it concatenates");
                ops::concatenate(self.current.maps()?, &skip)?.into()
            }
            Step::ConcatenateZeros => {
                let (maps, tape) = self.current.maps()?.split_tape();
                let zeros = maps.device().try_zeros_like(maps.shape()).map_err(NetworkError::device)?;
                ops::concatenate(maps.put_tape(tape), &zeros)?.into()
            }
            Step::Average => ops::average(self.current.maps()?)?.into(),
            Step::OnePosition => ops::one_position(self.current.maps()?)?.into(),
        };
        Ok(self)
    }
}
