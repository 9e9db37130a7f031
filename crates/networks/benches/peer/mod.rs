//! Running PyTorch beside ours, in the same minutes: child processes in turns, which print the seconds of each repetition
//! and their peak memory as one line of JSON. The peer is PyTorch in whichever manner is fastest; beside the ratio stands
//! the part of the processor's multiply-adds that ours makes use of (above 1 where an algorithm needs fewer).

mod ceiling;
mod python;

use networks::initialise::{Initialisation, initialise};
use networks::models::{Blueprint, Network, ShapeError, Size};
use networks::{Kernels, Maps};
use python::{digits, json_of, list, median, python};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The argument that makes a bench the child that measures ours.
const OURS: &str = "--ours";

/// How often each side is started, and how often each then repeats itself.
const STARTS: usize = 3;
const REPETITIONS: usize = 3;

/// How `literal.py` can do it: the fastest is the one compared with. Ours reflects at the borders.
const MANNERS: [&str; 6] = [
    "eager reflect",
    "eager zeros",
    "channels_last reflect",
    "channels_last zeros",
    "compile reflect",
    "compile zeros",
];

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

/// Multiplications and additions of a forward pass of one image, as a sum over weights and positions has them.
pub fn operations(blueprint: Result<Blueprint, ShapeError>, image: Size) -> f64 {
    let blueprint = blueprint.expect("the paper's networks can be built");
    let sizes = blueprint.sizes(image).expect("the image fits");
    let layers = blueprint.layers().iter().zip(sizes);
    layers.map(|(layer, size)| 2.0 * (size.units() * layer.fan_in()) as f64).sum()
}

/// What is measured.
pub struct Bench {
    /// Its public name.
    pub name: &'static str,
    /// What `literal.py` calls it.
    pub literal: &'static str,
    /// Images that one repetition takes.
    pub images: usize,
    /// Multiplications and additions for each of them.
    pub operations: f64,
    /// Whether it is the processor that computes, whose ceiling is then measured.
    pub on_processor: bool,
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
        let torch = python(&["-c", "import torch"]).map(|_| Measured::default());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/literal.py");
        let repetitions = REPETITIONS.to_string();
        let (mut ours, mut theirs) = (Measured::default(), vec![torch.clone(); MANNERS.len()]);
        for _ in 0..STARTS {
            ours.add(&child()?);
            for (manner, measured) in MANNERS.iter().zip(&mut theirs) {
                let Ok(found) = measured else { continue };
                match python(&[&script.to_string_lossy(), self.literal, &repetitions, manner]) {
                    Ok(line) => found.add(&line),
                    Err(why) => *measured = Err(why),
                }
            }
        }
        let speed = |measured: &Measured| self.images as f64 / median(measured.seconds.clone());
        let peak = |measured: &Measured| median(measured.peaks.clone()) / f64::from(1 << 20);
        let named = || MANNERS.iter().zip(&theirs);
        let best = |of: &str| {
            let found = named().filter(|(manner, _)| manner.ends_with(of));
            let found = found.filter_map(|(manner, measured)| Some((*manner, measured.as_ref().ok()?)));
            found.max_by(|left, right| speed(left.1).total_cmp(&speed(right.1)))
        };
        let mut line = json!({ "name": self.name, "unit": "images/s", "ours": digits(speed(&ours)) });
        if let Some(((manner, best), (_, reflecting))) = best("").zip(best("reflect")) {
            let each = named().map(|(manner, measured)| {
                let told =
                    measured.as_ref().map_or_else(|why| json!(why), |found| json!(digits(speed(found))));
                ((*manner).to_owned(), told)
            });
            line["peer"] = json!(digits(speed(best)));
            line["peer manner"] = json!(manner);
            line["ratio"] = json!(digits(speed(&ours) / speed(best)));
            line["ratio reflect"] = json!(digits(speed(&ours) / speed(reflecting)));
            line["peers"] = Value::Object(each.collect());
            line["peer peak MiB"] = json!(peak(best).round());
        } else {
            let why = torch.err().unwrap_or_else(|| "PyTorch computes it in no manner".to_owned());
            line["skipped"] = json!(why);
        }
        line["ours peak MiB"] = json!(peak(&ours).round());
        if self.on_processor {
            let ceiling = ceiling::operations();
            line["ceiling GFLOP/s"] = json!((ceiling / 1e9).round());
            line["memory GB/s"] = json!((ceiling::bytes() / 1e9).round());
            line["part of ceiling"] = json!(digits(speed(&ours) * self.operations / ceiling));
        }
        Ok(line)
    }
}

/// What the children of one side told.
#[derive(Clone, Default)]
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
    python::run(Command::new(program).args(std::env::args().skip(1)).arg(OURS).env("RAYON_NUM_THREADS", "2"))
}
