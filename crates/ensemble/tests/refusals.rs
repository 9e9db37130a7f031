//! What is refused before any work, and how the refusal reads.

#![allow(clippy::unwrap_used)]

use ensemble::{Config, Ensemble, Normalisation, Observables, Through};

/// Fails unless the refusal, by its text, begins and ends like this; `…` stands for what is between.
fn refused(config: Config, observables: Observables, text: &str) {
    let found = Ensemble::new(config, observables).unwrap_err().to_string();
    let (start, end) = text.split_once('…').unwrap_or((text, text));
    assert!(found.starts_with(start) && found.ends_with(end), "{found:?}, not {text:?}");
}

fn accepted(config: Config, observables: Observables) {
    Ensemble::new(config, observables).unwrap();
}

fn small() -> Config {
    Config { width: 10, depth: 3, samples: 4, networks: 2, ..Config::default() }
}

fn none() -> Observables {
    Observables::none()
}

#[test]
fn sizes_and_numbers_out_of_range() {
    for (config, text) in [
        (Config { width: 0, ..small() }, "width must be at least 1, not 0"),
        (Config { depth: 0, ..small() }, "depth must be at least 1, not 0"),
        (Config { samples: 0, ..small() }, "samples must be at least 1, not 0"),
        (Config { networks: 0, ..small() }, "networks must be at least 1, not 0"),
        (Config { input_width: Some(0), ..small() }, "input width must be at least 1, not 0"),
        (Config { depth: 1 << 24, ..small() }, "depth must be at most 16777215, not 16777216"),
        (
            Config { batch_epsilon: -1e-5, ..small() },
            "batch epsilon must be zero or a positive number, not …",
        ),
        (Config { gamma: 2.0, depth: 101, ..small() }, "the total variance grows by gamma^depth = 2^101, …"),
    ] {
        refused(config, none(), text);
    }
    for gamma in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        refused(Config { gamma, ..small() }, none(), "gamma must be a positive number, not …");
    }
    accepted(Config { gamma: 2.0, depth: 100, ..small() }, none());
}

#[test]
fn statistics_of_one_and_of_what_does_not_exist() {
    let one = Config { samples: 1, ..small() };
    let variance = "the sample variance needs at least 2 samples, not 1";
    for (config, observables, text) in [
        (one.clone(), none().moments(), variance),
        (one.clone(), none().before(), variance),
        (one.clone(), none().pairs(), "the cosine between samples needs at least 2 samples, not 1"),
        (
            Config { normalisation: Normalisation::ScaleBias, ..one.clone() },
            none(),
            "the sample mean of scale+bias initialisation needs at least 2 samples, not 1",
        ),
        (
            Config { normalisation: Normalisation::BatchNorm, ..one.clone() },
            none(),
            "the batch variance of batch normalisation needs at least 2 samples, not 1",
        ),
        (small(), none().fresh(1), "the variance over fresh samples needs at least 2 samples, not 1"),
        (small(), none().grams([4]), "the Gram matrix asks for layer 4, but layers run from 0 to 3"),
        (small(), none().watch([0], [1]), "watching asks for layer 0, but layers run from 1 to 3"),
        (small(), none().watch([1], [10]), "unit 10 is watched, but a layer's units run from 0 to 9"),
        (small(), none().tangents(5), "5 samples are to be perturbed, but there are 4"),
    ] {
        refused(config, observables, text);
    }
    accepted(one, none().totals().signs().gradient(Through::Full));
    accepted(Config { networks: 1, ..small() }, none().moments());
}

#[test]
fn sizes_beyond_memory() {
    let wide = Config { width: 1_000_000, depth: 50, samples: 100, networks: 1, ..Config::default() };
    let gradient = none().gradient(Through::Full);
    accepted(wide.clone(), none().moments());
    let text = "width 1000000, depth 50 and 100 samples need about 19.4 GiB…for the pre-activations that the \
                backward pass needs; the limit is 16.0 GiB";
    refused(wide.clone(), gradient.clone(), text);
    accepted(Config { memory: 32 << 30, ..wide }, gradient.clone());
    let many = Config { samples: 1 << 20, ..small() };
    refused(many, none().pairs(), "width 10, depth 3 and 1048576 samples need…the limit is 16.0 GiB");
    let kept = Config { samples: 10_000, networks: 1000, ..small() };
    refused(kept, none().grams([1, 2]), "…for what is kept of the networks; the limit is 16.0 GiB");
    // No size overflows the estimate itself.
    let huge = Config { width: 1 << 30, depth: 1 << 20, samples: 1 << 30, ..small() };
    refused(huge, gradient, "width 1073741824, …; the limit is 16.0 GiB");
}
