//! Running PyTorch's literal computation beside ours, in the same minute.

use ensemble::{Description, Ensemble, Observe};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Our time to run the ensembles, in milliseconds per network and layer, for all of them together.
pub fn milliseconds_per_layer(descriptions: &[Description], observe: &Observe) -> f64 {
    let each = |description: &Description| {
        let ensemble =
            Ensemble::new(description.clone(), observe.clone()).expect("the benchmark's sizes are sound");
        let start = Instant::now();
        ensemble.run().expect("the benchmark's numbers stay in range");
        start.elapsed().as_secs_f64() * 1e3 / (description.networks * description.depth) as f64
    };
    descriptions.iter().map(each).sum()
}

/// Measures ours and PyTorch's alternately, three times each, and prints the medians as one line of JSON.
pub fn compare(name: &str, what: &str, layers: usize, exact: impl Fn() -> f64, direct: impl Fn() -> f64) {
    if let Err(reason) = python(&["-c", "import torch"]) {
        return println!("{}", json!({ "name": name, "skipped": reason }));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/literal.py");
    let script = script.to_string_lossy();
    let (mut ours, mut literal, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    exact();
    for _ in 0..3 {
        ours.push(exact());
        match python(&[script.as_ref(), what, "3000", "100", &layers.to_string(), "1"]) {
            Ok(line) => theirs.extend(seconds(&line).into_iter().map(|seconds| 1e3 * seconds)),
            Err(reason) => return println!("{}", json!({ "name": name, "skipped": reason })),
        }
        literal.push(direct());
    }
    let (ours, literal, theirs) = (median(ours), median(literal), median(theirs));
    let digits = |value: f64| (1e4 * value).round() / 1e4;
    let line = json!({
        "name": name,
        "unit": "ms per network and layer",
        "ours": digits(ours),
        "peer": digits(theirs),
        "ratio": digits(theirs / ours),
        "direct": digits(literal),
        "direct_ratio": digits(theirs / literal),
    });
    println!("{line}");
}

/// Runs Python and returns what it prints, or why it cannot.
fn python(arguments: &[&str]) -> Result<String, String> {
    let interpreter = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output =
        Command::new(interpreter).args(arguments).output().map_err(|error| format!("no Python: {error}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false if errors.contains("torch") => Err("PyTorch is not installed: pip install torch".to_owned()),
        false => Err(errors.lines().last().unwrap_or("Python failed").to_owned()),
    }
}

/// The seconds in a line that the script printed.
fn seconds(line: &str) -> Vec<f64> {
    let value = serde_json::from_str::<Value>(line).unwrap_or_default();
    value["seconds"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

/// The middle of the values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
