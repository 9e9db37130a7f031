//! Running PyTorch's literal computation beside ours, in the same minute.

#[path = "../../../networks/benches/peer/ceiling.rs"]
mod ceiling;
#[path = "../../../networks/benches/peer/python.rs"]
mod python;

use ensemble::{Config, Ensemble, Observables};
use python::{digits, json_of, list, median, python};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

/// Layers that PyTorch runs: enough to forget the first.
const LAYERS: &str = "10";

/// Our time to run the ensembles, in milliseconds per network and layer, for all of them together.
pub fn milliseconds_per_layer(configs: &[Config], observables: &Observables) -> f64 {
    let each = |config: &Config| {
        let ensemble =
            Ensemble::new(config.clone(), observables.clone()).expect("the benchmark's sizes are sound");
        let start = Instant::now();
        ensemble.run().expect("the benchmark's numbers stay in range");
        start.elapsed().as_secs_f64() * 1e3 / (config.networks * config.depth) as f64
    };
    configs.iter().map(each).sum()
}

/// Measures ours and PyTorch's alternately, three times each, and prints the medians as one line of JSON. `peers` are
/// computations that the script knows: the first is the one compared with, the others are printed under their names.
/// `law` is what the exact law wins over a literal layer of our own craft, `craft` what that wins over PyTorch's.
/// `operations` are the multiplications and additions without which the exact engine has no layer; what they take at the
/// machine's ceiling is the floor.
pub fn compare(
    name: &str,
    peers: &[&str],
    operations: f64,
    exact: impl Fn() -> f64,
    direct: impl Fn() -> f64,
) {
    let floor = || 1e3 * operations / ceiling::operations();
    python::print(
        name,
        measure(name, peers, exact, direct).map(|mut line| {
            let floor = floor();
            line["floor"] = json!(digits(floor));
            line["times the floor"] = json!(digits(line["ours"].as_f64().unwrap_or(f64::NAN) / floor));
            line["memory GB/s"] = json!((ceiling::bytes() / 1e9).round());
            line
        }),
    );
}

/// The line that [`compare`] prints.
fn measure(
    name: &str,
    peers: &[&str],
    exact: impl Fn() -> f64,
    direct: impl Fn() -> f64,
) -> Result<Value, String> {
    let torch = python(&["-c", "import torch"]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/literal.py");
    let script = script.to_string_lossy();
    let (mut ours, mut literal, mut theirs) = (Vec::new(), Vec::new(), vec![Vec::new(); peers.len()]);
    exact();
    for _ in 0..3 {
        ours.push(exact());
        for (peer, times) in peers.iter().zip(&mut theirs).filter(|_| torch.is_ok()) {
            let line = python(&[script.as_ref(), peer, "3000", "100", LAYERS, "1"])?;
            times.extend(list(&json_of(&line), "seconds").into_iter().map(|seconds| 1e3 * seconds));
        }
        literal.push(direct());
    }
    let (ours, literal) = (median(ours), median(literal));
    let mut line = json!({
        "name": name,
        "unit": "ms per network and layer",
        "ours": digits(ours),
        "direct": digits(literal),
        "law": digits(literal / ours),
    });
    if let Err(why) = torch {
        line["skipped"] = json!(why);
        return Ok(line);
    }
    let theirs = theirs.into_iter().map(median).collect::<Vec<_>>();
    line["peer"] = json!(digits(theirs[0]));
    line["ratio"] = json!(digits(theirs[0] / ours));
    line["craft"] = json!(digits(theirs[0] / literal));
    for (peer, time) in peers.iter().zip(theirs).skip(1) {
        line[format!("peer {peer}")] = json!(digits(time));
        line[format!("ratio {peer}")] = json!(digits(time / ours));
    }
    Ok(line)
}
