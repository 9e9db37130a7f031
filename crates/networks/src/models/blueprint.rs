//! What a network is before it has parameters: its layers, and the steps that a forward pass takes.

/// What a layer of weights does. Every convolution keeps the size of its maps, up to its stride, by reflection padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// A convolution with square kernels, padded by reflection with `side / 2` positions on each border.
    Convolution {
        /// Channels that come in.
        inputs: usize,
        /// Channels that go out.
        outputs: usize,
        /// Side of the kernels: odd.
        side: usize,
        /// Positions from one application of the kernel to the next.
        stride: usize,
    },
    /// A transposed convolution with 2×2 kernels and stride 2: doubles the sides of the maps. No padding is needed.
    UpConvolution {
        /// Channels that come in.
        inputs: usize,
        /// Channels that go out.
        outputs: usize,
    },
    /// A fully connected layer.
    Linear {
        /// Features that come in.
        inputs: usize,
        /// Features that go out.
        outputs: usize,
    },
}

impl LayerKind {
    /// Channels or features that come in.
    pub fn inputs(self) -> usize {
        match self {
            Self::Convolution { inputs, .. }
            | Self::UpConvolution { inputs, .. }
            | Self::Linear { inputs, .. } => inputs,
        }
    }

    /// Features of the layer: what a bias belongs to, a channel or a unit of a fully connected layer.
    pub fn features(self) -> usize {
        match self {
            Self::Convolution { outputs, .. }
            | Self::UpConvolution { outputs, .. }
            | Self::Linear { outputs, .. } => outputs,
        }
    }

    /// The number of products that are summed into one pre-activation. In an up-convolution each output position sees
    /// one input position through one of the kernel's four elements, so that its fan-in is the number of channels
    /// that come in; counting all four would quarter the total variance that Kaiming initialisation preserves.
    pub fn fan_in(self) -> usize {
        match self {
            Self::Convolution { inputs, side, .. } => inputs * side * side,
            Self::UpConvolution { inputs, .. } | Self::Linear { inputs, .. } => inputs,
        }
    }

    /// The number of weights, without biases.
    pub fn weights(self) -> usize {
        match self {
            Self::Convolution { inputs, outputs, side, .. } => outputs * inputs * side * side,
            Self::UpConvolution { inputs, outputs } => inputs * outputs * 4,
            Self::Linear { inputs, outputs } => outputs * inputs,
        }
    }
}

/// One step of a forward pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The layer of this number, counted from 1: from activations to pre-activations.
    Layer(usize),
    /// The ReLU.
    Relu,
    /// The largest of each 2×2 block of positions.
    MaxPool,
    /// The first of each 2×2 block of positions: what is left of pooling without taking the maximum.
    Subsample,
    /// Keeps a copy of the maps for a skip connection.
    Save,
    /// Puts the channels of the maps kept last behind the current ones.
    Concatenate,
    /// Puts as many channels of zeros behind the current ones: a skip connection that carries nothing.
    ConcatenateZeros,
    /// The average of each channel over positions.
    Average,
    /// Each channel at the position in the middle.
    OnePosition,
}

/// The layers of a network and the order in which a forward pass takes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blueprint {
    /// The layers; the first is layer 1.
    pub(crate) layers: Vec<LayerKind>,
    /// The steps, each layer once, in order.
    pub(crate) steps: Vec<Step>,
}

impl Blueprint {
    /// The layers; the first is layer 1 of the paper.
    pub fn layers(&self) -> &[LayerKind] {
        &self.layers
    }

    /// The steps of a forward pass.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Weights and biases of all layers.
    pub fn parameter_count(&self) -> usize {
        self.layers.iter().map(|kind| kind.weights() + kind.features()).sum()
    }

    /// Adds a layer.
    pub(crate) fn layer(&mut self, kind: LayerKind) -> &mut Self {
        self.layers.push(kind);
        self.step(Step::Layer(self.layers.len()))
    }

    /// Adds a convolution with 3×3 kernels.
    pub(crate) fn convolution(&mut self, inputs: usize, outputs: usize) -> &mut Self {
        self.layer(LayerKind::Convolution { inputs, outputs, side: 3, stride: 1 })
    }

    /// Adds a step.
    pub(crate) fn step(&mut self, step: Step) -> &mut Self {
        self.steps.push(step);
        self
    }
}
