//! What is to be observed in an ensemble. Nothing that is not asked for is computed.

use crate::name::named;

/// Functions that ask for what is either observed or not.
macro_rules! flags {
    ($($flag:ident)+) => { $(
        #[doc = concat!("Adds [`", stringify!($flag), "`](Observables#structfield.", stringify!($flag), ").")]
        pub fn $flag(self) -> Self {
            Self { $flag: true, ..self }
        }
    )+ };
}

/// The set of observations. Start from [`Observables::none`] and add:
///
/// ```
/// use ensemble::{Observables, Through};
/// let observables = Observables::none().moments().signs().gradient(Through::Full);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observables {
    /// [`Totals`](crate::Totals) of every layer's pre-activations.
    pub totals: bool,
    /// [`Moments`](statistics::Moments) over samples of every layer's pre-activations, as the ReLU sees them.
    pub moments: bool,
    /// The same before scale+bias or batch normalisation acts: their mean variance is σ_s² of §4.
    pub before: bool,
    /// [`Pairs`](crate::Pairs) of samples: inner products and cosines of the activations, layer 0 included.
    pub pairs: bool,
    /// The squared length of the activations of every sample and fresh sample, layer 0 included.
    pub lengths: bool,
    /// The share of units that are on for every sample or off for every sample (§6).
    pub signs: bool,
    /// Layers whose Gram matrix of activations x^l is kept, 0 for the inputs.
    pub grams: Vec<usize>,
    /// Units whose pre-activations are kept.
    pub watch: Option<Watch>,
    /// The mean square of ∂L/∂x^l in every layer, and what the gradient flows through.
    pub gradient: Option<Through>,
    /// Further input vectors of the same law that use the batch's statistics without contributing to them; their
    /// [`Moments`](statistics::Moments) are kept.
    pub fresh: usize,
    /// Samples, the first ones of the batch, that are given an infinitesimal perturbation each; its mean square is kept
    /// in every layer. The statistics of scale+bias and of batch normalisation are held fixed, as for a fresh sample.
    pub tangents: usize,
}

impl Observables {
    /// No observation.
    pub fn none() -> Self {
        Self::default()
    }

    flags!(totals moments before pairs lengths signs);

    /// Adds the Gram matrices of the activations of `layers`.
    pub fn grams(self, layers: impl Into<Vec<usize>>) -> Self {
        Self { grams: layers.into(), ..self }
    }

    /// Adds the pre-activations of `units` in `layers`.
    pub fn watch(self, layers: impl Into<Vec<usize>>, units: impl Into<Vec<usize>>) -> Self {
        Self { watch: Some(Watch { layers: layers.into(), units: units.into() }), ..self }
    }

    /// Adds the gradient.
    pub fn gradient(self, through: Through) -> Self {
        Self { gradient: Some(through), ..self }
    }

    /// Adds `count` fresh samples.
    pub fn fresh(self, count: usize) -> Self {
        Self { fresh: count, ..self }
    }

    /// Adds perturbations of the first `count` samples.
    pub fn tangents(self, count: usize) -> Self {
        Self { tangents: count, ..self }
    }

    /// Whether anything is taken from what the ReLU sees.
    pub(crate) fn sees(&self) -> bool {
        self.totals || self.moments || self.signs || self.watch.is_some() || self.fresh > 0
    }
}

/// Units whose pre-activations are kept, over all samples, in each of some layers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watch {
    /// Layers, from 1 on.
    pub layers: Vec<usize>,
    /// Units, counted from 0; they are kept in rising order.
    pub units: Vec<usize>,
}

named! {
    /// What the gradient of a batch-normalised layer flows through. Makes no difference in the others.
    pub enum Through {
        /// The batch mean μ_s and the batch deviation σ_s: the gradient of the computation as it stands.
        Full = "full",
        /// The batch mean alone: σ_s counts as a constant, as in the informal argument of §4.
        FixedDeviation = "fixed_deviation",
        /// Neither: μ_s and σ_s count as constants.
        FixedStatistics = "fixed_statistics",
    }
}
