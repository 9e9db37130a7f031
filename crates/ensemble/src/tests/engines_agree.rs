//! The exact engine and the direct engine sample one law: Kolmogorov–Smirnov tests, and means and second moments with
//! their standard errors, of every kind of statistic that the crate takes, at several layers, under all three normalisations, at
//! three widths. The networks of the two engines are independent, all seeds are fixed. The same comparison must notice
//! laws that are slightly wrong.

use super::kolmogorov_smirnov;
use crate::{Config, Engine, Ensemble, Layer, Normalisation, Observables, Record, Through};
use statistics::{Estimate, mean};

/// A statistic of one network.
struct Quantity {
    name: &'static str,
    layer: usize,
    of: fn(&Layer) -> Option<f64>,
}

/// Logarithms of what spans orders of magnitude, so that moments mean something.
const QUANTITIES: &[Quantity] = &[
    Quantity { name: "ratio", layer: 1, of: |layer| Some(layer.before?.ratio()) },
    Quantity { name: "ratio", layer: 2, of: |layer| Some(layer.before?.ratio()) },
    Quantity { name: "ratio", layer: 4, of: |layer| Some(layer.before?.ratio()) },
    Quantity { name: "mean square", layer: 1, of: |layer| Some(layer.before?.mean_square) },
    Quantity { name: "mean square", layer: 4, of: |layer| Some(layer.before?.mean_square.ln()) },
    Quantity { name: "mean", layer: 3, of: |layer| Some(layer.before?.mean) },
    Quantity { name: "largest variance", layer: 3, of: |layer| Some(layer.before?.greatest_variance.ln()) },
    Quantity { name: "cosine", layer: 1, of: |layer| Some(layer.pairs?.cosine) },
    Quantity { name: "cosine", layer: 4, of: |layer| Some(layer.pairs?.cosine) },
    Quantity { name: "one-sided", layer: 4, of: |layer| layer.one_sided },
    Quantity { name: "fresh variance", layer: 4, of: |layer| Some(layer.fresh?.variance.ln()) },
    Quantity { name: "perturbation", layer: 4, of: |layer| Some(layer.tangent?.ln()) },
    Quantity { name: "gradient", layer: 3, of: |layer| Some(layer.gradient?.ln()) },
    Quantity { name: "gradient", layer: 0, of: |layer| Some(layer.gradient?.ln()) },
];

fn observables() -> Observables {
    Observables::none().before().pairs().signs().gradient(Through::Full).fresh(4).tangents(3)
}

fn run(config: Config) -> Record {
    Ensemble::new(config, observables()).unwrap().run().unwrap()
}

/// Every network has its own inputs; the engines' networks share nothing.
fn pair(config: &Config) -> [Record; 2] {
    let exact = Config { engine: Engine::Exact, seed: 1, shared_inputs: false, ..config.clone() };
    let direct = Config { engine: Engine::Direct, seed: 2, ..exact.clone() };
    [run(exact), run(direct)]
}

fn values(record: &Record, quantity: &Quantity) -> Vec<f64> {
    let of = |network: &crate::Network| (quantity.of)(&network.layers[quantity.layer]).unwrap();
    record.networks.iter().map(of).collect()
}

/// The difference of the means of `power`-th powers about a common centre, in standard errors.
fn moment_difference(left: &[f64], right: &[f64], power: i32) -> f64 {
    let centre = mean(&[left, right].concat());
    let powers =
        |values: &[f64]| -> Vec<f64> { values.iter().map(|value| (value - centre).powi(power)).collect() };
    let difference = Estimate::mean_of(&powers(left)).difference(Estimate::mean_of(&powers(right)));
    difference.value.abs() / difference.standard_error.max(f64::MIN_POSITIVE)
}

/// With 14 quantities, three normalisations and three widths there are 126 comparisons a test: 10⁻⁴ and four and a half
/// standard errors would fail by chance once in 80 and once in 600 choices of seeds.
const P_VALUE: f64 = 1e-4;
const STANDARD_ERRORS: f64 = 4.5;

/// Seven columns more than samples: the exact engine avoids the weights above twice 15 columns, so not at width 24.
#[test]
fn engines_agree() {
    let sizes = [(24, 4, 1500), (100, 15, 1000), (300, 30, 250)].into_iter();
    for ((width, samples, networks), normalisation) in
        sizes.flat_map(|sizes| Normalisation::ALL.iter().map(move |normalisation| (sizes, normalisation)))
    {
        let shape = Config { width, samples, networks, depth: 4, ..Config::default() };
        let [exact, direct] = pair(&Config { normalisation: *normalisation, ..shape });
        for quantity in QUANTITIES {
            let (exact, direct) = (values(&exact, quantity), values(&direct, quantity));
            let what =
                format!("{} of layer {}, {normalisation}, width {width}", quantity.name, quantity.layer);
            let p = kolmogorov_smirnov(&exact, &direct);
            assert!(p > P_VALUE, "{what}: p = {p}");
            for power in [1, 2] {
                let errors = moment_difference(&exact, &direct, power);
                assert!(
                    errors < STANDARD_ERRORS,
                    "{what}: moment {power} differs by {errors} standard errors"
                );
            }
        }
    }
}

/// The exact engine would be told apart if its weights had a variance larger by a twentieth, if it used 14 samples for
/// 15, or if its network were a layer deeper.
#[test]
fn a_slightly_wrong_law_is_noticed() {
    let right = Config { width: 100, samples: 15, networks: 1000, depth: 4, ..Config::default() };
    let [_, direct] = pair(&right);
    let notices = |wrong: Config, name: &str, layer: usize| {
        let exact = run(Config { engine: Engine::Exact, seed: 1, shared_inputs: false, ..wrong });
        let quantity =
            QUANTITIES.iter().find(|quantity| quantity.name == name && quantity.layer == layer).unwrap();
        let p = kolmogorov_smirnov(&values(&exact, quantity), &values(&direct, quantity));
        assert!(p < P_VALUE, "{name} of layer {layer}: p = {p}");
    };
    notices(Config { gamma: 1.05, ..right.clone() }, "mean square", 4);
    notices(Config { gamma: 1.05, ..right.clone() }, "gradient", 0);
    notices(Config { samples: 14, ..right.clone() }, "ratio", 1);
    notices(Config { normalisation: Normalisation::ScaleBias, ..right.clone() }, "cosine", 1);
    notices(Config { width: 60, ..right.clone() }, "cosine", 1);
}
