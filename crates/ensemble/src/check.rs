//! Checks before any work: every refusal names the parameter and its limit.

use crate::error::{Bytes, ConfigError};
use crate::plan::{CHUNK_ROWS, Plan};
use crate::{Config, Normalisation, Observables, weight_law};

/// Layers share a word of a random number's address with its purpose.
const MAX_DEPTH: usize = (1 << 24) - 1;

/// A network is a word of a random number's address.
const MAX_NETWORKS: usize = u32::MAX as usize;

/// Positions in a matrix of this many rows and columns are far from overflowing an address of 64 bits.
const MAX_SIZE: usize = 1 << 30;

/// |log2 γ^depth| up to which pre-activations and their squares stay well within single precision.
const MAX_DOUBLINGS: u32 = 100;

/// Checks a configuration against what is to be observed.
pub(crate) fn check(config: &Config, observables: &Observables) -> Result<(), ConfigError> {
    sizes(config)?;
    numbers(config)?;
    samples(config, observables)?;
    observations(config, observables)?;
    weight_law::check(config, observables)?;
    memory(config, observables)
}

/// Counts of at least one, and small enough to be addressed.
fn sizes(config: &Config) -> Result<(), ConfigError> {
    let counts = [
        ("width", config.width, MAX_SIZE),
        ("depth", config.depth, MAX_DEPTH),
        ("samples", config.samples, MAX_SIZE),
        ("networks", config.networks, MAX_NETWORKS),
        ("input width", config.input_width(), MAX_SIZE),
    ];
    counts.into_iter().try_for_each(|(what, value, limit)| {
        within(what, value, value > 0, "at least 1")?;
        within(what, value, value <= limit, format_args!("at most {limit}"))
    })
}

/// Refuses a parameter that is not what it must be.
pub(crate) fn within(
    what: &'static str,
    value: impl ToString,
    is: bool,
    range: impl ToString,
) -> Result<(), ConfigError> {
    let refused = || ConfigError::OutOfRange { what, value: value.to_string(), range: range.to_string() };
    is.then_some(()).ok_or_else(refused)
}

/// γ and ε.
fn numbers(config: &Config) -> Result<(), ConfigError> {
    let Config { gamma, batch_epsilon, depth, .. } = *config;
    within("gamma", gamma, gamma.is_finite() && gamma > 0.0, "a positive number")?;
    let epsilon = batch_epsilon.is_finite() && batch_epsilon >= 0.0;
    within("batch epsilon", batch_epsilon, epsilon, "zero or a positive number")?;
    if (gamma.log2() * depth as f64).abs() > f64::from(MAX_DOUBLINGS) {
        return Err(ConfigError::GammaOverflow { gamma, depth, limit: MAX_DOUBLINGS });
    }
    Ok(())
}

/// Statistics over samples need samples.
fn samples(config: &Config, observables: &Observables) -> Result<(), ConfigError> {
    let samples = config.samples;
    let statistics = [
        ("the sample variance", observables.moments || observables.before),
        ("the cosine between samples", observables.pairs),
        ("the sample mean of scale+bias initialisation", config.normalisation == Normalisation::ScaleBias),
        ("the batch variance of batch normalisation", config.normalisation == Normalisation::BatchNorm),
    ];
    for (what, asked) in statistics {
        if asked && samples < 2 {
            return Err(ConfigError::OneSample { what, samples });
        }
    }
    if observables.fresh == 1 {
        return Err(ConfigError::OneSample { what: "the variance over fresh samples", samples: 1 });
    }
    Ok(())
}

/// Samples, layers and units that are asked for exist.
fn observations(config: &Config, observables: &Observables) -> Result<(), ConfigError> {
    let refused = |asked: String, given: String| Err(ConfigError::NotThere { asked, given });
    let (samples, last) = (config.samples, config.depth);
    if observables.tangents > samples {
        let asked = format!("{} samples are to be perturbed", observables.tangents);
        return refused(asked, format!("there are {samples}"));
    }
    let watch = observables.watch.as_ref();
    let watched = watch.map_or(&[][..], |watch| &watch.layers);
    for (what, layers, first) in [("the Gram matrix", &observables.grams[..], 0), ("watching", watched, 1)] {
        if let Some(layer) = layers.iter().find(|layer| !(first..=last).contains(*layer)) {
            let given = format!("layers run from {first} to {last}");
            return refused(format!("{what} asks for layer {layer}"), given);
        }
    }
    let last = config.width - 1;
    match watch.and_then(|watch| watch.units.iter().find(|unit| **unit > last)) {
        Some(unit) => {
            refused(format!("unit {unit} is watched"), format!("a layer's units run from 0 to {last}"))
        }
        None => Ok(()),
    }
}

/// One network at a time must fit, and all that is kept of all networks.
fn memory(config: &Config, observables: &Observables) -> Result<(), ConfigError> {
    let records = ("what is kept of the networks", bytes_of_records(config, observables));
    let needed = bytes_for_a_network(config, observables).saturating_add(records.1);
    if needed <= config.memory {
        return Ok(());
    }
    let parts = parts(config, observables).into_iter();
    let largest = parts.fold(records, |largest, part| if part.1 >= largest.1 { part } else { largest });
    Err(ConfigError::Memory {
        width: config.width,
        depth: config.depth,
        samples: config.samples,
        what: largest.0,
        needed: Bytes(needed),
        limit: Bytes(config.memory),
    })
}

/// Bytes that one network takes while it runs, roughly.
pub(crate) fn bytes_for_a_network(config: &Config, observables: &Observables) -> u64 {
    parts(config, observables).iter().fold(0u64, |sum, (_, bytes)| sum.saturating_add(*bytes))
}

/// What a network keeps in memory while it runs. Saturates in place of overflowing.
fn parts(config: &Config, observables: &Observables) -> [(&'static str, u64); 4] {
    let plan = Plan::new(config, observables);
    let product =
        |factors: &[usize]| factors.iter().fold(1u64, |bytes, factor| bytes.saturating_mul(*factor as u64));
    let columns = plan.columns.total();
    let widest = config.width.max(config.input_width());
    let taped = observables.gradient.is_some();
    let literal = (1..=config.depth.min(2)).any(|layer| plan.draws_weights(layer));
    let chunks = widest.div_ceil(CHUNK_ROWS).min(64) + 4;
    let layers = if taped { config.depth } else { 0 };
    [
        ("the pre-activations that the backward pass needs", product(&[layers, config.width, columns, 4])),
        (
            "two layers' activations or gradients",
            product(&[usize::from(literal || taped) * 2, widest, columns, 4]),
        ),
        ("the Gram matrices of the samples", product(&[chunks + 2 * layers, columns, columns, 8])),
        ("a block of weights", product(&[usize::from(literal), 1024.min(config.width), widest, 4])),
    ]
}

/// Bytes of what is kept of all networks.
fn bytes_of_records(config: &Config, observables: &Observables) -> u64 {
    let Config { networks, samples, .. } = *config;
    let grams = observables.grams.len() as u64 * (samples as u64).saturating_pow(2) * 8;
    let watched = observables.watch.as_ref().map_or(0, |watch| watch.layers.len() * watch.units.len());
    let layers = (config.depth as u64 + 1) * size_of::<crate::Layer>() as u64;
    (networks as u64)
        .saturating_mul(grams.saturating_add(watched as u64 * samples as u64 * 4).saturating_add(layers))
}
