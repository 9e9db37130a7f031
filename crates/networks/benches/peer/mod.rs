//! Running PyTorch beside ours, in the same minute: a child process each, in turns, both of which print the seconds of
//! each repetition and their peak memory as one line of JSON.

use networks::initialise::{Initialisation, initialise};
use networks::models::{Blueprint, Network, ShapeError};
use networks::{Kernels, Maps};
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
        match self.measure() {
            Ok(line) => println!("{line}"),
            Err(reason) => println!("{}", json!({ "name": self.name, "skipped": reason })),
        }
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
        let digits = |value: f64| (1e3 * value).round() / 1e3;
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
        let value = serde_json::from_str::<Value>(line).unwrap_or_default();
        self.seconds.extend(value["seconds"].as_array().into_iter().flatten().filter_map(Value::as_f64));
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
    run(Command::new(program).arg(OURS).env("RAYON_NUM_THREADS", "2"))
}

/// Runs Python (`PYTHON`, or python3).
fn python(arguments: &[&str]) -> Result<String, String> {
    let interpreter = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    run(Command::new(interpreter).args(arguments))
}

/// Runs a program and returns what it prints, or why it cannot.
fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name} does not start: {error}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false if errors.contains("No module named 'torch'") => {
            Err("PyTorch is not installed: pip install torch".to_owned())
        }
        false => Err(errors.lines().last().unwrap_or("no reason given").to_owned()),
    }
}

/// The middle of the values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
