//! What the experiment varies: two tasks, three initialisations, two optimisers (§5.2).

use std::fmt;

use networks::models::{AllCnn, Blueprint, ShapeError, UNet};
use serde::{Deserialize, Serialize};

/// What a network is trained for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Object recognition: ALL-CNN-C on CIFAR-10.
    Cifar,
    /// Segmentation: U-Net on ISBI 2012.
    Isbi,
}

impl Task {
    /// Both tasks, in the paper's order.
    pub const ALL: [Self; 2] = [Self::Cifar, Self::Isbi];

    /// The word in tables and settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cifar => "cifar",
            Self::Isbi => "isbi",
        }
    }

    /// The network's name.
    pub fn architecture(self) -> &'static str {
        match self {
            Self::Cifar => "ALL-CNN-C",
            Self::Isbi => "U-Net",
        }
    }

    /// Images in the data set.
    pub fn images(self) -> u64 {
        match self {
            Self::Cifar => 50_000,
            Self::Isbi => 30,
        }
    }

    /// Pixels along each side of an image of the data set.
    pub fn side(self) -> u64 {
        match self {
            Self::Cifar => 32,
            Self::Isbi => 512,
        }
    }

    /// Channels of an image.
    pub fn channels(self) -> usize {
        match self {
            Self::Cifar => datasets::Cifar10::CHANNELS,
            Self::Isbi => datasets::Isbi2012::CHANNELS,
        }
    }

    /// The network with `multiplier` times the paper's channels in every layer, rounded, and at least one.
    ///
    /// # Errors
    /// Never for a multiplier that is a number.
    pub fn blueprint(self, multiplier: f64) -> Result<Blueprint, ShapeError> {
        let times = |width: usize| ((multiplier * width as f64).round() as usize).max(1);
        match self {
            Self::Cifar => {
                let full = AllCnn::default();
                AllCnn { base_width: times(full.base_width), ..full }.blueprint()
            }
            Self::Isbi => {
                let full = UNet::default();
                UNet { base_width: times(full.base_width), ..full }.blueprint()
            }
        }
    }
}

/// How a network is initialised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initialisation {
    /// Eq. 13: one factor for each layer.
    Scale,
    /// Eq. 13 after Eq. 14: biases that take away sample means, and one factor for each layer.
    ScaleBias,
    /// Kaiming initialisation with batch normalisation.
    BatchNorm,
    /// Eq. 13 after Eq. 14 to the letter: biases first, and then one factor for the weights of each layer alone.
    BiasThenScale,
}

impl Initialisation {
    /// The three of Fig. 4, in the paper's order.
    pub const ALL: [Self; 3] = [Self::Scale, Self::ScaleBias, Self::BatchNorm];

    /// The word in tables and settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::ScaleBias => "scale_bias",
            Self::BatchNorm => "batch_norm",
            Self::BiasThenScale => "bias_then_scale",
        }
    }

    /// The same in the words of [`networks`].
    pub fn of_network(self) -> networks::initialise::Initialisation {
        match self {
            Self::Scale => networks::initialise::Initialisation::Scale,
            Self::ScaleBias => networks::initialise::Initialisation::ScaleBias,
            Self::BatchNorm => networks::initialise::Initialisation::BatchNorm,
            Self::BiasThenScale => networks::initialise::Initialisation::BiasThenScale,
        }
    }
}

/// How parameters are changed from step to step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimiser {
    /// Stochastic gradient descent with momentum.
    Sgd,
    /// Adam.
    Adam,
}

impl Optimiser {
    /// Both, in the paper's order.
    pub const ALL: [Self; 2] = [Self::Sgd, Self::Adam];

    /// The word in tables and settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sgd => "sgd",
            Self::Adam => "adam",
        }
    }
}

/// Which images to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Data {
    /// The real data set where it is found, else a stand-in.
    Found,
    /// A stand-in, whatever is found.
    StandIn,
}

/// What a run is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// To compare learning rates on a short budget.
    Search,
    /// A curve of Fig. 4.
    Curve,
    /// To look at an initialisation, without any training.
    Start,
    /// To see what half as many images in a minibatch change.
    HalfBatch,
    /// To see what twice as many images in a minibatch change.
    DoubleBatch,
}

impl Part {
    /// The word in tables, settings and names of runs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Curve => "curve",
            Self::Start => "start",
            Self::HalfBatch => "half_batch",
            Self::DoubleBatch => "double_batch",
        }
    }
}

/// A choice of ours, made differently, to see whether the comparison depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variation {
    /// Half as many images in a minibatch, rounded up.
    HalfBatch,
    /// Twice as many images in a minibatch.
    DoubleBatch,
}

impl Variation {
    /// Both.
    pub const ALL: [Self; 2] = [Self::HalfBatch, Self::DoubleBatch];

    /// The part of the experiment that makes it.
    pub fn part(self) -> Part {
        match self {
            Self::HalfBatch => Part::HalfBatch,
            Self::DoubleBatch => Part::DoubleBatch,
        }
    }

    /// Images in a minibatch where there are usually so many.
    pub fn batch(self, usual: usize) -> usize {
        match self {
            Self::HalfBatch => usual.div_ceil(2),
            Self::DoubleBatch => 2 * usual,
        }
    }

    /// The word in tables and settings.
    pub fn as_str(self) -> &'static str {
        self.part().as_str()
    }
}

macro_rules! shown_as_word {
    ($($choice:ty),*) => {$(
        impl fmt::Display for $choice {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

shown_as_word!(Task, Initialisation, Optimiser, Part, Variation);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_settings() {
        let word = |choice: serde_json::Value| choice.as_str().unwrap_or_default().to_owned();
        for task in Task::ALL {
            assert_eq!(word(serde_json::to_value(task).unwrap()), task.as_str());
        }
        for initialisation in Initialisation::ALL {
            assert_eq!(word(serde_json::to_value(initialisation).unwrap()), initialisation.as_str());
        }
        for optimiser in Optimiser::ALL {
            assert_eq!(word(serde_json::to_value(optimiser).unwrap()), optimiser.as_str());
        }
        for variation in Variation::ALL {
            assert_eq!(word(serde_json::to_value(variation).unwrap()), variation.as_str());
        }
    }

    #[test]
    fn widths_are_multiplied_and_never_vanish() {
        let features = |task: Task, multiplier| task.blueprint(multiplier).unwrap().layers()[0].features();
        assert_eq!([features(Task::Cifar, 1.0), features(Task::Isbi, 1.0)], [96, 64]);
        assert_eq!([features(Task::Cifar, 0.125), features(Task::Isbi, 0.125)], [12, 8]);
        assert_eq!(features(Task::Isbi, 0.001), 1);
    }
}
