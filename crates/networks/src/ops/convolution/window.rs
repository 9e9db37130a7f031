//! How a convolution's kernel moves over the maps, and the sizes that follow.

use crate::error::{NetworkError, agree, nonzero};

/// What surrounds the maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Nothing: the kernel stays within the maps.
    None,
    /// So many rows and columns of zeros at each edge.
    Zero(usize),
    /// So many rows and columns at each edge, mirrored at the outermost row or column, which is not repeated.
    Reflect(usize),
}

impl Padding {
    /// Rows or columns added at each edge.
    #[inline]
    pub fn size(self) -> usize {
        match self {
            Self::None => 0,
            Self::Zero(size) | Self::Reflect(size) => size,
        }
    }

    /// Which of `length` rows stands at row `index` of the padded map, or none for a row of zeros.
    #[inline]
    pub(crate) fn source(self, index: usize, length: usize) -> Option<usize> {
        let index = index as isize - self.size() as isize;
        let last = length as isize - 1;
        match self {
            _ if (0..=last).contains(&index) => Some(index as usize),
            Self::Reflect(_) => Some(if index < 0 { -index } else { 2 * last - index } as usize),
            _ => None,
        }
    }
}

/// How the kernel moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Rows and columns from one position to the next.
    pub stride: usize,
    /// What surrounds the maps.
    pub padding: Padding,
}

/// y = kernel ∗ x + bias, of x (images × inputs × height × width), kernel (outputs × inputs × its height × its width) and
/// bias: its sizes, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Images.
    pub images: usize,
    /// Channels of the input.
    pub inputs: usize,
    /// Height of the input.
    pub height: usize,
    /// Width of the input.
    pub width: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Height of the kernel.
    pub kernel_height: usize,
    /// Width of the kernel.
    pub kernel_width: usize,
    /// Stride and padding.
    pub window: Window,
    /// Height of the output.
    pub out_height: usize,
    /// Width of the output.
    pub out_width: usize,
}

impl Convolution {
    /// The convolution of maps (images × channels × height × width) with a kernel (out × in × height × width). Rows and
    /// columns that a stride leaves over at the far edges are not read, as in PyTorch.
    pub fn new(
        (images, inputs, height, width): (usize, usize, usize, usize),
        (outputs, kernel_inputs, kernel_height, kernel_width): (usize, usize, usize, usize),
        window: Window,
    ) -> Result<Self, NetworkError> {
        agree("the kernel's input channels", inputs, kernel_inputs)?;
        nonzero("the stride", window.stride)?;
        for (what, size) in [
            ("images", images),
            ("input channels", inputs),
            ("the maps' height", height),
            ("the maps' width", width),
            ("output channels", outputs),
            ("the kernel's height", kernel_height),
            ("the kernel's width", kernel_width),
        ] {
            nonzero(what, size)?;
        }
        let padding = window.padding.size();
        if matches!(window.padding, Padding::Reflect(_)) && padding >= height.min(width) {
            return Err(NetworkError::Reflection { padding, height, width });
        }
        let (padded_height, padded_width) = (height + 2 * padding, width + 2 * padding);
        if kernel_height > padded_height || kernel_width > padded_width {
            let (height, width) = (padded_height, padded_width);
            return Err(NetworkError::KernelTooLarge { kernel_height, kernel_width, height, width });
        }
        let out_height = (padded_height - kernel_height) / window.stride + 1;
        let out_width = (padded_width - kernel_width) / window.stride + 1;
        Ok(Self {
            images,
            inputs,
            height,
            width,
            outputs,
            kernel_height,
            kernel_width,
            window,
            out_height,
            out_width,
        })
    }

    /// Shape of the output.
    pub fn out_shape(&self) -> (usize, usize, usize, usize) {
        (self.images, self.outputs, self.out_height, self.out_width)
    }

    /// Weights per output channel: the fan-in.
    pub fn fan_in(&self) -> usize {
        self.inputs * self.kernel_height * self.kernel_width
    }

    /// Positions per channel of the output.
    pub fn positions(&self) -> usize {
        self.out_height * self.out_width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reflection_does_not_repeat_the_edge() {
        let found = |padding: Padding| (0..9).map(|index| padding.source(index, 3)).collect::<Vec<_>>();
        let reflected = [2, 1, 0, 1, 2, 1, 0].map(Some);
        assert_eq!(found(Padding::Reflect(2))[..7], reflected);
        let zero = [None, Some(0), Some(1), Some(2), None];
        assert_eq!(found(Padding::Zero(1))[..5], zero);
    }

    #[test]
    fn sizes_follow_from_stride_and_padding() {
        let sizes = |stride, padding| {
            let shape = Convolution::new((2, 3, 7, 5), (4, 3, 3, 2), Window { stride, padding }).unwrap();
            (shape.out_height, shape.out_width)
        };
        assert_eq!(sizes(1, Padding::None), (5, 4));
        assert_eq!(sizes(1, Padding::Zero(1)), (7, 6));
        assert_eq!(sizes(2, Padding::Reflect(1)), (4, 3));
        assert_eq!(sizes(3, Padding::Reflect(4)), (5, 4));
    }
}
