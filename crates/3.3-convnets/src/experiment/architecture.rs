//! The two networks of Section 3.3 and their variants, each of which lacks one part.

use std::fmt;

use networks::models::{AllCnn, Blueprint, Pooling, Readout, ShapeError, Size, Skips, UNet};
use serde::{Deserialize, Serialize};

/// A network of Section 3.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Architecture {
    /// ALL-CNN-C, for CIFAR-10.
    #[serde(rename = "allcnn")]
    AllCnn,
    /// U-Net, for ISBI 2012.
    #[serde(rename = "unet")]
    UNet,
}

/// A network as the paper has it, or without the part that the paper holds responsible for an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// As in the paper.
    Standard,
    /// ALL-CNN-C with one position in place of the global average.
    OnePosition,
    /// U-Net with zeros in place of what the skip connections carry.
    SkipsZeroed,
    /// U-Net with the first of each 2×2 block of positions in place of the largest.
    Subsampled,
}

impl Architecture {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::AllCnn => "allcnn",
            Self::UNet => "unet",
        }
    }

    /// Colours of an image.
    pub fn channels(self) -> usize {
        match self {
            Self::AllCnn => datasets::Cifar10::CHANNELS,
            Self::UNet => datasets::Isbi2012::CHANNELS,
        }
    }

    /// The network as the paper has it, and its variants.
    pub fn variants(self) -> &'static [Variant] {
        match self {
            Self::AllCnn => &[Variant::Standard, Variant::OnePosition],
            Self::UNet => &[Variant::Standard, Variant::SkipsZeroed, Variant::Subsampled],
        }
    }

    // region: blueprint
    /// The layers and steps of a variant; those of the network itself where the variant is none of its own.
    ///
    /// # Errors
    /// A base width of zero.
    pub fn blueprint(self, variant: Variant, base_width: usize) -> Result<Blueprint, ShapeError> {
        let readout = if variant == Variant::OnePosition { Readout::OnePosition } else { Readout::Average };
        let skips = if variant == Variant::SkipsZeroed { Skips::Zeroed } else { Skips::Concatenated };
        let pooling = if variant == Variant::Subsampled { Pooling::Subsample } else { Pooling::Max };
        match self {
            Self::AllCnn => AllCnn { base_width, readout, ..AllCnn::default() }.blueprint(),
            Self::UNet => UNet { base_width, skips, pooling, ..UNet::default() }.blueprint(),
        }
    }
    // endregion: blueprint

    /// An image of `side` × `side` pixels.
    pub fn image(self, side: usize) -> Size {
        Size::square(self.channels(), side)
    }
}

impl Variant {
    // region: shared-layers
    /// The last layer that it shares with the network of the paper, up to its pre-activations.
    pub fn shared_layers(self) -> usize {
        match self {
            // ALL-CNN-C has ten layers, the last behind the readout.
            Self::Standard | Self::OnePosition => 9,
            // The first of the maps that skip connections carry is put beside those of layer 11.
            Self::SkipsZeroed => 10,
            // The first pooling is behind layer 2.
            Self::Subsampled => 2,
        }
    }
    // endregion: shared-layers

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::OnePosition => "one_position",
            Self::SkipsZeroed => "skips_zeroed",
            Self::Subsampled => "subsampled",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
