//! The cosine map K, applied 50 times to each of a million cosines on two threads: ours against PyTorch's closed form in
//! float64, vectorised, on two threads as well (`peer.py`). Nanoseconds of wall time per cosine and application. Prints
//! one line of JSON; `ratio` is PyTorch's time over ours, `closed_form` the time of the closed form in Rust: what the
//! digits cost that it loses near c = ±1. The means of the last iterates must agree, or the measurement fails.

#[allow(dead_code)] // Other benches need more of it.
#[path = "../../networks/benches/peer/python.rs"]
mod python;

use std::path::Path;
use std::thread;
use std::time::Instant;

use mean_field::cosine_map;
use python::{json_of, python};
use serde_json::{Value, json};

const NAME: &str = "mean-field/iterate";
const COSINES: usize = 1_000_000;
const APPLICATIONS: usize = 50;
const REPETITIONS: usize = 5;
const THREADS: usize = 2;
/// Cosines that go through all applications together: they stay in the cache, and one need not wait for another.
const BLOCK: usize = 4096;
/// What the closed form may lose: after 50 layers 1 - c is about 0.01, so that each application rounds c by some 1e-16
/// and arccos c by ten times that; fifty of them stay far below this.
const AGREEMENT: f64 = 1e-12;

/// A duration in seconds, and the mean of the last iterates.
struct Run {
    seconds: f64,
    mean: f64,
}

fn main() {
    python::print(NAME, compare());
}

/// Measures ours and PyTorch's alternately and keeps the best of each.
fn compare() -> Result<Value, String> {
    let torch = python(&["-c", "import torch"]);
    let (mut ours, mut closed_form, mut peer) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    for _ in 0..REPETITIONS {
        let run = iterate(cosine_map::value);
        ours = ours.min(run.seconds);
        if torch.is_ok() {
            let theirs = literal()?;
            let (here, there) = (run.mean, theirs.mean);
            assert!((here - there).abs() < AGREEMENT, "{NAME}: {here} here, {there} there");
            peer = peer.min(theirs.seconds);
        }
        closed_form = closed_form.min(iterate(cosine_map::closed_form).seconds);
    }
    let nanoseconds = |seconds: f64| (1e11 * seconds / (COSINES * APPLICATIONS) as f64).round() / 100.0;
    let mut line = json!({
        "name": NAME,
        "unit": "ns per cosine and application",
        "ours": nanoseconds(ours),
        "closed_form": nanoseconds(closed_form),
        "threads": THREADS,
    });
    match torch {
        Ok(_) => {
            line["peer"] = json!(nanoseconds(peer));
            line["ratio"] = json!((1e3 * peer / ours).round() / 1e3);
        }
        Err(why) => line["skipped"] = json!(why),
    }
    Ok(line)
}

fn iterate(map: impl Fn(f64) -> f64 + Copy + Send) -> Run {
    let step = 2.0 / (COSINES - 1) as f64;
    let mut cosines: Vec<f64> = (0..COSINES).map(|index| (-1.0 + step * index as f64).min(1.0)).collect();
    let start = Instant::now();
    thread::scope(|scope| {
        for half in cosines.chunks_mut(COSINES.div_ceil(THREADS)) {
            scope.spawn(move || {
                for block in half.chunks_mut(BLOCK) {
                    (0..APPLICATIONS)
                        .for_each(|_| block.iter_mut().for_each(|cosine| *cosine = map(*cosine)));
                }
            });
        }
    });
    Run { seconds: start.elapsed().as_secs_f64(), mean: cosines.iter().sum::<f64>() / COSINES as f64 }
}

/// The same in PyTorch, or why it cannot run.
fn literal() -> Result<Run, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peer.py");
    let [cosines, applications] = [COSINES, APPLICATIONS].map(|size| size.to_string());
    let line = json_of(&python(&[&script.to_string_lossy(), &cosines, &applications, "1"])?);
    let number = |name: &str| line[name].as_f64().expect("peer.py prints seconds and mean");
    Ok(Run { seconds: number("seconds"), mean: number("mean") })
}
