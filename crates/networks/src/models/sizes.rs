//! Which inputs fit a network, and how large every layer is for them: a forward pass over sizes alone.

use super::{Blueprint, LayerKind, Step};
use thiserror::Error;

/// What one image is turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Maps.
    Maps {
        /// Channels.
        channels: usize,
        /// Rows of positions.
        height: usize,
        /// Columns of positions.
        width: usize,
    },
    /// A row of features.
    Rows {
        /// Features.
        features: usize,
    },
}

impl Size {
    /// Square maps.
    pub fn square(channels: usize, side: usize) -> Self {
        Self::Maps { channels, height: side, width: side }
    }

    /// Units: each feature, or each channel at each position.
    pub fn units(self) -> usize {
        let Self::Maps { channels, height, width } = self else { return self.channels() };
        channels * height * width
    }

    /// Channels or features.
    pub fn channels(self) -> usize {
        match self {
            Self::Maps { channels, .. } => channels,
            Self::Rows { features } => features,
        }
    }

    /// The shorter side of maps.
    fn side(self) -> Option<usize> {
        match self {
            Self::Maps { height, width, .. } => Some(height.min(width)),
            Self::Rows { .. } => None,
        }
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Maps { channels, height, width } => {
                write!(formatter, "{channels} maps of {height}×{width}")
            }
            Self::Rows { features } => write!(formatter, "rows of {features} features"),
        }
    }
}

/// Why an input does not fit a network, or a network does not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// A number that describes the network is zero.
    #[error("{what} must be at least 1, not 0")]
    Zero {
        /// The number.
        what: &'static str,
    },
    /// A layer meets another number of channels than it has weights for.
    #[error("layer {layer} takes {expected} channels, not {found}")]
    Channels {
        /// The layer.
        layer: usize,
        /// The channels that it has weights for.
        expected: usize,
        /// What it meets.
        found: Size,
    },
    /// A layer of maps meets rows, or the reverse.
    #[error("{what} cannot take {found}")]
    Form {
        /// The step.
        what: String,
        /// What it meets.
        found: Size,
    },
    /// Maps have fewer positions than reflection reaches over.
    #[error(
        "layer {layer} pads by reflection with {padding}, which needs sides of at least {}, not {found}: the input is too small",
        padding + 1
    )]
    TooSmall {
        /// The layer.
        layer: usize,
        /// Positions added on each border.
        padding: usize,
        /// What it meets.
        found: Size,
    },
    /// Maps with an odd side cannot be halved and doubled again.
    #[error("after layer {layer}, {found} are to be halved, but a side is odd")]
    Odd {
        /// The layer before.
        layer: usize,
        /// The maps.
        found: Size,
    },
    /// A network does not have a layer.
    #[error("there is no layer {layer}")]
    NoLayer {
        /// The layer.
        layer: usize,
    },
    /// Two networks that should share their layers do not.
    #[error("layer {layer} is another one")]
    OtherLayer {
        /// The layer.
        layer: usize,
    },
    /// There are no maps of the same sides for a skip connection.
    #[error("after layer {layer}, {found} cannot be put beside the maps kept for a skip connection")]
    Skip {
        /// The layer before.
        layer: usize,
        /// The maps.
        found: Size,
    },
}

impl ShapeError {
    /// Refuses the first number that is zero.
    pub(crate) fn refuse_zeros(numbers: &[(&'static str, usize)]) -> Result<(), Self> {
        match numbers.iter().find(|(_, value)| *value == 0) {
            Some((what, _)) => Err(Self::Zero { what }),
            None => Ok(()),
        }
    }
}

impl Blueprint {
    /// The size of every layer's pre-activations for one image of size `input`, layer 1 first.
    ///
    /// # Errors
    /// A [`ShapeError`] that names the layer which the input does not fit.
    pub fn sizes(&self, input: Size) -> Result<Vec<Size>, ShapeError> {
        let (mut size, mut saved, mut layers) = (input, Vec::new(), Vec::with_capacity(self.layers.len()));
        for step in &self.steps {
            size = match step {
                Step::Layer(layer) => through_layer(*layer, self.layers[layer - 1], size)?,
                step => through_step(*step, layers.len(), size, &mut saved)?,
            };
            if let Step::Layer(_) = step {
                layers.push(size);
            }
        }
        Ok(layers)
    }
}

/// The size behind a layer.
fn through_layer(layer: usize, kind: LayerKind, found: Size) -> Result<Size, ShapeError> {
    if found.channels() != kind.inputs() {
        return Err(ShapeError::Channels { layer, expected: kind.inputs(), found });
    }
    match (kind, found) {
        (LayerKind::Convolution { outputs, side, stride, .. }, Size::Maps { height, width, .. }) => {
            let padding = side / 2;
            if found.side() <= Some(padding) {
                return Err(ShapeError::TooSmall { layer, padding, found });
            }
            let (height, width) = (height.div_ceil(stride), width.div_ceil(stride));
            Ok(Size::Maps { channels: outputs, height, width })
        }
        (LayerKind::UpConvolution { outputs, .. }, Size::Maps { height, width, .. }) => {
            Ok(Size::Maps { channels: outputs, height: 2 * height, width: 2 * width })
        }
        (LayerKind::Linear { outputs, .. }, Size::Rows { .. }) => Ok(Size::Rows { features: outputs }),
        _ => Err(ShapeError::Form { what: format!("layer {layer}"), found }),
    }
}

/// The size behind a step without weights, after `layer` layers.
fn through_step(step: Step, layer: usize, found: Size, saved: &mut Vec<Size>) -> Result<Size, ShapeError> {
    let Size::Maps { channels, height, width } = found else {
        let what = || format!("the step after layer {layer}");
        return if step == Step::Relu { Ok(found) } else { Err(ShapeError::Form { what: what(), found }) };
    };
    match step {
        Step::Layer(_) | Step::Relu => Ok(found),
        Step::MaxPool | Step::Subsample if height % 2 == 1 || width % 2 == 1 => {
            Err(ShapeError::Odd { layer, found })
        }
        Step::MaxPool | Step::Subsample => Ok(Size::Maps { channels, height: height / 2, width: width / 2 }),
        Step::Save => {
            saved.push(found);
            Ok(found)
        }
        Step::Concatenate => match saved.pop() {
            Some(Size::Maps { channels: kept, height: h, width: w }) if (h, w) == (height, width) => {
                Ok(Size::Maps { channels: kept + channels, height, width })
            }
            _ => Err(ShapeError::Skip { layer, found }),
        },
        Step::ConcatenateZeros => Ok(Size::Maps { channels: 2 * channels, height, width }),
        Step::Average | Step::OnePosition => Ok(Size::Rows { features: channels }),
    }
}
