//! Training ALL-CNN-C through the whole way of the data, augmentation included, on images of 32×32 against PyTorch, two threads
//! each, in images per second: with minibatches of 32 and 128 images, at the paper's width and at a quarter of it. Prints one
//! line of JSON for the bench that its argument names.

// The networks' own benches use all of it.
#[allow(dead_code)]
#[path = "../../networks/benches/peer/mod.rs"]
mod peer;

use dfdx::tensor::Cpu;
use experiment::{Count, Parameters, Profile, Seeds};
use peer::{Bench, operations};
use training::experiment::choices::{Data, Initialisation, Optimiser, Task};
use training::experiment::minibatches::{Minibatches, Set};
use training::experiment::params::Params;
use training::experiment::runs::{Run, runs};
use training::experiment::settings::Positive;
use training::experiment::trainer::Training;

/// A bench: its name, what `literal.py` calls it, images in a minibatch, and the width in units of the paper's.
type Case = (&'static str, &'static str, usize, f64);

const CASES: [Case; 4] = [
    ("training/allcnn-step", "allcnn-augmented-32-96", 32, 1.0),
    ("training/allcnn-step-128", "allcnn-augmented-128-96", 128, 1.0),
    ("training/allcnn-step-quarter", "allcnn-augmented-32-24", 32, 0.25),
    ("training/allcnn-step-128-quarter", "allcnn-augmented-128-24", 128, 0.25),
];
/// Images in one repetition.
const IMAGES: usize = 128;

fn main() {
    let named = |case: &&Case| std::env::args().any(|argument| argument == case.0);
    let (name, literal, batch, width) = *CASES.iter().find(named).unwrap_or(&CASES[0]);
    let run = run(batch, width);
    let operations = 3.0 * operations(run.task.blueprint(width), run.image());
    Bench { name, literal, images: IMAGES, operations, on_processor: true }
        .compare(|| repetition(run, IMAGES / batch));
}

/// ALL-CNN-C from scale initialisation, by SGD at the highest rate, on a stand-in.
fn run(batch: usize, width: f64) -> Run {
    let mut params = Params::of(Profile::Paper);
    params.batch.cifar = Count::of(batch as u64);
    params.width_multiplier.cifar = Positive::of(width);
    params.data = Data::StandIn;
    let wanted = |run: &Run| {
        (run.task, run.optimiser, run.initialisation) == (Task::Cifar, Optimiser::Sgd, Initialisation::Scale)
    };
    runs(&params).into_iter().rfind(wanted).expect("the paper trains ALL-CNN-C by SGD")
}

/// What takes so many steps each time it is called.
fn repetition(run: Run, steps: usize) -> impl FnMut() {
    const SEEDS: Seeds = Seeds::new("bench", 1);
    let run: &'static Run = Box::leak(Box::new(run));
    let set = Set::open(run, None, 1).expect("a stand-in can always be made");
    let minibatches = Minibatches::of(run, set, &SEEDS).expect("the stand-in is large enough");
    let minibatches: &'static Minibatches = Box::leak(Box::new(minibatches));
    let device: &'static Cpu = Box::leak(Box::default());
    let mut training = Training::begin(device, run, minibatches, &SEEDS).expect("there is memory");
    training.initialise(&SEEDS).expect("the stand-in fits");
    move || (0..steps).for_each(|_| training.step().expect("the stand-in fits"))
}
