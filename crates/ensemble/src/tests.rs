//! Tests that look inside: the direct engine against plain arithmetic in double precision, the exact engine against
//! identities that hold draw by draw, and the law of the exact engine against that of the direct one, also in layers
//! where the exact engine would not avoid the weights by itself.

mod degenerate;
mod engines_agree;
mod identities;
mod mutations;
mod reference;

use crate::forward::Pass;
use crate::parallel::Threads;
use crate::plan::Plan;
use crate::scratch::{Pool, Scratch, Workspace};
use crate::weights::ByLibrary;
use crate::{Config, Engine, Layer, Observables};

/// A small network whose exact engine never draws a weight.
pub(super) fn without_weights(config: &Config, observables: &Observables) -> Plan {
    let exact = Config { engine: Engine::Exact, ..config.clone() };
    Plan { narrow: 0, ..Plan::new(&exact, observables) }
}

/// The same network with every weight drawn.
pub(super) fn with_weights(config: &Config, observables: &Observables) -> Plan {
    Plan::new(&Config { engine: Engine::Direct, ..config.clone() }, observables)
}

/// A pass through one network.
pub(super) fn pass<'a>(plan: &'a Plan, scratch: &'a Pool<Scratch>, network: usize) -> Pass<'a> {
    Pass { plan, network, threads: Threads::One, scratch }
}

/// The observations of one network.
pub(super) fn run(plan: &Plan, network: usize) -> Vec<Layer> {
    pass(plan, &Pool::default(), network)
        .run(&ByLibrary::default(), &mut Workspace::default())
        .unwrap()
        .layers
}

/// A matrix in blocks, unit by unit.
pub(super) fn by_units(matrix: &[f32], units: usize) -> Vec<f32> {
    let columns = crate::layout::from_blocks(matrix, units);
    let width = matrix.len() / units;
    (0..matrix.len()).map(|index| columns[(index % width) * units + index / width]).collect()
}

/// The probability that two samples of one law differ more than these (Kolmogorov–Smirnov, two one-sided tests in
/// closed form: the two-sided series does not end for samples that differ as little as those of a discrete law can).
pub(super) fn kolmogorov_smirnov(left: &[f64], right: &[f64]) -> f64 {
    use statrs::stats_tests::NaNPolicy;
    use statrs::stats_tests::ks_test::{KSTwoSampleAlternativeMethod, ks_twosample};
    let one_sided = |method| ks_twosample(left.to_vec(), right.to_vec(), method, NaNPolicy::Error).unwrap().1;
    let less = one_sided(KSTwoSampleAlternativeMethod::LessAsymptotic);
    let greater = one_sided(KSTwoSampleAlternativeMethod::GreaterAsymptotic);
    (2.0 * less.min(greater)).min(1.0)
}
