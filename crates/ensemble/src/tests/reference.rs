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

/// A unit's mean and 1/σ over the batch.
type Statistics = Vec<(f64, f64)>;

/// One network in double precision.
struct Reference {
    normalisation: Normalisation,
    weights: Vec<Vec<Vec<f64>>>,
    readout: Vec<f64>,
    inputs: Vec<Vec<f64>>,
}

impl Reference {
    fn new(plan: &Plan) -> Self {
        let matrix = |values: Vec<f32>, columns: usize| {
            values
                .chunks(columns)
                .map(|row| row.iter().copied().map(f64::from).collect())
                .collect::<Vec<Vec<f64>>>()
        };
        let normals = |layer: usize, purpose, count: usize, deviation: f64| {
            let mut values = vec![0.0; count];
            plan.stream(0, layer, purpose).normals(0, deviation as f32, &mut values);
            values
        };
        let [inputs, width, samples, depth] = SIZES;
        let mut x = vec![0.0; inputs * samples];
        input_block(plan, 0, &(0..inputs), &mut x);
        let x = super::by_units(&x, inputs);
        let weights = (1..=depth).map(|layer| {
            let fan_in = plan.config.fan_in(layer);
            matrix(normals(layer, Purpose::Weights, width * fan_in, plan.weight_deviation(layer)), fan_in)
        });
        Self {
            normalisation: plan.config.normalisation,
            weights: weights.collect(),
            readout: normals(depth, Purpose::Readout, width, 1.0).into_iter().map(f64::from).collect(),
            inputs: matrix(x, samples),
        }
    }

    /// Pre-activations of a layer before and after normalisation. `fixed` statistics replace those of the batch.
    fn layer(
        &self,
        layer: usize,
        x: &[Vec<f64>],
        fixed: Option<&Fixed>,
    ) -> (Vec<Vec<f64>>, Vec<Vec<f64>>, Statistics) {
        let samples = x[0].len();
        let dot = |w: &Vec<f64>, t: usize| w.iter().zip(x).map(|(w, x)| w * x[t]).sum::<f64>();
        let raw: Vec<Vec<f64>> =
            self.weights[layer - 1].iter().map(|w| (0..samples).map(|t| dot(w, t)).collect()).collect();
        let mean = |u: &[f64]| u.iter().sum::<f64>() / samples as f64;
        let variance = |u: &[f64]| u.iter().map(|u_t| (u_t - mean(u)).powi(2)).sum::<f64>() / samples as f64;
        let whole = (raw.iter().map(|u| variance(u)).sum::<f64>() / raw.len() as f64 + 1e-5).sqrt();
        let mut statistics: Statistics = raw
            .iter()
            .map(|u| match self.normalisation {
                Normalisation::Kaiming => (0.0, 1.0),
                Normalisation::ScaleBias => (mean(u), 1.0 / whole),
                Normalisation::BatchNorm => (mean(u), 1.0 / variance(u).sqrt()),
            })
            .collect();
        if let Some(fixed) = fixed {
            for (unit, fixed_unit) in statistics.iter_mut().zip(&fixed.statistics[layer - 1]) {
                unit.0 = if fixed.mean { fixed_unit.0 } else { unit.0 };
                unit.1 = if fixed.deviation { fixed_unit.1 } else { unit.1 };
            }
        }
        let set =
            |(u, (mean, scale)): (&Vec<f64>, &(f64, f64))| u.iter().map(|u| (u - mean) * scale).collect();
        let seen = raw.iter().zip(&statistics).map(set).collect();
        (raw, seen, statistics)
    }

    /// Σ_t w·x^L_t from the activations of layer `from` on.
    fn loss(&self, from: usize, x: &[Vec<f64>], fixed: &Fixed) -> f64 {
        let mut x = x.to_vec();
        for layer in from + 1..=self.weights.len() {
            x = relu(&self.layer(layer, &x, Some(fixed)).1);
        }
        self.readout.iter().zip(&x).map(|(w, x)| w * x.iter().sum::<f64>()).sum()
    }
}

/// Statistics of the unperturbed network, and which of them stay as they are.
struct Fixed {
    statistics: Vec<Statistics>,
    mean: bool,
    deviation: bool,
}

fn relu(u: &[Vec<f64>]) -> Vec<Vec<f64>> {
    u.iter().map(|u| u.iter().map(|u| u.max(0.0)).collect()).collect()
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
        let mut x = reference.inputs.clone();
        let mut pairs_of_inputs = 0.0;
        for (a, b) in [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)] {
            pairs_of_inputs += x.iter().map(|x| x[a] * x[b]).sum::<f64>() / 10.0;
        }
        close(layers[0].pairs.unwrap().inner_product, pairs_of_inputs, "inner product of the inputs");
        for (l, layer) in layers.iter().enumerate().skip(1) {
            let (raw, seen, _) = reference.layer(l, &x, None);
            x = relu(&seen);
            for (u, moments) in [(&raw, layer.before.unwrap()), (&seen, layer.moments.unwrap())] {
                let mean = |u: &Vec<f64>| u.iter().sum::<f64>() / samples as f64;
                let square = |u: &Vec<f64>| u.iter().map(|u| u * u).sum::<f64>() / samples as f64;
                let over = |f: &dyn Fn(&Vec<f64>) -> f64| u.iter().map(f).sum::<f64>() / width as f64;
                close(moments.mean, over(&mean), "mean");
                close(moments.mean_square, over(&square), "mean square");
                close(moments.squared_mean, over(&|u| mean(u).powi(2)), "squared mean");
                close(moments.variance, over(&|u| square(u) - mean(u).powi(2)), "variance");
                let ratio = over(&|u| mean(u).powi(2)) / over(&|u| square(u) - mean(u).powi(2));
                if *normalisation == Normalisation::Kaiming {
                    close(moments.ratio(), ratio.sqrt(), "r of Eq. 9");
                }
                let means = u.iter().map(mean).fold(0.0, |largest: f64, mean| largest.max(mean.abs()));
                close(moments.largest_mean, means, "largest mean");
            }
            close(layer.totals.unwrap().mean_square, layer.moments.unwrap().mean_square, "total mean square");
            let one_sided = |u: &&Vec<f64>| u.iter().all(|u| *u > 0.0) || u.iter().all(|u| *u <= 0.0);
            close(
                layer.one_sided.unwrap(),
                seen.iter().filter(one_sided).count() as f64 / width as f64,
                "signs",
            );

            let gram = |a: usize, b: usize| x.iter().map(|x| x[a] * x[b]).sum::<f64>();
            let pairs = (0..samples).flat_map(|a| (0..a).map(move |b| (a, b)));
            let cosine = |(a, b)| gram(a, b) / (gram(a, a) * gram(b, b)).sqrt();
            let cosines = pairs.clone().map(cosine).filter(|cosine| cosine.is_finite()).collect::<Vec<_>>();
            close(layer.pairs.unwrap().cosine, cosines.iter().sum::<f64>() / cosines.len() as f64, "cosine");
            let products = pairs.map(|(a, b)| gram(a, b)).sum::<f64>() / 10.0;
            close(layer.pairs.unwrap().inner_product, products, "inner product");
            if let Some(kept) = &layer.gram {
                (0..25).for_each(|index| close(kept[index], gram(index / 5, index % 5), "Gram matrix"));
            }
            assert_eq!(layer.gram.is_some(), l == 2);
            if let Some(watched) = &layer.watched {
                for (values, unit) in watched.iter().zip([6, 2]) {
                    values
                        .iter()
                        .zip(&seen[unit])
                        .for_each(|(u, seen)| close(f64::from(*u), *seen, "watched unit"));
                }
            }
            assert_eq!(layer.watched.is_some(), l != 2);
        }
    }
}

#[test]
fn gradients_are_finite_differences() {
    let [_, _, samples, depth] = SIZES;
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
        let mut activations = vec![reference.inputs.clone()];
        let mut statistics = Vec::new();
        for layer in 1..=depth {
            let (_, seen, of_layer) = reference.layer(layer, &activations[layer - 1], None);
            activations.push(relu(&seen));
            statistics.push(of_layer);
            let alive = |t: usize| activations[layer].iter().any(|x| x[t] > 0.0);
            assert!((0..samples).all(alive), "at zero the ReLU has no derivative: choose another seed");
        }
        let constants = normalisation == Normalisation::ScaleBias;
        let fixed = Fixed {
            statistics,
            mean: constants || through == Through::FixedStatistics,
            deviation: constants || through != Through::Full,
        };
        for (layer, x) in activations.iter().enumerate() {
            let mut squares = 0.0;
            for (unit, t) in (0..x.len()).flat_map(|unit| (0..samples).map(move |t| (unit, t))) {
                let moved = |by: f64| {
                    let mut x = x.clone();
                    x[unit][t] += by;
                    reference.loss(layer, &x, &fixed)
                };
                squares += ((moved(1e-6) - moved(-1e-6)) / 2e-6).powi(2);
            }
            let expected = squares / (x.len() * samples) as f64;
            close(
                layers[layer].gradient.unwrap(),
                expected,
                &format!("{normalisation}, {through}, layer {layer}"),
            );
        }
    }
}

/// A perturbation of one sample, followed through frozen statistics, against a difference of two networks.
#[test]
fn tangents_are_finite_differences() {
    let [inputs, width, samples, depth] = SIZES;
    for normalisation in Normalisation::ALL {
        let observables = Observables::none().tangents(2).fresh(2);
        let plan = with_weights(&config(*normalisation), &observables);
        let layers = run(&plan, 0);
        let columns = plan.columns.total();
        let mut joint = vec![0.0; inputs * columns];
        input_block(&plan, 0, &(0..inputs), &mut joint);
        let joint = super::by_units(&joint, inputs);
        let reference = Reference {
            inputs: joint
                .chunks(columns)
                .map(|row| row[..samples].iter().copied().map(f64::from).collect())
                .collect(),
            ..Reference::new(&with_weights(&config(*normalisation), &Observables::none()))
        };
        let mut statistics = Vec::new();
        let mut x = reference.inputs.clone();
        for layer in 1..=depth {
            let (_, seen, of_layer) = reference.layer(layer, &x, None);
            x = relu(&seen);
            statistics.push(of_layer);
        }
        let fixed = Fixed { statistics, mean: true, deviation: true };
        let follow = |by: f64| {
            let mut x = reference.inputs.clone();
            for (x, joint) in x.iter_mut().zip(joint.chunks(columns)) {
                x[0] += by * f64::from(joint[columns - 2]);
                x[1] += by * f64::from(joint[columns - 1]);
            }
            let mut layers = Vec::new();
            for layer in 1..=depth {
                x = relu(&reference.layer(layer, &x, Some(&fixed)).1);
                layers.push(x.clone());
            }
            layers
        };
        for (layer, (up, down)) in follow(1e-6).into_iter().zip(follow(-1e-6)).enumerate() {
            let difference = |unit: usize, t: usize| ((up[unit][t] - down[unit][t]) / 2e-6).powi(2);
            let squares = (0..width).map(|unit| difference(unit, 0) + difference(unit, 1)).sum::<f64>();
            let expected = squares / (2 * width) as f64;
            close(
                layers[layer + 1].tangent.unwrap(),
                expected,
                &format!("{normalisation}, layer {}", layer + 1),
            );
        }
    }
}
