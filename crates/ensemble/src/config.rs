//! What an ensemble is: plain parameters, as a section's configuration or a command line states them. Nothing here is
//! checked; [`Ensemble::new`](crate::Ensemble::new) does that.

use crate::WeightLaw;
use crate::name::named;
use experiment::Device;
use serde::{Deserialize, Serialize};

/// The parameters of an ensemble of random fully connected ReLU networks. The default is what §3.2 has at width
/// 300. Layers are counted as in the paper: 0 is the inputs, u^l and x^l = relu(u^l) for l = 1..=`depth`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Units in every layer (n).
    pub width: usize,
    /// Layers of weights (L).
    pub depth: usize,
    /// Input vectors whose statistics are taken (T).
    pub samples: usize,
    /// Independently drawn networks.
    pub networks: usize,
    /// Elements of an input vector (n⁰); the width where none is given.
    pub input_width: Option<usize>,
    /// The law of the input elements.
    pub inputs: InputLaw,
    /// Whether every network sees the same input vectors, as in §3.2, or its own.
    pub shared_inputs: bool,
    /// γ: weights have variance γ·2/n^{l-1} (§3.1.1); 1 is Kaiming initialisation (Eq. 2).
    pub gamma: f64,
    /// The law of the weight matrices.
    pub weights: WeightLaw,
    /// a: the share of its mean that every row of a weight matrix loses, from 0 (none) to 1 (rows sum to zero).
    pub centring: f64,
    /// What is done to the pre-activations.
    pub normalisation: Normalisation,
    /// ε beside the batch variance in batch normalisation. With 0, the default, units have variance 1 exactly (Eq. 12).
    pub batch_epsilon: f64,
    /// Where all randomness comes from. Ensembles of the same seed and widths share their draws, network by network:
    /// their differences (between normalisations, depths, γ) are paired. Other seeds or widths are independent.
    pub seed: u64,
    /// How the weights are sampled.
    pub engine: Engine,
    /// Bytes that a run may take; a larger one is refused before it starts.
    pub memory: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            width: 300,
            depth: 50,
            samples: 100,
            networks: 30,
            input_width: None,
            inputs: InputLaw::Normal,
            shared_inputs: true,
            gamma: 1.0,
            weights: WeightLaw::Gaussian,
            centring: 0.0,
            normalisation: Normalisation::Kaiming,
            batch_epsilon: 0.0,
            seed: 0,
            engine: Engine::Exact,
            memory: 16 << 30,
        }
    }
}

impl Config {
    /// Elements of an input vector, n⁰.
    pub fn input_width(&self) -> usize {
        self.input_width.unwrap_or(self.width)
    }

    /// Inputs of each unit in layer `layer` (its fan-in, n^{l-1}).
    pub fn fan_in(&self, layer: usize) -> usize {
        if layer <= 1 { self.input_width() } else { self.width }
    }
}

named! {
    /// How the weights of a network are sampled.
    pub enum Engine {
        /// The same law without ever forming a weight matrix, through the T×T Gram matrix of a layer's inputs.
        Exact = "exact",
        /// Every weight is drawn and multiplied, as the paper did.
        Direct = "direct",
    }
}

named! {
    /// What is done to the pre-activations of a network at initialisation.
    pub enum Normalisation {
        /// Nothing: weights of variance γ·2/n^{l-1}, no bias (Eq. 2).
        Kaiming = "kaiming",
        /// Biases take away each unit's sample mean (Eq. 14), then one factor per layer gives the pre-activations unit
        /// mean square, up to ε = 1e-5 (Eq. 13). Both are constants of the network: no gradient flows through them.
        ScaleBias = "scale_bias",
        /// Each unit is shifted and scaled to zero mean and unit variance over the batch (Eq. 12). The gradient flows
        /// through the batch's statistics, unless [`Through`](crate::Through) says otherwise.
        BatchNorm = "batch_norm",
    }
}

named! {
    /// The law of the independent elements of the input vectors; each has mean square 1.
    pub enum InputLaw {
        /// N(0, 1), the paper's choice.
        Normal = "normal",
        /// Uniform on [-√3, √3].
        Uniform = "uniform",
        /// -1 or 1.
        Sign = "sign",
        /// |N(0, 1)|, whose mean is √(2/π): not centred.
        HalfNormal = "half_normal",
    }
}

impl Engine {
    /// Where networks are computed of the device asked for: the exact engine knows the processor alone.
    pub fn device(self, asked: Device) -> Device {
        match self {
            Self::Exact => Device::Cpu,
            Self::Direct => asked,
        }
    }
}

/// ε of Eq. 13.
pub const SCALE_EPSILON: f64 = 1e-5;
