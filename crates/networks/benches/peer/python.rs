//! What every bench that runs PyTorch beside ours needs.

use serde_json::{Value, json};
use std::process::Command;

/// Prints the line of a bench, or why there is none.
pub fn print(name: &str, line: Result<Value, String>) {
    println!("{}", line.unwrap_or_else(|reason| json!({ "name": name, "skipped": reason })));
}

/// Runs Python (`PYTHON`, or python3) and returns what it prints, or why it cannot.
pub fn python(arguments: &[&str]) -> Result<String, String> {
    let interpreter = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    run(Command::new(interpreter).args(arguments))
}

/// Runs a program and returns what it prints, or why it cannot.
pub fn run(command: &mut Command) -> Result<String, String> {
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

/// A line of JSON that a program printed.
pub fn json_of(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_default()
}

/// A list of numbers in a line of JSON.
pub fn list(line: &Value, name: &str) -> Vec<f64> {
    line[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

/// The middle of the values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Three digits behind the point.
pub fn digits(value: f64) -> f64 {
    (1e3 * value).round() / 1e3
}
