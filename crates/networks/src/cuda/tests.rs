//! The kernels for the card, run on the processor, against the kernels for the processor: at odd sizes, for every height
//! of a tile, with gradients that are not zero beforehand.

use super::convolution;
use super::machine::Address;
use super::pass::Pass;
use super::processor::{Processor, compiler};
use crate::kernels::{Gradients, Kernels, Slot, extents};
use crate::ops::{Convolution, Padding, Window};
use dfdx::dtypes::Dtype;
use dfdx::shapes::Shape;
use dfdx::tensor::{Cpu, Storage, Tensor, TensorFromVec};
use num_traits::Float;
use std::ops::DerefMut;

/// Numbers between -1 and 1 that look random.
fn numbers<E: Dtype>(count: usize, salt: u64) -> Vec<E> {
    let mut state = salt.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let number = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        E::from_f64((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0).unwrap()
    };
    std::iter::repeat_with(number).take(count).collect()
}

/// What a number type needs for these tests.
trait Number: Dtype + Float {}
impl Number for f32 {}
impl Number for f64 {}

/// Both sides: kernels for the processor, and kernels for the card on the processor.
struct Sides<E> {
    cpu: Cpu,
    card: Processor<E>,
    /// Largest difference, in units of the largest number expected.
    tolerance: f64,
}

/// Two copies of a gradient.
struct Twice<E: Dtype>
where
    Cpu: Storage<E>,
{
    slot: Slot<E, Cpu>,
    copy: Vec<E>,
}

/// Where numbers lie that a kernel reads.
fn address<E>(numbers: &[E]) -> Address {
    numbers.as_ptr() as Address
}

/// Where numbers lie that a kernel writes.
fn target<E>(numbers: &mut [E]) -> Address {
    numbers.as_mut_ptr() as Address
}

impl<E: Number> Sides<E>
where
    Cpu: Kernels<E> + Storage<E, Vec: DerefMut<Target = Vec<E>>>,
{
    fn tensor<S: Shape>(&self, shape: S, salt: u64) -> (Tensor<S, E, Cpu>, Vec<E>) {
        let values = numbers::<E>(shape.num_elements(), salt);
        (self.cpu.tensor_from_vec(values.clone(), shape), values)
    }

    fn gradient(&self, count: usize, salt: u64) -> Twice<E> {
        let copy = numbers::<E>(count, salt);
        let mut slot = Storage::<E>::try_alloc_len(&self.cpu, count).unwrap();
        slot.copy_from_slice(&copy);
        Twice { slot, copy }
    }

    fn agree(&self, what: &str, found: &[E], expected: &[E]) {
        assert_eq!(found.len(), expected.len(), "{what}");
        let wide = |number: &E| number.to_f64().unwrap();
        let scale = expected.iter().map(|number| wide(number).abs()).fold(0.0, f64::max);
        let differences = found.iter().zip(expected).map(|(a, b)| (wide(a) - wide(b)).abs());
        // Not `max`, which overlooks what is not a number.
        let worst = differences.fold(0.0, |worst, next| if next <= worst { worst } else { next });
        assert!(worst <= self.tolerance * scale, "{what}: {worst} of {scale}");
    }

    fn same(&self, what: &str, gradient: &Twice<E>) {
        self.agree(what, &gradient.copy, &gradient.slot);
    }

    fn convolution(&self, maps: (usize, usize, usize, usize), kernel: (usize, usize, usize), window: Window) {
        let kernel = (kernel.0, maps.1, kernel.1, kernel.2);
        let what = format!("{kernel:?} on {maps:?}, {window:?}");
        let shape = Convolution::new(maps, kernel, window).unwrap();
        let ((x, x_), (w, w_), (b, b_)) =
            (self.tensor(maps, 1), self.tensor(kernel, 2), self.tensor((kernel.0,), 3));
        let y = self.cpu.convolve(&x, &w, Some(&b), &shape).unwrap().as_vec();
        let mut y_ = vec![E::nan(); y.len()];
        let Ok(()) = convolution::convolve(
            &self.card,
            &shape,
            [address(&x_), address(&w_), address(&b_), target(&mut y_)],
        );
        self.agree(&what, &y_, &y);

        let dy = self.gradient(y.len(), 4);
        let (mut dx, mut dw) = (self.gradient(x_.len(), 5), self.gradient(w_.len(), 6));
        let gradients = Gradients { input: Some(&mut dx.slot), weights: &mut dw.slot, bias: None };
        self.cpu.convolve_backward(&x, &w, &shape, &dy.slot, gradients).unwrap();
        let (from, to) = (address(&dy.copy), target(&mut dx.copy));
        let Ok(()) = convolution::input_gradient(&self.card, &shape, [from, address(&w_), to]);
        self.same(&format!("input's gradient, {what}"), &dx);
        let Ok(()) =
            convolution::kernel_gradient(&self.card, &shape, [address(&x_), from, target(&mut dw.copy)]);
        self.same(&format!("kernel's gradient, {what}"), &dw);
    }

    fn up_convolution(&self, maps: (usize, usize, usize, usize), outputs: usize) {
        let what = format!("up-convolution to {outputs} of {maps:?}");
        let shape = convolution::of_up_convolution(maps, outputs);
        let ((x, x_), (w, w_), (b, b_)) =
            (self.tensor(maps, 1), self.tensor((maps.1, outputs, 2, 2), 2), self.tensor((outputs,), 3));
        let y = self.cpu.up_convolve(&x, &w, Some(&b)).unwrap().as_vec();
        let mut y_ = vec![E::nan(); y.len()];
        let Ok(()) = convolution::up_convolve(
            &self.card,
            &shape,
            [address(&x_), address(&w_), address(&b_), target(&mut y_)],
        );
        self.agree(&what, &y_, &y);

        let dy = self.gradient(y.len(), 4);
        let (mut dx, mut dw) = (self.gradient(x_.len(), 5), self.gradient(w_.len(), 6));
        let gradients = Gradients { input: Some(&mut dx.slot), weights: &mut dw.slot, bias: None };
        self.cpu.up_convolve_backward(&x, &w, &dy.slot, gradients).unwrap();
        let (from, to) = (address(&dy.copy), target(&mut dx.copy));
        let Ok(()) = convolution::up_input_gradient(&self.card, &shape, [from, address(&w_), to]);
        self.same(&format!("input's gradient, {what}"), &dx);
        let Ok(()) =
            convolution::kernel_gradient(&self.card, &shape, [from, address(&x_), target(&mut dw.copy)]);
        self.same(&format!("kernel's gradient, {what}"), &dw);
    }

    fn connection(&self, rows: (usize, usize), outputs: usize) {
        let shape = convolution::of_connection(rows, outputs);
        let ((x, x_), (w, w_), (b, b_)) =
            (self.tensor(rows, 1), self.tensor((outputs, rows.1), 2), self.tensor((outputs,), 3));
        let y = self.cpu.connect(&x, &w, Some(&b)).unwrap().as_vec();
        let mut y_ = vec![E::nan(); y.len()];
        let at = [address(&x_), address(&w_), address(&b_), target(&mut y_)];
        let Ok(()) = convolution::convolve(&self.card, &shape, at);
        self.agree("connection", &y_, &y);
    }

    /// A kernel that makes a tensor, and one that adds to the gradient of what it was made from.
    fn pass<S: Shape>(
        &self,
        [forward, backward]: [&'static str; 2],
        y: &Tensor<S, E, Cpu>,
        over: Pass,
        through: impl FnOnce(&Slot<E, Cpu>, &mut Slot<E, Cpu>),
    ) {
        let y = y.as_vec();
        let mut y_ = vec![E::nan(); y.len()];
        let Ok(()) = Pass { to: target(&mut y_), ..over }.run(&self.card, forward);
        self.agree(forward, &y_, &y);
        self.backward(backward, y.len(), over, through);
    }

    /// A kernel that adds to a gradient with as many numbers as the maps of the pass.
    fn backward(
        &self,
        kernel: &'static str,
        outputs: usize,
        over: Pass,
        through: impl FnOnce(&Slot<E, Cpu>, &mut Slot<E, Cpu>),
    ) {
        let count = (over.images * over.channels * over.height * over.width) as usize;
        let (dy, mut dx) = (self.gradient(outputs, 7), self.gradient(count, 8));
        through(&dy.slot, &mut dx.slot);
        let Ok(()) =
            Pass { gradient: address(&dy.copy), to: target(&mut dx.copy), ..over }.run(&self.card, kernel);
        self.same(kernel, &dx);
    }

    fn pools(&self, maps: (usize, usize, usize, usize)) {
        let (x, x_) = self.tensor(maps, 1);
        let over = Pass { x: address(&x_), ..Pass::over([maps.0, maps.1, maps.2, maps.3]) };
        let y = self.cpu.max_pool(&x).unwrap();
        let back = |dy: &_, dx: &mut _| self.cpu.max_pool_backward(&x, dy, dx).unwrap();
        self.pass(["max_pool", "max_pool_back"], &y, over, back);
        let y = self.cpu.subsample(&x).unwrap();
        let back = |dy: &_, dx: &mut _| self.cpu.subsample_backward(maps, dy, dx).unwrap();
        self.pass(["subsample", "subsample_back"], &y, over, back);
    }

    fn reductions(&self, maps: (usize, usize, usize, usize)) {
        let (x, x_) = self.tensor(maps, 1);
        let over = Pass { x: address(&x_), ..Pass::over([maps.0, maps.1, maps.2, maps.3]) };
        let y = self.cpu.average(&x).unwrap();
        let back = |dy: &_, dx: &mut _| self.cpu.average_backward(maps, dy, dx).unwrap();
        self.pass(["average", "average_back"], &y, over, back);
        let y = self.cpu.one_position(&x).unwrap();
        let back = |dy: &_, dx: &mut _| self.cpu.one_position_backward(maps, dy, dx).unwrap();
        self.pass(["one_position", "one_position_back"], &y, over, back);
        let y = self.cpu.rectify(&x).unwrap();
        let y_ = y.as_vec();
        let mut z_ = vec![E::nan(); y_.len()];
        let Ok(()) = Pass { to: target(&mut z_), ..over }.run(&self.card, "rectify");
        self.agree("rectify", &z_, &y_);
        let over = Pass { x: address(&y_), ..over };
        let back = |dy: &_, dx: &mut _| self.cpu.rectify_backward(&y, dy, dx).unwrap();
        self.backward("rectify_back", y_.len(), over, back);
    }

    fn joined(&self, maps: (usize, usize, usize, usize), others: usize) {
        let ((x, x_), (y, y_)) = (self.tensor(maps, 1), self.tensor((maps.0, others, maps.2, maps.3), 2));
        let z = self.cpu.concatenate(&x, &y).unwrap().as_vec();
        let mut z_ = vec![E::nan(); z.len()];
        let all = maps.1 + others;
        for (part, channels, first) in [(&x_, maps.1, 0), (&y_, others, maps.1)] {
            let over = Pass::over([maps.0, channels, maps.2, maps.3]);
            let over = Pass { x: address(part), first: first as i64, all: all as i64, ..over };
            let Ok(()) = Pass { to: target(&mut z_), ..over }.run(&self.card, "join");
            self.backward("join_back", z.len(), over, |dz, part| {
                let sizes = [maps.0, channels, maps.2 * maps.3];
                self.cpu.concatenate_backward(dz, all, first, sizes, part).unwrap();
            });
        }
        self.agree("join", &z_, &z);
    }

    fn normalised(&self, maps: (usize, usize, usize, usize), epsilon: f64) {
        let (x, x_) = self.tensor(maps, 1);
        let sizes = extents(&x);
        let (mean, variance) = self.cpu.channel_statistics(&x).unwrap();
        let (mut mean_, mut variance_) = (vec![E::nan(); maps.1], vec![E::nan(); maps.1]);
        let over = Pass {
            x: address(&x_),
            mean: target(&mut mean_),
            variance: target(&mut variance_),
            epsilon,
            ..Pass::over([sizes[0], sizes[1], sizes[2], 1])
        };
        let Ok(()) = over.run(&self.card, "moments");
        self.agree("mean", &mean_, &mean.as_vec());
        self.agree("variance", &variance_, &variance.as_vec());
        let y = self.cpu.normalise(&x, &mean, &variance, epsilon).unwrap();
        let back =
            |dy: &_, dx: &mut _| self.cpu.normalise_backward(sizes, &variance, epsilon, dy, dx).unwrap();
        self.pass(["normalise", "normalise_back"], &y, over, back);
        let y_ = y.as_vec();
        let over = Pass { x: address(&y_), ..over };
        let back =
            |dy: &_, dx: &mut _| self.cpu.batch_normalise_backward(&y, &variance, epsilon, dy, dx).unwrap();
        self.backward("batch_normalise_back", y_.len(), over, back);
    }

    fn stretched(&self, maps: (usize, usize, usize, usize)) {
        let ((x, x_), (gain, gain_), (shift, shift_)) =
            (self.tensor(maps, 1), self.tensor((maps.1,), 2), self.tensor((maps.1,), 3));
        let over = Pass {
            x: address(&x_),
            gain: address(&gain_),
            shift: address(&shift_),
            ..Pass::over([maps.0, maps.1, maps.2, maps.3])
        };
        let y = self.cpu.stretch(&x, &gain, &shift).unwrap();
        let (mut dgain, mut dshift) = (self.gradient(maps.1, 5), self.gradient(maps.1, 6));
        let gradients = Gradients { input: None, weights: &mut dgain.slot, bias: Some(&mut dshift.slot) };
        let dy = self.gradient(x_.len(), 4);
        self.cpu.stretch_backward(&x, &gain, &dy.slot, gradients).unwrap();
        let Ok(()) = Pass { gradient: address(&dy.copy), to: target(&mut dgain.copy), ..over }
            .run(&self.card, "channel_products");
        self.same("channel_products", &dgain);
        self.pass(["stretch", "stretch_back"], &y, over, |dy, dx| {
            let (mut dgain, mut dshift) = (self.gradient(maps.1, 5), self.gradient(maps.1, 6));
            let gradients =
                Gradients { input: Some(dx), weights: &mut dgain.slot, bias: Some(&mut dshift.slot) };
            self.cpu.stretch_backward(&x, &gain, dy, gradients).unwrap();
        });
    }

    fn bias(&self, maps: (usize, usize, usize, usize)) {
        let shape =
            Convolution::new(maps, (maps.1, maps.1, 1, 1), Window { stride: 1, padding: Padding::None });
        let (x, w) = (self.tensor(maps, 1).0, self.tensor((maps.1, maps.1, 1, 1), 2).0);
        let (dy, mut dw) =
            (self.gradient(maps.0 * maps.1 * maps.2 * maps.3, 3), self.gradient(maps.1 * maps.1, 4));
        let mut db = self.gradient(maps.1, 5);
        let gradients = Gradients { input: None, weights: &mut dw.slot, bias: Some(&mut db.slot) };
        self.cpu.convolve_backward(&x, &w, &shape.unwrap(), &dy.slot, gradients).unwrap();
        let over = Pass::over([maps.0, maps.1, maps.2, maps.3]);
        let Ok(()) = Pass { gradient: address(&dy.copy), to: target(&mut db.copy), ..over }
            .run(&self.card, "channel_sums");
        self.same("channel_sums", &db);
    }

    fn loss(&self, maps: (usize, usize, usize, usize)) {
        let (x, x_) = self.tensor(maps, 1);
        let positions = maps.0 * maps.2 * maps.3;
        let labels = (0..positions).map(|i| i * i % maps.1).collect::<Vec<_>>();
        let mut losses = vec![f64::NAN; positions];
        let over = Pass {
            x: address(&x_),
            losses: target(&mut losses),
            labels: address(&labels),
            ..Pass::over([maps.0, maps.1, maps.2, maps.3])
        };
        let loss = self.cpu.cross_entropy(&x, &labels).unwrap();
        let mut loss_ = [E::nan()];
        let Ok(()) = over.run(&self.card, "losses");
        let Ok(()) = Pass { to: target(&mut loss_), ..over }.run(&self.card, "mean_loss");
        self.agree("mean_loss", &loss_, &loss.as_vec());
        let back = |dy: &_, dx: &mut _| self.cpu.cross_entropy_backward(&x, &labels, dy, dx).unwrap();
        self.backward("losses_back", 1, over, back);
    }

    fn all(&self) {
        let window = |stride, padding| Window { stride, padding };
        self.convolution((2, 3, 5, 7), (5, 3, 3), window(1, Padding::Reflect(1)));
        self.convolution((1, 70, 13, 11), (9, 3, 3), window(2, Padding::Reflect(1)));
        self.convolution((3, 10, 6, 6), (130, 1, 1), window(1, Padding::None));
        self.convolution((2, 17, 9, 8), (100, 5, 3), window(3, Padding::Zero(2)));
        self.convolution((1, 2, 4, 3), (3, 7, 5), window(1, Padding::Reflect(2)));
        self.convolution((1, 2, 7, 5), (3, 2, 4), window(3, Padding::Reflect(3)));
        self.convolution((5, 3, 16, 17), (4, 3, 3), window(1, Padding::Reflect(1)));
        self.convolution((9, 33, 1, 1), (7, 1, 1), window(1, Padding::None));
        self.connection((9, 33), 7);
        self.up_convolution((2, 3, 5, 4), 70);
        self.up_convolution((1, 105, 3, 9), 2);
        self.pools((2, 3, 6, 34));
        self.reductions((3, 5, 23, 29));
        self.reductions((2, 1, 1, 1));
        self.joined((2, 3, 7, 5), 4);
        for maps in [(3, 4, 23, 29), (700, 3, 1, 1), (40, 2, 4, 5)] {
            self.normalised(maps, 1e-5);
            self.stretched(maps);
            self.bias(maps);
            self.loss(maps);
        }
    }
}

/// Runs a test of the kernels in a type of number, where there is a compiler.
fn with_numbers<E: Number>(number: &str, tolerance: f64)
where
    Cpu: Kernels<E> + Storage<E, Vec: DerefMut<Target = Vec<E>>>,
{
    let Some(compiler) = compiler() else {
        return eprintln!(
            "skipped: no C++ compiler (c++, g++, clang++) to compile the kernels for the processor"
        );
    };
    Sides { cpu: Cpu::default(), card: Processor::<E>::new(compiler, number), tolerance }.all();
}

#[test]
fn kernels_agree_in_double_precision() {
    with_numbers::<f64>("double", 1e-13);
}

#[test]
fn kernels_agree_in_single_precision() {
    with_numbers::<f32>("float", 1e-6);
}
