//! A forward pass of one initialised network and its variants, and what is kept of it: the moments of Eq. 9 in every
//! layer, and around every pooling step those of its input and its output.
//!
//! A variant runs through the network of the paper as long as the two are the same, and by itself from the layer on
//! where they part.

use std::mem::take;

use dfdx::tensor::Cpu;
use networks::models::{Activations, Blueprint, Network, Step};
use networks::observe::{LayerMoments, Sums};
use networks::{NetworkError, ops};
use serde::{Deserialize, Serialize};

/// A step that keeps fewer positions, and the ReLU before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    /// The layer whose activations are pooled.
    pub layer: u64,
    /// Its activations: what the ReLU has made of its pre-activations.
    pub rectified: LayerMoments,
    /// What pooling has made of them.
    pub pooled: LayerMoments,
}

/// What is kept of a pass.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Pre-activations of layers 1, 2, ….
    pub layers: Vec<LayerMoments>,
    /// The pooling steps, in order.
    pub pooled: Vec<Pooled>,
}

/// The step that pools the activations of a layer, if one does.
fn pooling_behind(blueprint: &Blueprint, layer: usize) -> Option<Step> {
    let behind = blueprint.steps().iter().skip_while(|step| **step != Step::Layer(layer)).skip(1);
    let before_the_next = behind.take_while(|step| !matches!(step, Step::Layer(_)));
    before_the_next
        .copied()
        .find(|step| matches!(step, Step::MaxPool | Step::Subsample | Step::Average | Step::OnePosition))
}

// region: pool
/// The activations behind pre-activations `u`, and what a pooling step makes of them.
fn rectified_and_pooled(
    u: &Activations<f32, Cpu>,
    pooling: Step,
) -> Result<[Activations<f32, Cpu>; 2], NetworkError> {
    let x = ops::relu(u.clone().maps()?)?;
    let pooled = match pooling {
        Step::MaxPool => ops::max_pool(x.clone())?.into(),
        Step::Subsample => ops::subsample(x.clone())?.into(),
        Step::OnePosition => ops::one_position(x.clone())?.into(),
        _ => ops::average(x.clone())?.into(),
    };
    Ok([x.into(), pooled])
}
// endregion: pool

/// Sums over images around a pooling step.
struct Around {
    pooling: Step,
    rectified: Sums,
    pooled: Sums,
}

/// Sums over images, layer by layer. A layer's are reduced as soon as the last batch has passed it.
struct Watch {
    layers: Vec<Sums>,
    around: Vec<Option<Around>>,
    found: Observed,
}

impl Watch {
    fn of(network: &Network<f32, Cpu>) -> Self {
        let around = |layer| {
            let pooling = pooling_behind(network.blueprint(), layer)?;
            Some(Around { pooling, rectified: Sums::default(), pooled: Sums::default() })
        };
        let depth = network.layers().len();
        Self {
            layers: (0..depth).map(|_| Sums::default()).collect(),
            around: (1..=depth).map(around).collect(),
            found: Observed::default(),
        }
    }

    /// Adds a layer's pre-activations, of the last batch or an earlier one.
    fn layer(&mut self, layer: usize, u: &Activations<f32, Cpu>, last: bool) -> Result<(), NetworkError> {
        let sums = &mut self.layers[layer - 1];
        sums.add(u);
        if last {
            self.found.layers.push(take(sums).finish(layer)?);
        }
        self.pooling(layer, u, last)
    }

    /// Adds what becomes of them, if they are pooled.
    fn pooling(&mut self, layer: usize, u: &Activations<f32, Cpu>, last: bool) -> Result<(), NetworkError> {
        let Some(around) = &mut self.around[layer - 1] else { return Ok(()) };
        let [rectified, pooled] = rectified_and_pooled(u, around.pooling)?;
        around.rectified.add(&rectified);
        around.pooled.add(&pooled);
        if last {
            self.found.pooled.push(Pooled {
                layer: layer as u64,
                rectified: take(&mut around.rectified).finish(layer)?,
                pooled: take(&mut around.pooled).finish(layer)?,
            });
        }
        Ok(())
    }
}

/// A variant of a network, which is the same up to the pre-activations of layer `behind`.
pub(super) struct Branch {
    network: Network<f32, Cpu>,
    behind: usize,
    watch: Watch,
}

impl Branch {
    /// A variant that has seen nothing yet.
    pub(super) fn new(network: Network<f32, Cpu>, behind: usize) -> Self {
        Self { behind, watch: Watch::of(&network), network }
    }

    /// Goes its own way from the layer where it parts.
    fn follow(&mut self, u: &Activations<f32, Cpu>, last: bool) -> Result<(), NetworkError> {
        let Self { network, behind, watch } = self;
        watch.pooling(*behind, u, last)?;
        network.forward_behind(*behind, u.clone(), |layer, u| watch.layer(layer, u, last)).map(drop)
    }

    /// What was seen, with what the two have in common.
    fn finish(self, whole: &Observed) -> Observed {
        let Observed { layers, pooled } = self.watch.found;
        let shared = whole.pooled.iter().filter(|step| step.layer < self.behind as u64);
        Observed {
            layers: whole.layers[..self.behind].iter().copied().chain(layers).collect(),
            pooled: shared.cloned().chain(pooled).collect(),
        }
    }
}

/// What is seen of a network over the images of all batches, and after it what is seen of each variant. `passed` is told
/// how many images have passed.
///
/// # Errors
/// Images that do not fit, or numbers that are not finite.
pub(super) fn observe(
    network: &Network<f32, Cpu>,
    mut variants: Vec<Branch>,
    batches: &[Activations<f32, Cpu>],
    passed: &dyn Fn(usize),
) -> Result<Vec<Observed>, NetworkError> {
    let (mut watch, mut images) = (Watch::of(network), 0);
    // region: observe
    for (batch, number) in batches.iter().zip(1..) {
        let last = number == batches.len();
        network.forward_with(batch.clone(), |layer, u| {
            watch.layer(layer, u, last)?;
            variants
                .iter_mut()
                .filter(|variant| variant.behind == layer)
                .try_for_each(|variant| variant.follow(u, last))
        })?;
        images += batch.images();
        passed(images);
    }
    // endregion: observe
    let whole = watch.found;
    let variants: Vec<Observed> = variants.into_iter().map(|variant| variant.finish(&whole)).collect();
    Ok([whole].into_iter().chain(variants).collect())
}
