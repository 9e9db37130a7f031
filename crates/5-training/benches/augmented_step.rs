//! Training ALL-CNN-C through the whole way of the data, augmentation included, with minibatches of 32 images of 32×32,
//! against PyTorch on two threads each, in images per second. Prints one line of JSON.

// The networks' own benches use all of it.
#[allow(dead_code)]
#[path = "../../networks/benches/peer/mod.rs"]
mod peer;

use dfdx::tensor::Cpu;
use experiment::{Count, Parameters, Profile, Seeds};
use networks::models::{AllCnn, Size};
use peer::{Bench, operations};
use training::experiment::choices::{Initialisation, Optimiser, Task};
use training::experiment::minibatches::{Minibatches, Set};
use training::experiment::runs::{Run, runs};

/// Steps in one repetition.
const STEPS: usize = 4;
/// Images in a minibatch.
const BATCH: usize = 32;

fn main() {
    let operations = 3.0 * operations(AllCnn::default().blueprint(), Size::square(3, 32));
    let (name, literal) = ("training/allcnn-step", "allcnn-augmented-steps");
    Bench { name, literal, images: STEPS * BATCH, operations, on_processor: true }.compare(steps);
}

/// ALL-CNN-C at the paper's width, from scale initialisation, by SGD at the highest rate, on a stand-in.
fn run() -> Run {
    let mut params = training::experiment::params::Params::of(Profile::Paper);
    params.batch.cifar = Count::of(BATCH as u64);
    params.data = training::experiment::choices::Data::StandIn;
    let wanted = |run: &Run| {
        (run.task, run.optimiser, run.initialisation) == (Task::Cifar, Optimiser::Sgd, Initialisation::Scale)
    };
    runs(&params).into_iter().rfind(wanted).expect("the paper trains ALL-CNN-C by SGD")
}

/// What takes so many steps each time it is called.
fn steps() -> impl FnMut() {
    const SEEDS: Seeds = Seeds::new("bench", 1);
    let run: &'static Run = Box::leak(Box::new(run()));
    let set = Set::open(run, None, 1).expect("a stand-in can always be made");
    let minibatches = Minibatches::of(run, set, &SEEDS).expect("the stand-in is large enough");
    let minibatches: &'static Minibatches = Box::leak(Box::new(minibatches));
    let device: &'static Cpu = Box::leak(Box::default());
    let mut training = training::experiment::trainer::Training::begin(device, run, minibatches, &SEEDS)
        .expect("there is memory");
    training.initialise(&SEEDS).expect("the stand-in fits");
    move || (0..STEPS).for_each(|_| training.step().expect("the stand-in fits"))
}
