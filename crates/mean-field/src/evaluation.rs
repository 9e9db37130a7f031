//! Fresh samples through the statistics of a batch of T, in infinite width: after how many layers they run away.
//!
//! Let q be the mean square of a fresh sample's normalised pre-activations û_f. Within the batch, mean square 1 and product
//! ρ = -1/(T-1) hold by construction, and a fresh sample has no product with the batch, whose pre-activations sum to zero.
//! One layer on, with k = K(ρ) and A = (1 + (T-1)k)/T the square of the batch's mean,
//!
//! q' = (q - 2√q K(0) + A)/((1-k)(1 - 3/T)),
//!
//! the last factor being the mean of the inverse variance of T samples. Around q = 1 + η this is η' = η + κ η² + d/T with
//! κ = K(0)/(4(1 - K(0))) = 1/(4(π-1)) and d = 3 - 1/(π-1): nothing pulls η back, and η = √(d/(κT)) tan(√(κd/T) l) leaves
//! every bound at
//!
//! l = (π/2) √(T/(κd)) = π(π-1)/√(3π-4) · √T.

use std::f64::consts::PI;

use crate::DomainError;
use crate::cosine_map::value;
use crate::domain::require_samples;

// region: evaluation
/// q in layers 1, 2, …, for a batch of T = `samples` ≥ 4; inputs of mean square 1 without products. Never ends.
pub fn mean_squares(samples: usize) -> Result<impl Iterator<Item = f64>, DomainError> {
    require_samples("the mean inverse variance of a batch", 4, samples)?;
    let t = samples as f64;
    let step = move |square: f64, cross: f64, shared: f64| {
        let mean = (1.0 + (t - 1.0) * shared) / t;
        (square - 2.0 * cross + mean) * t / ((1.0 - shared) * (t - 3.0))
    };
    let next = move |q: &f64| Some(step(*q, q.sqrt() * value(0.0), value(-1.0 / (t - 1.0))));
    Ok(std::iter::successors(Some(step(1.0, 0.0, 0.0)), next))
}

/// The layer at which q passes `level`, interpolated in ln q between layers.
pub fn layer_beyond(level: f64, samples: usize) -> Result<f64, DomainError> {
    let mut before = 1.0f64;
    let mut layer = 0.0;
    for q in mean_squares(samples)? {
        if q > level {
            layer += (level / before).ln() / (q / before).ln();
            break;
        }
        (before, layer) = (q, layer + 1.0);
    }
    Ok(layer)
}

/// π(π-1)/√(3π-4): layers over √T, for large batches.
pub fn constant() -> f64 {
    PI * (PI - 1.0) / (3.0 * PI - 4.0).sqrt()
}
// endregion: evaluation
