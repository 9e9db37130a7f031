//! ALL-CNN-C (Springenberg et al. 2014) as the paper uses it: nine convolutions, global average pooling and one fully
//! connected layer (§3.3).

use super::{Blueprint, LayerKind, ShapeError, Step};

/// How the maps of the last convolution become features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Readout {
    /// Averaged over positions, as in the paper.
    #[default]
    Average,
    /// One position, the one in the middle: the variant that tests whether averaging raises r in the last layer.
    OnePosition,
}

/// ALL-CNN-C. Convolutions pad by reflection; a ReLU follows each of the nine, the last as well: what is averaged are
/// activations, as in the original network. The fully connected layer that the paper adds gives the classes' scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllCnn {
    /// Channels of an image.
    pub channels: usize,
    /// Classes.
    pub classes: usize,
    /// Channels of layers 1 to 3; layers 4 to 8 have twice as many, layer 9 one for each class.
    pub base_width: usize,
    /// How the maps of layer 9 become the features of layer 10.
    pub readout: Readout,
}

impl Default for AllCnn {
    /// The network of the paper, for CIFAR-10.
    fn default() -> Self {
        Self { channels: 3, classes: 10, base_width: 96, readout: Readout::Average }
    }
}

impl AllCnn {
    /// The layers and steps. Sides of at least 5 positions fit; the paper's are 32.
    ///
    /// # Errors
    /// A number that is zero.
    pub fn blueprint(&self) -> Result<Blueprint, ShapeError> {
        let Self { channels, classes, base_width: narrow, readout } = *self;
        ShapeError::refuse_zeros(&[("channels", channels), ("classes", classes), ("base width", narrow)])?;
        let wide = 2 * narrow;
        // Channels in, channels out, side of the kernel, stride.
        let convolutions = [
            (channels, narrow, 3, 1),
            (narrow, narrow, 3, 1),
            (narrow, narrow, 3, 2),
            (narrow, wide, 3, 1),
            (wide, wide, 3, 1),
            (wide, wide, 3, 2),
            (wide, wide, 3, 1),
            (wide, wide, 1, 1),
            (wide, classes, 1, 1),
        ];
        let mut blueprint = Blueprint::default();
        for (inputs, outputs, side, stride) in convolutions {
            blueprint.layer(LayerKind::Convolution { inputs, outputs, side, stride }).step(Step::Relu);
        }
        blueprint.step(match readout {
            Readout::Average => Step::Average,
            Readout::OnePosition => Step::OnePosition,
        });
        blueprint.layer(LayerKind::Linear { inputs: classes, outputs: classes });
        Ok(blueprint)
    }
}
