//! What is refused before any work, and how the refusal reads.

#![allow(clippy::unwrap_used)]

use ensemble::{Description, Ensemble, Observe, Refused, Setting, Through};

fn refused(description: Description, observe: Observe) -> Refused {
    Ensemble::new(description, observe).unwrap_err()
}

fn small() -> Description {
    Description { width: 10, depth: 3, samples: 4, networks: 2, ..Description::default() }
}

#[test]
fn empty_sizes() {
    let message = |description| refused(description, Observe::nothing()).to_string();
    assert_eq!(message(Description { width: 0, ..small() }), "width must be at least 1, not 0");
    assert_eq!(message(Description { depth: 0, ..small() }), "depth must be at least 1, not 0");
    assert_eq!(message(Description { samples: 0, ..small() }), "samples must be at least 1, not 0");
    assert_eq!(message(Description { networks: 0, ..small() }), "networks must be at least 1, not 0");
    assert_eq!(
        message(Description { input_width: Some(0), ..small() }),
        "input width must be at least 1, not 0"
    );
    let deep = message(Description { depth: 1 << 24, ..small() });
    assert_eq!(deep, "depth must be at most 16777215, not 16777216");
}

#[test]
fn statistics_of_one() {
    let one = Description { samples: 1, ..small() };
    let what = |observe| refused(one.clone(), observe).to_string();
    assert_eq!(what(Observe::nothing().moments()), "the sample variance needs at least 2 samples, not 1");
    assert_eq!(what(Observe::nothing().before()), "the sample variance needs at least 2 samples, not 1");
    assert_eq!(
        what(Observe::nothing().pairs()),
        "the cosine between samples needs at least 2 samples, not 1"
    );
    for setting in [Setting::ScaleBias, Setting::BatchNorm] {
        let refused = refused(Description { setting, ..one.clone() }, Observe::nothing());
        assert!(matches!(refused, Refused::OneSample { samples: 1, .. }));
    }
    assert!(Ensemble::new(one, Observe::nothing().totals().signs().gradient(Through::Full)).is_ok());
    let alone = Description { networks: 1, ..small() };
    assert_eq!(refused(alone.clone(), Observe::nothing().spread()), Refused::OneNetwork);
    assert!(Ensemble::new(alone, Observe::nothing().moments()).is_ok());
}

#[test]
fn numbers_out_of_range() {
    for gamma in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = refused(Description { gamma, ..small() }, Observe::nothing());
        assert!(matches!(refused, Refused::OutOfRange { what: "gamma", .. }));
    }
    let refused_epsilon = refused(Description { batch_epsilon: -1e-5, ..small() }, Observe::nothing());
    assert!(matches!(refused_epsilon, Refused::OutOfRange { what: "batch epsilon", .. }));
    let growing = refused(Description { gamma: 2.0, depth: 101, ..small() }, Observe::nothing());
    assert!(growing.to_string().contains("2^101"), "{growing}");
    assert!(Ensemble::new(Description { gamma: 2.0, depth: 100, ..small() }, Observe::nothing()).is_ok());
}

#[test]
fn what_does_not_exist() {
    let what = |observe| refused(small(), observe).to_string();
    assert_eq!(
        what(Observe::nothing().grams([4])),
        "the Gram matrix asks for layer 4, but layers run from 0 to 3"
    );
    assert_eq!(
        what(Observe::nothing().watch([0], [1])),
        "watching asks for layer 0, but layers run from 1 to 3"
    );
    assert_eq!(
        what(Observe::nothing().watch([1], [10])),
        "unit 10 is watched, but a layer's units run from 0 to 9"
    );
    assert_eq!(what(Observe::nothing().tangents(5)), "5 samples are to be perturbed, but there are 4");
}

#[test]
fn sizes_beyond_memory() {
    let wide =
        Description { width: 1_000_000, depth: 50, samples: 100, networks: 1, ..Description::default() };
    assert!(
        Ensemble::new(wide.clone(), Observe::nothing().moments()).is_ok(),
        "forwards, a million units fit"
    );
    let refused_gradient = refused(wide.clone(), Observe::nothing().gradient(Through::Full));
    let text = refused_gradient.to_string();
    assert!(text.starts_with("width 1000000, depth 50 and 100 samples need about 19.4 GiB"), "{text}");
    assert!(
        text.ends_with("for the pre-activations that the backward pass needs; the limit is 16.0 GiB"),
        "{text}"
    );
    assert!(
        Ensemble::new(Description { memory: 32 << 30, ..wide }, Observe::nothing().gradient(Through::Full))
            .is_ok()
    );
    let samples = Description { samples: 1 << 20, ..small() };
    assert!(matches!(refused(samples, Observe::nothing().pairs()), Refused::Memory { .. }));
    let kept = Description { samples: 10_000, networks: 1000, ..small() };
    let text = refused(kept, Observe::nothing().grams([1, 2])).to_string();
    assert!(text.contains("what is kept of the networks"), "{text}");
    // No size overflows the estimate itself.
    let huge = Description { width: 1 << 30, depth: 1 << 20, samples: 1 << 30, ..small() };
    assert!(matches!(refused(huge, Observe::nothing().gradient(Through::Full)), Refused::Memory { .. }));
}
