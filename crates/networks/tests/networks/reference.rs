//! Every operation and its gradients against values that PyTorch made (`reference/operations.py`), in double precision.

use crate::operations::{Case, Evaluated, Operation};
use dfdx::tensor::Cpu;
use networks::ops::{Padding, Window};
use serde_json::Value;

/// What the inputs of an operation are called in the file, in their order.
const INPUTS: [&str; 5] = ["x", "y", "kernel", "weights", "bias"];

fn list<T>(value: &Value, of: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    value.as_array().unwrap().iter().map(|item| of(item).unwrap()).collect()
}

fn size(value: &Value) -> Option<usize> {
    value.as_u64().map(|size| size as usize)
}

fn operation(case: &Value) -> Operation {
    let number = |name: &str| size(&case[name]).unwrap();
    let labels = || list(&case["labels"], size);
    match case["name"].as_str().unwrap() {
        "convolve" => {
            let padding = match (case["mode"].as_str().unwrap(), number("padding")) {
                ("reflect", size) => Padding::Reflect(size),
                (_, 0) => Padding::None,
                (_, size) => Padding::Zero(size),
            };
            Operation::Convolve(Window { stride: number("stride"), padding })
        }
        "up_convolve" => Operation::UpConvolve,
        "linear" => Operation::Linear,
        "concatenate" => Operation::Concatenate,
        "max_pool" => Operation::MaxPool,
        "subsample" => Operation::Subsample,
        "relu" => Operation::Relu,
        "average" => Operation::Average,
        "one_position" => Operation::OnePosition,
        "batch_norm" => Operation::BatchNorm(1e-5),
        "cross_entropy" => Operation::CrossEntropy(labels()),
        "cross_entropy_per_pixel" => Operation::CrossEntropyPerPixel(labels()),
        name => panic!("no operation is called {name}"),
    }
}

#[test]
fn operations_agree_with_pytorch() {
    let file: Value = serde_json::from_str(include_str!("../reference/operations.json")).unwrap();
    let mut names = std::collections::BTreeSet::new();
    for case in file["cases"].as_array().unwrap() {
        names.insert(case["name"].as_str().unwrap());
        let named = |group: &'static str| INPUTS.iter().filter_map(move |name| case[group].get(name));
        let data = |array: &Value| list(&array["data"], Value::as_f64);
        let shapes = named("inputs").map(|array| list(&array["shape"], size)).collect();
        let ours = Case { operation: operation(case), shapes };
        let inputs = named("inputs").map(data).collect::<Vec<_>>();
        let found = ours.evaluate::<f64, _>(&Cpu::default(), &inputs, Some(&data(&case["weights"]))).unwrap();
        let gradients = named("gradients").map(data).collect();
        let expected = Evaluated { output: data(&case["output"]), loss: f64::NAN, gradients };
        found.agrees(&format!("{ours:?}"), &expected, 1e-10);
    }
    assert_eq!(names.len(), 12, "operations in the file");
}
