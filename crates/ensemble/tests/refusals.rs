//! What is refused before any work, and how the refusal reads.

#![allow(clippy::unwrap_used)]

use ensemble::{Config, ConfigError, Ensemble, Normalisation, Observables, Through};

fn refused(config: Config, observables: Observables) -> ConfigError {
    Ensemble::new(config, observables).unwrap_err()
}

fn small() -> Config {
    Config { width: 10, depth: 3, samples: 4, networks: 2, ..Config::default() }
}

#[test]
fn empty_sizes() {
    let message = |config| refused(config, Observables::none()).to_string();
    assert_eq!(message(Config { width: 0, ..small() }), "width must be at least 1, not 0");
    assert_eq!(message(Config { depth: 0, ..small() }), "depth must be at least 1, not 0");
    assert_eq!(message(Config { samples: 0, ..small() }), "samples must be at least 1, not 0");
    assert_eq!(message(Config { networks: 0, ..small() }), "networks must be at least 1, not 0");
    assert_eq!(message(Config { input_width: Some(0), ..small() }), "input width must be at least 1, not 0");
    let deep = message(Config { depth: 1 << 24, ..small() });
    assert_eq!(deep, "depth must be at most 16777215, not 16777216");
}

#[test]
fn statistics_of_one() {
    let one = Config { samples: 1, ..small() };
    let what = |observables| refused(one.clone(), observables).to_string();
    assert_eq!(what(Observables::none().moments()), "the sample variance needs at least 2 samples, not 1");
    assert_eq!(what(Observables::none().before()), "the sample variance needs at least 2 samples, not 1");
    assert_eq!(
        what(Observables::none().pairs()),
        "the cosine between samples needs at least 2 samples, not 1"
    );
    for normalisation in [Normalisation::ScaleBias, Normalisation::BatchNorm] {
        let refused = refused(Config { normalisation, ..one.clone() }, Observables::none());
        assert!(matches!(refused, ConfigError::OneSample { samples: 1, .. }));
    }
    assert!(Ensemble::new(one, Observables::none().totals().signs().gradient(Through::Full)).is_ok());
    let alone = Config { networks: 1, ..small() };
    assert_eq!(refused(alone.clone(), Observables::none().across_networks()), ConfigError::OneNetwork);
    assert!(Ensemble::new(alone, Observables::none().moments()).is_ok());
}

#[test]
fn numbers_out_of_range() {
    for gamma in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = refused(Config { gamma, ..small() }, Observables::none());
        assert!(matches!(refused, ConfigError::OutOfRange { what: "gamma", .. }));
    }
    let refused_epsilon = refused(Config { batch_epsilon: -1e-5, ..small() }, Observables::none());
    assert!(matches!(refused_epsilon, ConfigError::OutOfRange { what: "batch epsilon", .. }));
    let growing = refused(Config { gamma: 2.0, depth: 101, ..small() }, Observables::none());
    assert!(growing.to_string().contains("2^101"), "{growing}");
    assert!(Ensemble::new(Config { gamma: 2.0, depth: 100, ..small() }, Observables::none()).is_ok());
}

#[test]
fn what_does_not_exist() {
    let what = |observables| refused(small(), observables).to_string();
    assert_eq!(
        what(Observables::none().grams([4])),
        "the Gram matrix asks for layer 4, but layers run from 0 to 3"
    );
    assert_eq!(
        what(Observables::none().watch([0], [1])),
        "watching asks for layer 0, but layers run from 1 to 3"
    );
    assert_eq!(
        what(Observables::none().watch([1], [10])),
        "unit 10 is watched, but a layer's units run from 0 to 9"
    );
    assert_eq!(what(Observables::none().tangents(5)), "5 samples are to be perturbed, but there are 4");
}

#[test]
fn sizes_beyond_memory() {
    let wide = Config { width: 1_000_000, depth: 50, samples: 100, networks: 1, ..Config::default() };
    assert!(
        Ensemble::new(wide.clone(), Observables::none().moments()).is_ok(),
        "forwards, a million units fit"
    );
    let refused_gradient = refused(wide.clone(), Observables::none().gradient(Through::Full));
    let text = refused_gradient.to_string();
    assert!(text.starts_with("width 1000000, depth 50 and 100 samples need about 19.4 GiB"), "{text}");
    assert!(
        text.ends_with("for the pre-activations that the backward pass needs; the limit is 16.0 GiB"),
        "{text}"
    );
    assert!(
        Ensemble::new(Config { memory: 32 << 30, ..wide }, Observables::none().gradient(Through::Full))
            .is_ok()
    );
    let samples = Config { samples: 1 << 20, ..small() };
    assert!(matches!(refused(samples, Observables::none().pairs()), ConfigError::Memory { .. }));
    let kept = Config { samples: 10_000, networks: 1000, ..small() };
    let text = refused(kept, Observables::none().grams([1, 2])).to_string();
    assert!(text.contains("what is kept of the networks"), "{text}");
    // No size overflows the estimate itself.
    let huge = Config { width: 1 << 30, depth: 1 << 20, samples: 1 << 30, ..small() };
    assert!(matches!(refused(huge, Observables::none().gradient(Through::Full)), ConfigError::Memory { .. }));
}
