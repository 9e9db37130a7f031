//! The multilayer perceptron of Eq. 1.

use super::{Blueprint, LayerKind, ShapeError, Step};

/// A multilayer perceptron: `depth` fully connected layers, a ReLU between each and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mlp {
    /// Features of an input vector (n⁰).
    pub inputs: usize,
    /// Units in every layer but the last (n).
    pub width: usize,
    /// Layers of weights (L).
    pub depth: usize,
    /// Units in the last layer: the width, in the paper; the number of classes, in a classifier.
    pub outputs: usize,
}

impl Mlp {
    /// The layers and steps.
    ///
    /// # Errors
    /// A number that is zero.
    pub fn blueprint(&self) -> Result<Blueprint, ShapeError> {
        let Self { inputs, width, depth, outputs } = *self;
        ShapeError::refuse_zeros(&[
            ("inputs", inputs),
            ("width", width),
            ("depth", depth),
            ("outputs", outputs),
        ])?;
        let mut blueprint = Blueprint::default();
        for layer in 1..=depth {
            let inputs = if layer == 1 { inputs } else { width };
            let outputs = if layer == depth { outputs } else { width };
            blueprint.layer(LayerKind::Linear { inputs, outputs });
            if layer < depth {
                blueprint.step(Step::Relu);
            }
        }
        Ok(blueprint)
    }
}
