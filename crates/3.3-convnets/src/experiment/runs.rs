//! Runs of Section 3.3: a few initialisations of one network and its variants, each with images of its own.

mod pass;
mod samples;

use experiment::{Context, Experiment, ExperimentError, Inputs, RunRefused};
use std::path::Path;

use datasets::{Cifar10, Isbi2012, Source};
use dfdx::tensor::Cpu;
use networks::initialise::{Initialisation, initialise};
use networks::models::{Blueprint, LayerKind, Network, Size, Step};
use serde::{Deserialize, Serialize};

use crate::experiment::architecture::{Architecture, Variant};
use crate::experiment::params::{Data, Params};
use pass::{Branch, observe};
use samples::Samples;

pub use pass::{Observed, Pooled};

/// Most bytes that the sums of one network may take.
const MOST_BYTES: usize = 16 << 30;
/// Every convolution of `networks` pads its maps so; the other one is a test of this section.
pub const PADDING: &str = "reflection";

/// One run: initialisations `first`, …, `first + count - 1` of a network, each with all variants. Weights and images of an
/// initialisation depend on its number and the seed alone, not on the run it is in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The network.
    pub network: Architecture,
    /// The first initialisation, counted from 0.
    pub first: u64,
    /// Initialisations.
    pub count: u64,
    /// Images for each (T).
    pub images: u64,
    /// Side of the images.
    pub side: u64,
    /// Channels of the network's first layer.
    pub base_width: u64,
    /// Which images to take.
    pub data: Data,
}

/// A network as it was built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Built {
    /// What each layer does: `convolution`, `up-convolution` or `fully connected`.
    pub kinds: Vec<String>,
    /// Max-pooling steps.
    pub max_poolings: u64,
    /// Global average pooling steps.
    pub global_poolings: u64,
    /// Skip connections that carry something.
    pub skips: u64,
    /// Weights and biases.
    pub parameters: u64,
    /// Classes that its last layer tells apart.
    pub classes: u64,
    /// Height, width and channels of an image.
    pub image: [u64; 3],
}

/// One variant of one initialisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The variant.
    pub variant: Variant,
    /// The initialisation's number.
    pub initialisation: u64,
    /// What was seen.
    pub observed: Observed,
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Where the images came from.
    pub source: Source,
    /// The networks of the run.
    pub built: Built,
    /// One for each initialisation and variant.
    pub curves: Vec<Curve>,
}

impl Run {
    /// Its name.
    pub fn name(&self) -> String {
        let Self { network, first, count, .. } = self;
        match count {
            1 => format!("{network}-{first}"),
            _ => format!("{network}-{first}-to-{}", first + count - 1),
        }
    }

    fn blueprint(&self, variant: Variant) -> Result<Blueprint, ExperimentError> {
        Ok(self.network.blueprint(variant, size(self.base_width)?)?)
    }
}

/// Initialisations of a run. One of U-Net may take long, and little should be lost when a reproduction is interrupted;
/// one of ALL-CNN-C takes less than opening its data set.
fn together(network: Architecture) -> u64 {
    match network {
        Architecture::AllCnn => 10,
        Architecture::UNet => 1,
    }
}

/// The experiments of Section 3.3.
pub struct ConvNets;

impl Experiment for ConvNets {
    type Params = Params;
    type Run = Run;
    type Outcome = Outcome;

    fn check(params: &Params) -> Result<(), ExperimentError> {
        params.check()?;
        Self::runs(params).iter().try_for_each(check)
    }

    fn inputs(params: &Params, data: Option<&Path>) -> Result<Inputs, ExperimentError> {
        let folder = data.filter(|_| params.data == Data::Found);
        let fingerprint = |network: &Architecture| -> Result<(String, String), ExperimentError> {
            Ok(match network {
                Architecture::AllCnn => (Cifar10::NAME.to_owned(), Cifar10::fingerprint(folder)?),
                Architecture::UNet => (Isbi2012::NAME.to_owned(), Isbi2012::fingerprint(folder)?),
            })
        };
        params.networks.iter().map(fingerprint).collect()
    }

    fn runs(params: &Params) -> Vec<Run> {
        let mut runs = Vec::new();
        for &network in &params.networks {
            let (side, base_width) = match network {
                Architecture::AllCnn => (Cifar10::SIDE as u64, params.allcnn_width.get()),
                Architecture::UNet => (params.size.get(), params.unet_width.get()),
            };
            let further = match network {
                Architecture::AllCnn => params.further_initialisations.get(),
                Architecture::UNet => 0,
            };
            let (count, images) = (params.initialisations_of(network) + further, params.images_of(network));
            let run = |first: u64| {
                let count = together(network).min(count - first);
                Run { network, first, count, images, side, base_width, data: params.data }
            };
            runs.extend((0..count).step_by(together(network) as usize).map(run));
        }
        runs
    }

    fn name(run: &Run) -> String {
        run.name()
    }

    // region: execute
    fn execute(
        run: &Run,
        context: &Context,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Outcome, ExperimentError> {
        let (images, side) = (size(run.images)?, size(run.side)?);
        let samples = Samples::open(
            run.network,
            run.data,
            context.data.as_deref(),
            context.seeds.of("stand-in"),
            (images, side),
        )?;
        let mut network = Network::<f32, Cpu>::new(run.blueprint(Variant::Standard)?, &Cpu::default())?;
        let mut curves = Vec::new();
        for initialisation in run.first..run.first + run.count {
            let own = |what: &str| context.seeds.of(&format!("{what} of initialisation {initialisation}"));
            initialise(&mut network, Initialisation::Kaiming, own("weights"), &[])?;
            let branch = |variant: &Variant| -> Result<Branch, ExperimentError> {
                Ok(Branch::new(network.rewired(run.blueprint(*variant)?)?, variant.shared_layers()))
            };
            let (paper, variants) = run.network.variants().split_at(1);
            let branches = variants.iter().map(branch).collect::<Result<_, _>>()?;
            let before = (initialisation - run.first) * run.images;
            let passed = |images: usize| progress(before + images as u64, run.count * run.images);
            let observed = observe(&network, branches, &samples.draw(own("images"), images, side)?, &passed)?;
            let curve = |(variant, observed): (&Variant, Observed)| Curve {
                variant: *variant,
                initialisation,
                observed,
            };
            curves.extend(paper.iter().chain(variants).zip(observed).map(curve));
        }
        Ok(Outcome { source: samples.source(), built: built(&network, run.network.image(side)), curves })
    }
    // endregion: execute
}

/// Refuses a run before any work, naming the limit that it breaks.
///
/// # Errors
/// The limit.
fn check(run: &Run) -> Result<(), ExperimentError> {
    let units = || -> Result<usize, ExperimentError> {
        let sizes = run.blueprint(Variant::Standard)?.sizes(run.network.image(size(run.side)?))?;
        Ok(sizes.into_iter().map(Size::units).sum())
    };
    let units = units().map_err(RunRefused::named(run.name()))?;
    // Two sums in double precision for each unit of a variant, and half as many again around pooling steps.
    let bytes = 24 * units * run.network.variants().len();
    if bytes > MOST_BYTES {
        let [needed, limit] = [bytes, MOST_BYTES].map(|bytes| bytes as f64 / (1u64 << 30) as f64);
        let what =
            format!("the sums of {units} units would take {needed:.1} GiB, and the limit is {limit:.1} GiB");
        return Err(RunRefused::named(run.name())(what));
    }
    Ok(())
}

// region: built
/// Counts the layers and steps of a network.
fn built(network: &Network<f32, Cpu>, image: Size) -> Built {
    let kind = |kind: &LayerKind| match kind {
        LayerKind::Convolution { .. } => "convolution",
        LayerKind::UpConvolution { .. } => "up-convolution",
        LayerKind::Linear { .. } => "fully connected",
    };
    let layers = network.blueprint().layers();
    let steps = |step: Step| network.steps().iter().filter(|other| **other == step).count() as u64;
    let side = |pick: fn(usize, usize) -> usize| match image {
        Size::Maps { height, width, .. } => pick(height, width) as u64,
        Size::Rows { .. } => 1,
    };
    Built {
        kinds: layers.iter().map(|layer| kind(layer).to_owned()).collect(),
        max_poolings: steps(Step::MaxPool),
        global_poolings: steps(Step::Average),
        skips: steps(Step::Concatenate),
        parameters: network.parameter_count() as u64,
        classes: layers.last().map_or(0, |layer| layer.features() as u64),
        image: [side(|height, _| height), side(|_, width| width), image.channels() as u64],
    }
}
// endregion: built

/// A count as a length.
fn size(count: u64) -> Result<usize, ExperimentError> {
    Ok(usize::try_from(count)?)
}
