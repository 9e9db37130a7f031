//! What flows through a network: maps, or rows behind the last of the maps.

use super::Size;
use crate::{Kernels, Maps, NetworkError, Rows};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{NoneTape, PutTape, SplitTape};

/// The activations or pre-activations of some images at one place of a network.
#[derive(Clone, Debug)]
pub enum Activations<E: Dtype, D: Kernels<E>, T = NoneTape> {
    /// Images × channels × height × width.
    Maps(Maps<E, D, T>),
    /// Images × features.
    Rows(Rows<E, D, T>),
}

impl<E: Dtype, D: Kernels<E>, T> Activations<E, D, T> {
    /// The number of images.
    pub fn images(&self) -> usize {
        match self {
            Self::Maps(maps) => maps.shape().0,
            Self::Rows(rows) => rows.shape().0,
        }
    }

    /// The size of one image.
    pub fn size(&self) -> Size {
        match self {
            Self::Maps(maps) => {
                let (_, channels, height, width) = *maps.shape();
                Size::Maps { channels, height, width }
            }
            Self::Rows(rows) => Size::Rows { features: rows.shape().1 },
        }
    }

    /// The numbers, image by image, channel by channel, row by row.
    pub fn to_vec(&self) -> Vec<E> {
        match self {
            Self::Maps(maps) => maps.as_vec(),
            Self::Rows(rows) => rows.as_vec(),
        }
    }

    /// The maps.
    ///
    /// # Errors
    /// These are rows.
    pub fn maps(self) -> Result<Maps<E, D, T>, NetworkError> {
        match self {
            Self::Maps(maps) => Ok(maps),
            Self::Rows(_) => Err(NetworkError::Form { expected: "maps", found: self.size() }),
        }
    }

    /// The rows.
    ///
    /// # Errors
    /// These are maps.
    pub fn rows(self) -> Result<Rows<E, D, T>, NetworkError> {
        match self {
            Self::Rows(rows) => Ok(rows),
            Self::Maps(_) => Err(NetworkError::Form { expected: "rows", found: self.size() }),
        }
    }

    /// The numbers and the tape apart. No number is copied.
    pub(crate) fn split_tape(self) -> (Activations<E, D>, T) {
        match self {
            Self::Maps(maps) => {
                let (maps, tape) = maps.split_tape();
                (Activations::Maps(maps), tape)
            }
            Self::Rows(rows) => {
                let (rows, tape) = rows.split_tape();
                (Activations::Rows(rows), tape)
            }
        }
    }
}

impl<E: Dtype, D: Kernels<E>> Activations<E, D> {
    /// The same with a tape.
    pub(crate) fn put_tape<T>(self, tape: T) -> Activations<E, D, T> {
        match self {
            Self::Maps(maps) => Activations::Maps(maps.put_tape(tape)),
            Self::Rows(rows) => Activations::Rows(rows.put_tape(tape)),
        }
    }
}

impl<E: Dtype, D: Kernels<E>, T> From<Maps<E, D, T>> for Activations<E, D, T> {
    fn from(maps: Maps<E, D, T>) -> Self {
        Self::Maps(maps)
    }
}

impl<E: Dtype, D: Kernels<E>, T> From<Rows<E, D, T>> for Activations<E, D, T> {
    fn from(rows: Rows<E, D, T>) -> Self {
        Self::Rows(rows)
    }
}
