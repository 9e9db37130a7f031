//! The direct engine against plain loops in double precision: the same weights, looked up by their addresses, the
//! statistics as the paper's equations state them, and the gradients by finite differences.

use super::{run, with_weights};
use crate::plan::Plan;
use crate::random::Purpose;
use crate::tape::input_block;
use crate::{Config, Normalisation, Observables, Through};

const SIZES: [usize; 4] = [6, 7, 5, 3]; // Input width, width, samples, depth.

/// Single precision through a few layers, relative to the quantity.
const TOLERANCE: f64 = 2e-5;

/// What single precision leaves of a number of order one where exact arithmetic gives zero.
const ZERO: f64 = 5e-7;

fn config(normalisation: Normalisation) -> Config {
    let [inputs, width, samples, depth] = SIZES;
    Config {
        input_width: Some(inputs),
        width,
        samples,
        depth,
        networks: 1,
        gamma: 1.3,
        normalisation,
        seed: 12,
        ..Config::default()
    }
}

/// A matrix by rows.
type Matrix = Vec<Vec<f64>>;

/// A unit's mean and 1/σ over the batch.
type Statistics = Vec<[f64; 2]>;

/// One network in double precision.
struct Reference {
    normalisation: Normalisation,
    weights: Vec<Matrix>,
    readout: Vec<f64>,
    /// Samples and whatever rides along.
    joint: Matrix,
}

/// Statistics of the unperturbed network, layer by layer, and whether means and deviations stay as they are there.
struct Fixed {
    statistics: Vec<Statistics>,
    stays: [bool; 2],
}

/// What a layer shows.
struct Shown {
    raw: Matrix,
    seen: Matrix,
    statistics: Statistics,
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn mean_square(values: &[f64]) -> f64 {
    values.iter().map(|u| u * u).sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    values.iter().map(|u| (u - mean(values)).powi(2)).sum::<f64>() / values.len() as f64
}

fn relu(u: &Matrix) -> Matrix {
    u.iter().map(|u| u.iter().map(|u| u.max(0.0)).collect()).collect()
}

impl Reference {
    fn new(plan: &Plan) -> Self {
        let matrix = |values: Vec<f32>, columns: usize| -> Matrix {
            values.chunks(columns).map(|row| row.iter().copied().map(f64::from).collect()).collect()
        };
        let normals = |layer: usize, purpose, count: usize, deviation: f64| {
            let mut values = vec![0.0; count];
            plan.stream(0, layer, purpose).normals(0, deviation as f32, &mut values);
            values
        };
        let [inputs, width, _, depth] = SIZES;
        let columns = plan.columns.total();
        let mut x = vec![0.0; inputs * columns];
        input_block(plan, 0, &(0..inputs), &mut x);
        let weights = (1..=depth).map(|layer| {
            let fan_in = plan.config.fan_in(layer);
            matrix(normals(layer, Purpose::Weights, width * fan_in, plan.weight_deviation(layer)), fan_in)
        });
        Self {
            normalisation: plan.config.normalisation,
            weights: weights.collect(),
            readout: normals(depth, Purpose::Readout, width, 1.0).into_iter().map(f64::from).collect(),
            joint: matrix(super::by_units(&x, inputs), columns),
        }
    }

    fn inputs(&self) -> Matrix {
        self.joint.iter().map(|row| row[..SIZES[2]].to_vec()).collect()
    }

    /// Layer `layer` above the activations `x`; statistics that stay replace those of the batch.
    fn layer(&self, layer: usize, x: &Matrix, fixed: Option<&Fixed>) -> Shown {
        let samples = x[0].len();
        let dot = |w: &Vec<f64>, t: usize| w.iter().zip(x).map(|(w, x)| w * x[t]).sum::<f64>();
        let raw: Matrix =
            self.weights[layer - 1].iter().map(|w| (0..samples).map(|t| dot(w, t)).collect()).collect();
        let whole = (raw.iter().map(|u| variance(u)).sum::<f64>() / raw.len() as f64 + 1e-5).sqrt();
        let of_unit = |u: &Vec<f64>| match self.normalisation {
            Normalisation::Kaiming => [0.0, 1.0],
            Normalisation::ScaleBias => [mean(u), 1.0 / whole],
            Normalisation::BatchNorm => [mean(u), 1.0 / variance(u).sqrt()],
        };
        let mut statistics: Statistics = raw.iter().map(of_unit).collect();
        if let Some(Fixed { statistics: fixed, stays }) = fixed {
            for (unit, fixed) in statistics.iter_mut().zip(&fixed[layer - 1]) {
                *unit = [0, 1].map(|which| if stays[which] { fixed[which] } else { unit[which] });
            }
        }
        let set = |(u, [mean, scale]): (&Vec<f64>, &[f64; 2])| u.iter().map(|u| (u - mean) * scale).collect();
        let seen = raw.iter().zip(&statistics).map(set).collect();
        Shown { raw, seen, statistics }
    }

    /// The activations of layer `from`, which are `x`, and of all above it.
    fn activations(&self, from: usize, x: Matrix, fixed: Option<&Fixed>) -> Vec<Matrix> {
        let mut all = vec![x];
        for layer in from + 1..=SIZES[3] {
            all.push(relu(&self.layer(layer, &all[layer - from - 1], fixed).seen));
        }
        all
    }

    /// The statistics of the batch in every layer, to stay or not.
    fn fixed(&self, stays: [bool; 2]) -> Fixed {
        let below = self.activations(0, self.inputs(), None);
        let statistics = (1..=SIZES[3]).map(|layer| self.layer(layer, &below[layer - 1], None).statistics);
        Fixed { statistics: statistics.collect(), stays }
    }
}

fn close(found: f64, expected: f64, what: &str) {
    let difference = (found - expected).abs();
    assert!(difference <= TOLERANCE * expected.abs() + ZERO, "{what}: {found}, not {expected}");
}

#[test]
fn statistics_are_those_of_the_equations() {
    for normalisation in Normalisation::ALL {
        let observables =
            Observables::none().moments().before().pairs().signs().totals().grams([2]).watch([1, 3], [6, 2]);
        let plan = with_weights(&config(*normalisation), &observables);
        let layers = run(&plan, 0);
        let reference = Reference::new(&plan);
        let [_, width, samples, _] = SIZES;
        let pairs = || (0..samples).flat_map(|a| (0..a).map(move |b| (a, b)));
        let mut x = reference.inputs();
        for (l, layer) in layers.iter().enumerate() {
            if l > 0 {
                let Shown { raw, seen, .. } = reference.layer(l, &x, None);
                x = relu(&seen);
                for (u, moments) in [(&raw, layer.before.unwrap()), (&seen, layer.moments.unwrap())] {
                    let over = |f: &dyn Fn(&[f64]) -> f64| u.iter().map(|u| f(u)).sum::<f64>() / width as f64;
                    let (squared_mean, variance) = (over(&|u| mean(u).powi(2)), over(&variance));
                    close(moments.mean, over(&mean), "mean");
                    close(moments.mean_square, over(&mean_square), "mean square");
                    close(moments.squared_mean, squared_mean, "squared mean");
                    close(moments.variance, variance, "variance");
                    if *normalisation == Normalisation::Kaiming {
                        close(moments.ratio(), (squared_mean / variance).sqrt(), "r of Eq. 9");
                    }
                    let largest = u.iter().fold(0.0, |largest: f64, u| largest.max(mean(u).abs()));
                    close(moments.largest_mean, largest, "largest mean");
                }
                let totals = layer.totals.unwrap();
                close(totals.mean_square, layer.moments.unwrap().mean_square, "total mean square");
                let one_sided = |u: &&Vec<f64>| u.iter().all(|u| *u > 0.0) || u.iter().all(|u| *u <= 0.0);
                let share = seen.iter().filter(one_sided).count() as f64 / width as f64;
                close(layer.one_sided.unwrap(), share, "signs");
                for (values, unit) in layer.watched.iter().flatten().zip([2, 6]) {
                    for (found, expected) in values.iter().zip(&seen[unit]) {
                        close(f64::from(*found), *expected, "watched unit");
                    }
                }
                assert_eq!(layer.watched.is_some(), l != 2);
            }
            let gram = |(a, b): (usize, usize)| x.iter().map(|x| x[a] * x[b]).sum::<f64>();
            let cosine = |(a, b)| gram((a, b)) / (gram((a, a)) * gram((b, b))).sqrt();
            let cosines = pairs().map(cosine).filter(|cosine| cosine.is_finite()).collect::<Vec<_>>();
            let found = layer.pairs.unwrap();
            close(found.cosine, mean(&cosines), "cosine");
            close(found.inner_product, mean(&pairs().map(gram).collect::<Vec<_>>()), "inner product");
            for (index, entry) in layer.gram.iter().flatten().enumerate() {
                close(*entry, gram((index / samples, index % samples)), "Gram matrix");
            }
            assert_eq!(layer.gram.is_some(), l == 2);
        }
    }
}

#[test]
fn gradients_are_finite_differences() {
    for (normalisation, through) in [
        (Normalisation::Kaiming, Through::Full),
        (Normalisation::ScaleBias, Through::Full),
        (Normalisation::BatchNorm, Through::Full),
        (Normalisation::BatchNorm, Through::FixedDeviation),
        (Normalisation::BatchNorm, Through::FixedStatistics),
    ] {
        let plan = with_weights(&config(normalisation), &Observables::none().gradient(through));
        let layers = run(&plan, 0);
        let reference = Reference::new(&plan);
        let constants = normalisation == Normalisation::ScaleBias;
        let fixed = reference
            .fixed([constants || through == Through::FixedStatistics, constants || through != Through::Full]);
        // Σ_t w·x^L_t from the activations of a layer on.
        let loss = |layer: usize, x: Matrix| {
            let all = reference.activations(layer, x, Some(&fixed));
            all[all.len() - 1]
                .iter()
                .zip(&reference.readout)
                .map(|(x, w)| w * x.iter().sum::<f64>())
                .sum::<f64>()
        };
        for (layer, x) in reference.activations(0, reference.inputs(), None).iter().enumerate() {
            let mut squares = Vec::new();
            for (unit, t) in (0..x.len()).flat_map(|unit| (0..SIZES[2]).map(move |t| (unit, t))) {
                assert!(
                    layer == 0 || x.iter().any(|x| x[t] > 0.0),
                    "no derivative at zero: choose another seed"
                );
                let moved = |by: f64| {
                    let mut x = x.clone();
                    x[unit][t] += by;
                    loss(layer, x)
                };
                squares.push(((moved(1e-6) - moved(-1e-6)) / 2e-6).powi(2));
            }
            let what = format!("{normalisation}, {through}, layer {layer}");
            close(layers[layer].gradient.unwrap(), mean(&squares), &what);
        }
    }
}

/// A perturbation of one sample, followed through frozen statistics, against a difference of two networks.
#[test]
fn tangents_are_finite_differences() {
    for normalisation in Normalisation::ALL {
        let plan = with_weights(&config(*normalisation), &Observables::none().tangents(2).fresh(2));
        let layers = run(&plan, 0);
        let reference = Reference::new(&plan);
        let fixed = reference.fixed([true; 2]);
        let follow = |by: f64| {
            let mut x = reference.inputs();
            for (x, joint) in x.iter_mut().zip(&reference.joint) {
                let [.., first, second] = joint[..] else { panic!("two perturbations") };
                x[0] += by * first;
                x[1] += by * second;
            }
            reference.activations(0, x, Some(&fixed))
        };
        for (layer, (up, down)) in follow(1e-6).iter().zip(follow(-1e-6)).enumerate().skip(1) {
            let difference = |(up, down): (&Vec<f64>, &Vec<f64>)| [0, 1].map(|t| (up[t] - down[t]) / 2e-6);
            let differences = up.iter().zip(&down).flat_map(difference).collect::<Vec<_>>();
            let what = format!("{normalisation}, layer {layer}");
            close(layers[layer].tangent.unwrap(), mean_square(&differences), &what);
        }
    }
}
