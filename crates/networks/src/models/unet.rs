//! U-Net (Ronneberger et al. 2015) with reflection padding in place of "valid" convolutions (§3.3).

use super::{Blueprint, LayerKind, ShapeError, Step};

/// Halvings on the way down, and doublings on the way up.
const LEVELS: usize = 4;

/// What the skip connections carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Skips {
    /// The maps of the way down, put beside those of the way up.
    #[default]
    Concatenated,
    /// Zeros in their place: the variant that tests whether skips are why r falls in later layers. The layers have the
    /// same parameters.
    Zeroed,
}

/// How maps are halved on the way down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pooling {
    /// The largest of each 2×2 block.
    #[default]
    Max,
    /// The first of each 2×2 block: the variant that tests whether the maximum is what raises r.
    Subsample,
}

/// U-Net: 23 layers, of which 18 are 3×3 convolutions, four 2×2 up-convolutions (layers 11, 14, 17 and 20) and the
/// last a 1×1 convolution to the classes' scores. A ReLU follows each 3×3 convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UNet {
    /// Channels of an image.
    pub channels: usize,
    /// Classes of a position.
    pub classes: usize,
    /// Channels of layers 1 and 2; each level down doubles them, to 16 times as many in layers 9 and 10.
    pub base_width: usize,
    /// What the skip connections carry.
    pub skips: Skips,
    /// How maps are halved.
    pub pooling: Pooling,
    /// Whether a ReLU follows the up-convolutions as well. The article that introduced U-Net names none, and there is
    /// none by default; some implementations have one.
    pub relu_after_up_convolutions: bool,
}

impl Default for UNet {
    /// The network of the paper, for ISBI 2012: grey images, two classes.
    fn default() -> Self {
        Self {
            channels: 1,
            classes: 2,
            base_width: 64,
            skips: Skips::Concatenated,
            pooling: Pooling::Max,
            relu_after_up_convolutions: false,
        }
    }
}

impl UNet {
    /// The layers and steps. Sides that are multiples of 16, and at least 32, fit; the paper's are 512.
    ///
    /// # Errors
    /// A number that is zero.
    pub fn blueprint(&self) -> Result<Blueprint, ShapeError> {
        let Self { channels, classes, base_width, .. } = *self;
        ShapeError::refuse_zeros(&[
            ("channels", channels),
            ("classes", classes),
            ("base width", base_width),
        ])?;
        let mut blueprint = Blueprint::default();
        let width = |level: usize| base_width << level;
        for level in 0..LEVELS {
            let inputs = if level == 0 { channels } else { width(level - 1) };
            self.pair(&mut blueprint, inputs, width(level));
            self.down(&mut blueprint);
        }
        self.pair(&mut blueprint, width(LEVELS - 1), width(LEVELS));
        for level in (0..LEVELS).rev() {
            self.up(&mut blueprint, width(level + 1), width(level));
            self.pair(&mut blueprint, 2 * width(level), width(level));
        }
        blueprint.layer(LayerKind::Convolution { inputs: base_width, outputs: classes, side: 1, stride: 1 });
        Ok(blueprint)
    }

    /// Two convolutions, a ReLU after each.
    fn pair(&self, blueprint: &mut Blueprint, inputs: usize, outputs: usize) {
        blueprint.convolution(inputs, outputs).step(Step::Relu);
        blueprint.convolution(outputs, outputs).step(Step::Relu);
    }

    /// From one level to the one below.
    fn down(&self, blueprint: &mut Blueprint) {
        if self.skips == Skips::Concatenated {
            blueprint.step(Step::Save);
        }
        blueprint.step(match self.pooling {
            Pooling::Max => Step::MaxPool,
            Pooling::Subsample => Step::Subsample,
        });
    }

    /// From one level to the one above.
    fn up(&self, blueprint: &mut Blueprint, inputs: usize, outputs: usize) {
        blueprint.layer(LayerKind::UpConvolution { inputs, outputs });
        if self.relu_after_up_convolutions {
            blueprint.step(Step::Relu);
        }
        blueprint.step(match self.skips {
            Skips::Concatenated => Step::Concatenate,
            Skips::Zeroed => Step::ConcatenateZeros,
        });
    }
}
