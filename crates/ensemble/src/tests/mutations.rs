//! Whether a wrong law would be noticed: the exact engine with one term left out or put in, against the direct engine,
//! by the same test that the right one passes.

use super::{kolmogorov_smirnov, run, with_weights, without_weights};
use crate::plan::{Mistake, Plan};
use crate::{Config, Normalisation, Observables, Through};

/// What Wᵀδ = Q Nᵀδ + (I - QQᵀ) Z R is mistaken for. In a wide network without batch normalisation the mean square of the
/// gradient does not tell the last one from the right law (it is why the usual mean-field argument may assume it); the
/// identity XᵀWᵀδ = Uᵀδ does, and batch normalisation shows it here.
const MISTAKES: [(&str, Mistake); 3] = [
    ("Q Nᵀδ: what the forward pass knows, and nothing else", |known, drawn, below| {
        below.fill(0.0);
        [known, vec![0.0; drawn.len()]]
    }),
    ("Q Nᵀδ + Z R: the complement drawn in the whole space", |known, drawn, _| {
        [known, vec![0.0; drawn.len()]]
    }),
    ("Z R: as if the weights were not those of the forward pass", |_, drawn, _| [drawn.clone(), drawn]),
];

#[test]
fn a_wrong_backward_law_is_noticed() {
    for normalisation in Normalisation::ALL {
        let shape = Config { width: 100, depth: 3, samples: 10, networks: 1, ..Config::default() };
        let config = Config { normalisation: *normalisation, shared_inputs: false, seed: 21, ..shape };
        let observables = Observables::none().gradient(Through::Full);
        let gradients = |plan: &Plan, first: usize| -> Vec<f64> {
            (first..first + 1500).map(|network| run(plan, network)[0].gradient.unwrap()).collect()
        };
        let direct = gradients(&with_weights(&config, &observables), 0);
        let exact = without_weights(&config, &observables);
        let compare = |plan: &Plan, first: usize| kolmogorov_smirnov(&gradients(plan, first), &direct);
        assert!(compare(&exact, 1500) > 0.01, "{normalisation}: the right law");
        let told = if *normalisation == Normalisation::BatchNorm { 3 } else { 2 };
        for (index, (what, mistake)) in MISTAKES.into_iter().enumerate().take(told) {
            let plan = Plan { mistake, ..exact.clone() };
            assert!(compare(&plan, 3000 + 1500 * index) < 1e-9, "{normalisation}: {what}");
        }
    }
}
