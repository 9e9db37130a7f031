//! Checks before any work: every refusal names the parameter and its limit.

use crate::failure::{Bytes, Refused};
use crate::plan::{CHUNK_ROWS, Plan, Step};
use crate::{Description, Observe, Setting};

/// Layers share a word of a random number's address with its purpose.
const MAX_DEPTH: usize = (1 << 24) - 1;

/// A network is a word of a random number's address.
const MAX_NETWORKS: usize = u32::MAX as usize;

/// Positions in a matrix of this many rows and columns are far from overflowing an address of 64 bits.
const MAX_SIZE: usize = 1 << 30;

/// |log2 γ^depth| up to which pre-activations and their squares stay well within single precision.
const MAX_DOUBLINGS: u32 = 100;

/// Checks a description against what is to be observed.
pub(crate) fn check(description: &Description, observe: &Observe) -> Result<(), Refused> {
    sizes(description)?;
    numbers(description)?;
    samples(description, observe)?;
    observations(description, observe)?;
    memory(description, observe)
}

/// Counts of at least one, and small enough to be addressed.
fn sizes(description: &Description) -> Result<(), Refused> {
    let counts = [
        ("width", description.width, MAX_SIZE),
        ("depth", description.depth, MAX_DEPTH),
        ("samples", description.samples, MAX_SIZE),
        ("networks", description.networks, MAX_NETWORKS),
        ("input width", description.input_width(), MAX_SIZE),
    ];
    for (what, value, limit) in counts {
        if value == 0 {
            return Err(Refused::Zero { what });
        }
        if value > limit {
            return Err(Refused::TooLarge { what, value, limit });
        }
    }
    Ok(())
}

/// γ and ε.
fn numbers(description: &Description) -> Result<(), Refused> {
    let Description { gamma, batch_epsilon, depth, .. } = *description;
    if !(gamma.is_finite() && gamma > 0.0) {
        return Err(Refused::OutOfRange { what: "gamma", value: gamma, range: "a positive number" });
    }
    if !(batch_epsilon.is_finite() && batch_epsilon >= 0.0) {
        let range = "zero or a positive number";
        return Err(Refused::OutOfRange { what: "batch epsilon", value: batch_epsilon, range });
    }
    if (gamma.log2() * depth as f64).abs() > f64::from(MAX_DOUBLINGS) {
        return Err(Refused::GammaOverflow { gamma, depth, limit: MAX_DOUBLINGS });
    }
    Ok(())
}

/// Statistics over samples need samples.
fn samples(description: &Description, observe: &Observe) -> Result<(), Refused> {
    let samples = description.samples;
    let statistics = [
        ("the sample variance", observe.moments || observe.before),
        ("the cosine between samples", observe.pairs),
        ("the sample mean of scale+bias initialisation", description.setting == Setting::ScaleBias),
        ("the batch variance of batch normalisation", description.setting == Setting::BatchNorm),
    ];
    for (what, asked) in statistics {
        if asked && samples < 2 {
            return Err(Refused::OneSample { what, samples });
        }
    }
    if observe.fresh == 1 {
        return Err(Refused::OneSample { what: "the variance over fresh samples", samples: 1 });
    }
    if observe.tangents > samples {
        return Err(Refused::Tangents { tangents: observe.tangents, samples });
    }
    Ok(())
}

/// Layers, units and networks that are asked for exist.
fn observations(description: &Description, observe: &Observe) -> Result<(), Refused> {
    let last = description.depth;
    let missing = |what: &'static str, layers: &[usize], first: usize| {
        let layer = layers.iter().copied().find(|layer| !(first..=last).contains(layer));
        layer.map_or(Ok(()), |layer| Err(Refused::NoSuchLayer { what, layer, first, last }))
    };
    missing("the Gram matrix", &observe.grams, 0)?;
    if let Some(watch) = &observe.watch {
        missing("watching", &watch.layers, 1)?;
        let last = description.width - 1;
        if let Some(unit) = watch.units.iter().copied().find(|unit| *unit > last) {
            return Err(Refused::NoSuchUnit { unit, last });
        }
    }
    if observe.spread && description.networks < 2 {
        return Err(Refused::OneNetwork);
    }
    Ok(())
}

/// One network at a time must fit, and all that is kept of all networks.
fn memory(description: &Description, observe: &Observe) -> Result<(), Refused> {
    let (what, largest) = largest_part(description, observe);
    let needed =
        bytes_for_a_network(description, observe).saturating_add(bytes_of_records(description, observe));
    if needed <= description.memory {
        return Ok(());
    }
    let records = bytes_of_records(description, observe);
    Err(Refused::Memory {
        width: description.width,
        depth: description.depth,
        samples: description.samples,
        what: if records > largest { "what is kept of the networks" } else { what },
        needed: Bytes(needed),
        limit: Bytes(description.memory),
    })
}

/// The largest part of a network's memory and its bytes.
fn largest_part(description: &Description, observe: &Observe) -> (&'static str, u64) {
    let parts = parts(description, observe);
    parts.into_iter().max_by_key(|(_, bytes)| *bytes).unwrap_or(("nothing", 0))
}

/// Bytes that one network takes while it runs, roughly.
pub(crate) fn bytes_for_a_network(description: &Description, observe: &Observe) -> u64 {
    parts(description, observe).iter().fold(0u64, |sum, (_, bytes)| sum.saturating_add(*bytes))
}

/// What a network keeps in memory while it runs. Saturates in place of overflowing.
fn parts(description: &Description, observe: &Observe) -> [(&'static str, u64); 4] {
    let plan = Plan::new(description, observe);
    let product =
        |factors: &[usize]| factors.iter().fold(1u64, |bytes, factor| bytes.saturating_mul(*factor as u64));
    let columns = plan.columns.total();
    let widest = description.width.max(description.input_width());
    let taped = observe.gradient.is_some();
    let literal = (1..=description.depth.min(2)).any(|layer| plan.step(layer) == Step::Weights);
    let chunks = widest.div_ceil(CHUNK_ROWS).min(64) + 4;
    let layers = if taped { description.depth } else { 0 };
    [
        (
            "the pre-activations that the backward pass needs",
            product(&[layers, description.width, columns, 4]),
        ),
        (
            "two layers' activations or gradients",
            product(&[usize::from(literal || taped) * 2, widest, columns, 4]),
        ),
        ("the Gram matrices of the samples", product(&[chunks + 2 * layers, columns, columns, 8])),
        ("a block of weights", product(&[usize::from(literal), 1024.min(description.width), widest, 4])),
    ]
}

/// Bytes of what is kept of all networks.
fn bytes_of_records(description: &Description, observe: &Observe) -> u64 {
    let Description { networks, samples, .. } = *description;
    let grams = observe.grams.len() as u64 * (samples as u64).saturating_pow(2) * 8;
    let watched = observe.watch.as_ref().map_or(0, |watch| watch.layers.len() * watch.units.len());
    let layers = (description.depth as u64 + 1) * size_of::<crate::Layer>() as u64;
    (networks as u64)
        .saturating_mul(grams.saturating_add(watched as u64 * samples as u64 * 4).saturating_add(layers))
}
