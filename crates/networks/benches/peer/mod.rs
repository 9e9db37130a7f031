//! Running PyTorch beside ours, in the same minute: a child process each, in turns, both of which print the seconds of
//! each repetition and their peak memory as one line of JSON.

mod python;

use networks::initialise::{Initialisation, initialise};
use networks::models::{Blueprint, Network, ShapeError};
use networks::{Kernels, Maps};
use python::{digits, json_of, list, median, python};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The argument that makes a bench the child that measures ours.
const OURS: &str = "--ours";

/// How often either side is started, and how often each then repeats itself.
const STARTS: usize = 5;
const REPETITIONS: usize = 3;

/// A network as it is before training.
pub fn network<D: Kernels<f32>>(blueprint: Result<Blueprint, ShapeError>, device: &D) -> Network<f32, D> {
    let blueprint = blueprint.expect("the paper's networks can be built");
    let mut network = Network::new(blueprint, device).expect("there is memory");
    initialise(&mut network, Initialisation::Kaiming, 1, &[])
        .expect("Kaiming's initialisation needs no images");
    network
}

/// Images of numbers from -1 to 1 without a pattern that matters.
pub fn images<D: Kernels<f32>>(device: &D, shape: (usize, usize, usize, usize)) -> Maps<f32, D> {
    let count = shape.0 * shape.1 * shape.2 * shape.3;
    let values = (0..count).map(|i| ((i * 7919) % 1013) as f32 / 506.0 - 1.0).collect();
    device.tensor_from_vec(values, shape)
}

/// What is measured.
pub struct Bench {
    /// Its public name.
    pub name: &'static str,
    /// What `literal.py` calls it.
    pub literal: &'static str,
    /// Images that one repetition takes.
    pub images: usize,
}

impl Bench {
    /// Measures what `prepare` returns, a repetition each time it is called, against the script's, and prints the medians
    /// as one line of JSON.
    pub fn compare<R: FnMut()>(&self, prepare: impl FnOnce() -> R) {
        if std::env::args().any(|argument| argument == OURS) {
            return println!("{}", ours(prepare()));
        }
        python::print(self.name, self.measure());
    }

    /// The line that [`Bench::compare`] prints.
    fn measure(&self) -> Result<Value, String> {
        python(&["-c", "import torch"])?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/literal.py");
        let repetitions = REPETITIONS.to_string();
        let (mut ours, mut theirs) = (Measured::default(), Measured::default());
        for _ in 0..STARTS {
            ours.add(&child()?);
            theirs.add(&python(&[&script.to_string_lossy(), self.literal, &repetitions])?);
        }
        let speed = |measured: &Measured| self.images as f64 / median(measured.seconds.clone());
        let peak = |measured: &Measured| median(measured.peaks.clone()) / f64::from(1 << 20);
        Ok(json!({
            "name": self.name,
            "unit": "images/s",
            "ours": digits(speed(&ours)),
            "peer": digits(speed(&theirs)),
            "ratio": digits(speed(&ours) / speed(&theirs)),
            "ours peak MiB": peak(&ours).round(),
            "peer peak MiB": peak(&theirs).round(),
            "ratio peak": digits(peak(&theirs) / peak(&ours)),
        }))
    }
}

/// What the children of one side told.
#[derive(Default)]
struct Measured {
    seconds: Vec<f64>,
    peaks: Vec<f64>,
}

impl Measured {
    /// Adds what a child printed.
    fn add(&mut self, line: &str) {
        let value = json_of(line);
        self.seconds.extend(list(&value, "seconds"));
        self.peaks.extend(value["peak"].as_f64());
    }
}

/// The child's part: once for warm caches, then the repetitions.
fn ours(mut run: impl FnMut()) -> Value {
    run();
    let seconds = (0..REPETITIONS).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    });
    let seconds = seconds.collect::<Vec<_>>();
    json!({ "seconds": seconds, "peak": runner::peak_memory_bytes() })
}

/// Runs this bench once more as the child that measures ours, on two threads.
fn child() -> Result<String, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    python::run(Command::new(program).arg(OURS).env("RAYON_NUM_THREADS", "2"))
}
