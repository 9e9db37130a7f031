//! Training as a whole: the same curve for any number of threads, pairs that differ in nothing but the initialisation,
//! losses that fall, and runs that diverge without failing.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use experiment::{Context, Experiment, Parameters, Profile};
use report::{Measurement, Register, TableError, Tables};
use training::SECTION;
use training::experiment::Training;
use training::experiment::choices::{Initialisation, Optimiser, Part, Task};
use training::experiment::params::Params;
use training::experiment::runs::{Observation, Outcome, Run, execute, runs};

fn run_of(task: Task, optimiser: Optimiser, initialisation: Initialisation) -> Run {
    let mut params = Params::of(Profile::Smoke);
    params.search_iterations = params.iterations.clone();
    let all = runs(&params);
    let wanted =
        |run: &Run| (run.task, run.optimiser, run.initialisation) == (task, optimiser, initialisation);
    all.into_iter().find(wanted).unwrap()
}

fn outcome(run: &Run, threads: usize) -> Outcome {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let context = Context::bare(7);
    let outcome = pool.install(|| execute(run, &context, &|_, _| ())).unwrap();
    assert!(context.status.words().starts_with("loss "), "{}", context.status.words());
    Outcome { seconds: 0.0, ..outcome }
}

fn claims(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let register = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../paper/claims.toml");
    (SECTION.claims)(tables, &Register::read(&register).unwrap())
}

#[test]
fn any_number_of_threads_gives_the_same_curve() {
    for task in Task::ALL {
        for optimiser in Optimiser::ALL {
            let run = run_of(task, optimiser, Initialisation::ScaleBias);
            assert_eq!(outcome(&run, 1), outcome(&run, 3));
        }
    }
}

#[test]
fn losses_fall() {
    for task in Task::ALL {
        for initialisation in Initialisation::ALL {
            let mut run = run_of(task, Optimiser::Adam, initialisation);
            (run.iterations, run.rate) = (60, 0.003);
            let losses = outcome(&run, 2).losses;
            let mean = |losses: &[f32]| losses.iter().sum::<f32>() / losses.len() as f32;
            assert!(mean(&losses[50..]) < mean(&losses[..10]), "{task}, {initialisation}: {losses:?}");
        }
    }
}

#[test]
fn an_exploding_run_is_diverged_and_has_not_failed() {
    let mut run = run_of(Task::Cifar, Optimiser::Sgd, Initialisation::ScaleBias);
    (run.iterations, run.rate) = (60, 16.0);
    let outcome = outcome(&run, 1);
    let diverged = outcome.diverged.unwrap();
    assert!(outcome.losses.len() as u64 <= diverged && diverged < run.iterations);
    assert!(outcome.losses.iter().all(|loss| loss.is_finite()));
    let params = Params::of(Profile::Smoke);
    let tables = (SECTION.tables)(&params, &[(run, outcome)]).unwrap();
    assert!(claims(&tables).is_ok() && (SECTION.figures)(&tables).is_ok());
}

/// The search cannot see everything: a rate that did well on its budget may diverge later, and then nothing is compared.
#[test]
fn a_curve_that_diverges_after_its_search_is_compared_with_nothing() {
    let outcomes = |diverged: Option<u64>| {
        let of = |initialisation| {
            let curve = run_of(Task::Cifar, Optimiser::Sgd, initialisation);
            let (search, whole) = (Run { part: Part::Search, ..curve.clone() }, outcome(&curve, 1));
            let mut seen = whole.clone();
            if let Some(at) = diverged.filter(|_| initialisation == Initialisation::ScaleBias) {
                seen.losses.truncate(at as usize);
                seen.diverged = diverged;
            }
            [(search, whole), (curve, seen)]
        };
        [Initialisation::Scale, Initialisation::ScaleBias].into_iter().flat_map(of).collect::<Vec<_>>()
    };
    let params = Params::of(Profile::Smoke);
    for (diverged, pairs) in [(None, 1), (Some(3), 0)] {
        let tables = (SECTION.tables)(&params, &outcomes(diverged)).unwrap();
        for table in ["pairs", "panels"] {
            assert_eq!(tables.get(table).unwrap().rows(), pairs, "{table}, diverged {diverged:?}");
        }
        let claims = claims(&tables).unwrap();
        assert_eq!(claims.iter().any(|found| found.claim == "5.cifar-sgd"), diverged.is_none());
        assert!((SECTION.figures)(&tables).is_ok());
    }
}

/// From scale, nothing happens; from scale+bias, the loss begins higher and comes down.
#[test]
fn a_run_that_stays_where_it_began_is_slower_by_its_whole_budget() {
    let of = |initialisation, loss: &dyn Fn(u64) -> f32| {
        let run = Run { iterations: 100, ..run_of(Task::Cifar, Optimiser::Sgd, initialisation) };
        let losses = (0..run.iterations).map(loss).collect();
        let searched = Run { part: Part::Search, ..run.clone() };
        let seen = Outcome { losses, diverged: None, ..outcome(&Run { iterations: 1, ..run.clone() }, 1) };
        [(searched, seen.clone()), (run, seen)]
    };
    let stays = of(Initialisation::Scale, &|_| 2.3);
    let falls = of(Initialisation::ScaleBias, &|iteration| if iteration < 40 { 2.5 } else { 1.5 });
    let tables = (SECTION.tables)(&Params::of(Profile::Smoke), &[stays, falls].concat()).unwrap();
    let pairs = tables.get("pairs").unwrap();
    assert_eq!(pairs.number("scale_time").unwrap(), 100.0);
    assert_eq!(pairs.number("scale_bias_time").unwrap(), 52.0);
    let half_way = (10f64.ln() * (2.3f64 * 1.5).sqrt()).sqrt();
    assert!((pairs.number("target_loss").unwrap() - half_way).abs() < 1e-6);
}

/// Curves of one panel over three seeds, from scale and from scale+bias, whose losses keep their distance while r comes
/// together.
fn long_curves(task: Task, iterations: u64) -> Vec<(Run, Outcome)> {
    let mut outcomes = Vec::new();
    for (initialisation, loss, ratio) in
        [(Initialisation::Scale, 1.2, 5.0), (Initialisation::ScaleBias, 1.0, 0.0)]
    {
        for seed in 0..3 {
            let run = Run { iterations, seed, ..run_of(task, Optimiser::Sgd, initialisation) };
            let mut seen = outcome(&Run { iterations: 1, ..run.clone() }, 1);
            let spread = 1.0 + 0.001 * seed as f32;
            seen.losses = (0..iterations).map(|_| loss * spread).collect();
            let layers = seen.observations[0].ratios.len();
            let at = |iteration, ratio| Observation { iteration, ratios: vec![[ratio, ratio]; layers] };
            seen.observations = vec![at(0, ratio), at(iterations, 1.0 + 0.001 * ratio)];
            outcomes.push((run, seen));
        }
    }
    outcomes
}

/// What the paper says of long runs is measured in the panels whose runs are long, and open as long as others are not.
#[test]
fn long_runs_are_measured_panel_by_panel() {
    let params = Params::of(Profile::Smoke);
    let measured = |isbi, claim: &str| {
        let outcomes = [long_curves(Task::Cifar, 300), long_curves(Task::Isbi, isbi)].concat();
        let tables = (SECTION.tables)(&params, &outcomes).unwrap();
        let claims = claims(&tables).unwrap();
        claims.into_iter().find(|found| found.claim == claim)
    };
    assert!(measured(1999, "5.ratios-converge").is_none());
    assert!(measured(11_999, "5.gap-persists").is_none());
    for (isbi, claim) in [(2000, "5.ratios-converge"), (12_000, "5.gap-persists")] {
        let found = measured(isbi, claim).unwrap();
        assert_eq!(found.checks.len(), 1, "{claim}");
        let estimate = found.checks[0].estimate().unwrap();
        assert!(estimate.value > 0.1 && estimate.standard_error < 0.01, "{claim}: {estimate:?}");
        assert!(found.undecided.is_some());
    }
}

/// What is expected of a search's outcome before it is there is as much work as what is then called for.
#[test]
fn the_work_ahead_is_known_before_the_search() {
    let params = Params::of(Profile::Smoke);
    let searched: Vec<(Run, Outcome)> = runs(&params)
        .into_iter()
        .map(|run| {
            let losses = vec![1.0; run.iterations as usize];
            let short = Run { iterations: 1, ..run.clone() };
            (run, Outcome { losses, ..outcome(&short, 1) })
        })
        .collect();
    let further = Training::further(&params, &searched);
    assert!(!further.is_empty());
    assert_eq!(further.iter().map(Training::work).sum::<u64>(), Training::work_ahead(&params));
    let (short, long) = (&further[0], Run { iterations: 3 * further[0].iterations, ..further[0].clone() });
    assert_eq!(3 * Training::work(short), Training::work(&long));
}

#[test]
fn what_does_not_fit_is_refused_before_any_work() {
    snapshots::refuses::<Training>(
        Profile::Smoke,
        &[
            (&[("learning_rates", "[0]")], "0 is not above 0"),
            (&[("learning_rates", "[-0.1]")], "-0.1 is not above 0"),
            (
                &[("batch", "{\"cifar\": 8, \"isbi\": 31}")],
                "batch of isbi is 31, but the data set has 30 images: at most as many",
            ),
            (
                &[("image_size", "{\"cifar\": 24, \"isbi\": 32}")],
                "image_size of cifar is 24: it must be 8, 16 or 32",
            ),
            (
                &[("image_size", "{\"cifar\": 16, \"isbi\": 40}")],
                "image_size of isbi is 40: it must be a multiple of 16 from 32 to 512",
            ),
            (&[("optimisers", "[\"sgdd\"]")], "sgd"),
        ],
    );
}
