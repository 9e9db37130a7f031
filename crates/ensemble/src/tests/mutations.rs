//! Whether a wrong law would be noticed: the exact engine with one term left out or put in, against the direct engine,
//! by the same test that the right one passes.

use super::{kolmogorov_smirnov, run, with_weights, without_weights};
use crate::plan::{Mutation, Plan};
use crate::{Config, Normalisation, Observables, Through};

fn gradients(plan: &Plan, networks: std::ops::Range<usize>) -> Vec<f64> {
    networks.map(|network| run(plan, network)[0].gradient.unwrap()).collect()
}

#[test]
fn a_wrong_backward_law_is_noticed() {
    for normalisation in Normalisation::ALL {
        let shape = Config { width: 100, depth: 3, samples: 10, networks: 1, ..Config::default() };
        let config = Config { normalisation: *normalisation, shared_inputs: false, seed: 21, ..shape };
        let observables = Observables::none().gradient(Through::Full);
        let direct = gradients(&with_weights(&config, &observables), 0..1500);
        let exact = |mutation, first: usize| {
            let plan = Plan { mutation, ..without_weights(&config, &observables) };
            kolmogorov_smirnov(&gradients(&plan, first..first + 1500), &direct)
        };
        assert!(exact(Mutation::None, 1500) > 0.01, "{normalisation}: the right law");
        // Wᵀδ = Q Nᵀδ: what the forward pass knows, and nothing else.
        assert!(exact(Mutation::NoComplement, 3000) < 1e-9, "{normalisation}: without (I - QQᵀ) Z R");
        // Wᵀδ = Q Nᵀδ + Z R: the complement drawn in the whole space.
        assert!(
            exact(Mutation::NoProjection, 4500) < 1e-9,
            "{normalisation}: without the projection I - QQᵀ"
        );
        // Wᵀδ = Z R: as if the weights of the backward pass were not those of the forward pass. In a wide network
        // without batch normalisation the mean square of the gradient does not tell (it is why the usual mean-field
        // argument may assume it); the identity XᵀWᵀδ = Uᵀδ does, and batch normalisation shows it here.
        if *normalisation == Normalisation::BatchNorm {
            assert!(exact(Mutation::Independent, 6000) < 1e-9, "{normalisation}: without Q Nᵀδ");
        }
    }
}
