//! Every operation and its gradients against values that PyTorch made (`reference/operations.py`), in double precision.

#![allow(clippy::unwrap_used)]

use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Cpu, Gradients, OwnedTape, PutTape, SplitTape, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::{Backward, SumTo};
use networks::ops::{self, Padding, Window};
use networks::{Maps, NetworkError, PerChannel, Rows};
use serde_json::Value;

type Taped = OwnedTape<f64, Cpu>;

/// Shape and numbers of an array in the file.
struct Array<'a>(&'a Value);

impl Array<'_> {
    fn sizes(&self) -> Vec<usize> {
        self.0["shape"].as_array().unwrap().iter().map(|size| size.as_u64().unwrap() as usize).collect()
    }

    fn numbers(&self) -> Vec<f64> {
        self.0["data"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
    }

    fn tensor<S: Shape>(&self, shape: S) -> Tensor<S, f64, Cpu> {
        Cpu::default().tensor_from_vec(self.numbers(), shape)
    }

    fn maps(&self) -> Maps<f64, Cpu> {
        let sizes = self.sizes();
        self.tensor((sizes[0], sizes[1], sizes[2], sizes[3]))
    }

    fn rows(&self) -> Rows<f64, Cpu> {
        let sizes = self.sizes();
        self.tensor((sizes[0], sizes[1]))
    }

    fn list(&self) -> Tensor<(usize,), f64, Cpu> {
        self.tensor((self.sizes()[0],))
    }

    /// Differences are at most 1e-10 of the largest number.
    fn agrees(&self, what: &str, found: &[f64]) {
        let expected = self.numbers();
        assert_eq!(found.len(), expected.len(), "{what}");
        let scale = expected.iter().fold(0.0, |largest: f64, next| largest.max(next.abs()));
        for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let near = (found - expected).abs() <= 1e-10 * scale;
            assert!(near, "{what}, number {index}: {found}, PyTorch has {expected}");
        }
    }
}

/// One case of the file.
struct Case(Value);

impl Case {
    fn name(&self) -> &str {
        self.0["name"].as_str().unwrap()
    }

    /// What it is about, for messages.
    fn what(&self, part: &str) -> String {
        let settings =
            [&self.0["mode"], &self.0["padding"], &self.0["stride"], &self.0["inputs"]["x"]["shape"]];
        format!("{} {settings:?}, {part}", self.name())
    }

    fn input(&self, name: &str) -> Array<'_> {
        Array(&self.0["inputs"][name])
    }

    /// An input that not every case has.
    fn optional(&self, name: &str) -> Option<Array<'_>> {
        self.0["inputs"].get(name).map(Array)
    }

    fn labels(&self) -> Vec<usize> {
        self.0["labels"].as_array().unwrap().iter().map(|label| label.as_u64().unwrap() as usize).collect()
    }

    fn window(&self) -> Window {
        let number = |name: &str| self.0[name].as_u64().unwrap() as usize;
        let padding = match (self.0["mode"].as_str().unwrap(), number("padding")) {
            ("reflect", size) => Padding::Reflect(size),
            (_, 0) => Padding::None,
            (_, size) => Padding::Zero(size),
        };
        Window { stride: number("stride"), padding }
    }

    /// Compares the output, and goes back from its product with the weights.
    fn back<S: Shape>(&self, y: Result<Tensor<S, f64, Cpu, Taped>, NetworkError>) -> Gradients<f64, Cpu> {
        let (y, tape) = y.unwrap().split_tape();
        Array(&self.0["output"]).agrees(&self.what("output"), &y.as_vec());
        let weights = Array(&self.0["weights"]).tensor(*y.shape());
        (y.put_tape(tape) * weights).sum::<(), S::AllAxes>().backward()
    }

    fn gradient<S: Shape>(&self, name: &str, gradients: &Gradients<f64, Cpu>, of: &Tensor<S, f64, Cpu>) {
        Array(&self.0["gradients"][name]).agrees(&self.what(name), &gradients.get(of).as_vec());
    }

    /// An operation of `x` alone.
    fn of<S: Shape, Y: Shape>(
        &self,
        x: Tensor<S, f64, Cpu>,
        operation: impl Fn(Tensor<S, f64, Cpu, Taped>) -> Result<Tensor<Y, f64, Cpu, Taped>, NetworkError>,
    ) {
        self.gradient("x", &self.back(operation(x.leaky_trace())), &x);
    }

    /// An operation of `x` with weights of that name and perhaps a bias.
    fn weighted<S: Shape, W: Shape, Y: Shape>(
        &self,
        x: Tensor<S, f64, Cpu>,
        (name, weights): (&str, Tensor<W, f64, Cpu>),
        operation: impl Fn(
            Tensor<S, f64, Cpu, Taped>,
            &Tensor<W, f64, Cpu>,
            Option<&PerChannel<f64, Cpu>>,
        ) -> Result<Tensor<Y, f64, Cpu, Taped>, NetworkError>,
    ) {
        let bias = self.optional("bias").map(|bias| bias.list());
        let gradients = self.back(operation(x.leaky_trace(), &weights, bias.as_ref()));
        self.gradient("x", &gradients, &x);
        self.gradient(name, &gradients, &weights);
        if let Some(bias) = &bias {
            self.gradient("bias", &gradients, bias);
        }
    }

    fn concatenate(&self) {
        let (x, y) = (self.input("x").maps(), self.input("y").maps());
        let gradients = self.back(ops::concatenate(x.leaky_trace(), &y));
        self.gradient("x", &gradients, &x);
        self.gradient("y", &gradients, &y);
    }

    fn check(&self) {
        let x = self.input("x");
        let kernel = || ("kernel", self.input("kernel").maps());
        match (self.name(), x.sizes().len()) {
            ("convolve", _) => {
                self.weighted(x.maps(), kernel(), |x, kernel, bias| {
                    ops::convolve(x, kernel, bias, self.window())
                });
            }
            ("up_convolve", _) => self.weighted(x.maps(), kernel(), ops::up_convolve),
            ("linear", _) => self.weighted(x.rows(), ("weights", self.input("weights").rows()), ops::linear),
            ("concatenate", _) => self.concatenate(),
            ("max_pool", _) => self.of(x.maps(), ops::max_pool),
            ("subsample", _) => self.of(x.maps(), ops::subsample),
            ("relu", _) => self.of(x.maps(), ops::relu),
            ("average", _) => self.of(x.maps(), ops::average),
            ("one_position", _) => self.of(x.maps(), ops::one_position),
            ("batch_norm", 4) => self.of(x.maps(), |x| ops::batch_norm(x, 1e-5)),
            ("batch_norm", _) => self.of(x.rows(), |x| ops::batch_norm(x, 1e-5)),
            ("cross_entropy", _) => self.of(x.rows(), |x| ops::cross_entropy(x, &self.labels())),
            ("cross_entropy_per_pixel", _) => {
                self.of(x.maps(), |x| ops::cross_entropy_per_pixel(x, &self.labels()));
            }
            (name, _) => panic!("no operation is called {name}"),
        }
    }
}

#[test]
fn operations_agree_with_pytorch() {
    let mut file: Value = serde_json::from_str(include_str!("reference/operations.json")).unwrap();
    let cases = file["cases"].as_array_mut().unwrap().split_off(0);
    let names = cases.iter().map(|case| case["name"].as_str().unwrap().to_owned());
    assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len(), 12, "operations in the file");
    for case in cases {
        Case(case).check();
    }
}
