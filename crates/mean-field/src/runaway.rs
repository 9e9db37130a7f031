//! Scale+bias initialisation at finite width: the lengths of the samples diffuse, are amplified, and run away.
//!
//! Let P_t be the mean square of sample t's centred and rescaled pre-activations û_t, ⟨P⟩ = 1 over the T samples. Biases take
//! away each unit's sample mean, so that the samples are uncorrelated up to Σ_s û_s = 0, and with m = 1/√(2π) = <relu(g)>,
//! K₀ = K(0) = 2m² and μ = ⟨√P⟩ the next centred mean square, before the layer's common scale, is
//!
//! F(P) = (1 - 1/T + 2K₀/T) P - 2K₀ μ √P + (1/2 - K₀)/T + K₀ μ²,
//!
//! divided by its mean. Around P = 1 + η, for T → ∞: η' = η + κ (η² - <η²>), κ = 1/(4(π-1)). The slope is exactly one: no
//! length is restored, and the quadratic term drives the longest away. A batch of T restores a little, by
//! (1/2 - K₀)/((1-K₀)T) a layer.
//!
//! **Noise.** At width n, P' is an average over units of 2P r² - 4mμ√P r, r = relu(g), of variance
//! g(P) = 5P² - 24 m²μ P^{3/2} + 16 m²(1/2 - m²) μ² P, over n and the square of the scale. At P = 1 this is
//! g = (5 - 8/π - 4/π²)/(1 - 1/π)².
//!
//! **Scaling.** In the time τ = l (g κ²/n)^{1/3} and the unit (g/(κn))^{1/3} of η, both parameters disappear: the layer is
//! proportional to n^{1/3} as long as the restoring force of a finite batch does not matter, n ≪ T³. Beyond, the lengths sit in a
//! well that they leave ever more rarely.
//!
//! **The layer.** The density of y = ln P follows a Fokker-Planck equation, here on a grid with exponentially fitted fluxes
//! (Scharfetter and Gummel), in time by Crank and Nicolson; its averages give μ and the scale. The relative variance over the T samples
//! exceeds 1 when one of them reaches P = 1 + √T: in the median network when T times the share beyond is ln 2. Samples count
//! as independent up to there; against the map itself, T lengths at a time, the layer comes out some 3 % early.

use std::f64::consts::{LN_2, PI};

use crate::DomainError;
use crate::cosine_map::value;
use crate::domain::require_samples;

/// Steps a layer.
const STEPS: usize = 4;
/// The lower end of the grid in ln P.
const LOWEST: f64 = -2.5;
/// How far the grid goes beyond the threshold.
const BEYOND: f64 = 0.3;
/// Cells in a standard deviation of one layer's noise.
const CELLS: f64 = 4.0;
/// The widest cell.
const WIDEST: f64 = 0.02;

/// Averages over the samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Averages {
    /// ⟨√P⟩.
    pub root: f64,
    /// ⟨P⟩.
    pub square: f64,
}

/// The law of the lengths of a network.
#[derive(Debug)]
struct Lengths {
    width: f64,
    samples: f64,
    cell: f64,
    /// Shares of the samples, by ln P.
    density: Vec<f64>,
}

/// Growth and variance of ln P in one layer.
#[derive(Debug, Clone, Copy)]
struct Step {
    drift: f64,
    diffusion: f64,
}

impl Lengths {
    /// After layer 1, where ln P has the variance 2/n of the inputs' lengths.
    fn new(width: f64, samples: f64, threshold: f64) -> Self {
        let cell = (noise(1.0, 1.0) / width).sqrt().min(WIDEST * CELLS) / CELLS;
        let cells = ((threshold.ln() + BEYOND - LOWEST) / cell).ceil() as usize;
        let mut lengths = Self { width, samples, cell, density: vec![0.0; cells] };
        let variance = 2.0 / width;
        for index in 0..cells {
            let y = lengths.centre(index) + 0.5 * variance;
            lengths.density[index] = (-y * y / (2.0 * variance)).exp();
        }
        let total: f64 = lengths.density.iter().sum();
        lengths.density.iter_mut().for_each(|share| *share /= total);
        lengths
    }

    fn centre(&self, index: usize) -> f64 {
        LOWEST + (index as f64 + 0.5) * self.cell
    }

    fn averages(&self) -> Averages {
        let (mut mass, mut root, mut square) = (0.0, 0.0, 0.0);
        for (index, share) in self.density.iter().enumerate() {
            let half = (0.5 * self.centre(index)).exp();
            (mass, root, square) = (mass + share, root + share * half, square + share * half * half);
        }
        Averages { root: root / mass, square: square / mass }
    }

    /// The share of samples beyond `threshold`, with what has left the grid.
    fn beyond(&self, threshold: f64) -> f64 {
        let first = ((threshold.ln() - LOWEST) / self.cell).round() as usize;
        1.0 - self.density[..first.min(self.density.len())].iter().sum::<f64>()
    }

    fn step(&self, y: f64, averages: Averages) -> Step {
        let (p, Averages { root, square }) = (y.exp(), averages);
        let next = centred(p, self.samples, averages);
        // The mean of F, which is linear in P and √P.
        let scale =
            centred(square, self.samples, averages) - 2.0 * value(0.0) * root * (root - square.sqrt());
        let diffusion = 0.5 * variance_of_square(p, root) / (self.width * next * next);
        Step { drift: (next / (scale * p)).ln() - diffusion, diffusion }
    }

    // region: density
    /// Moves the density on by one part of a layer.
    fn advance(&mut self) {
        let (averages, cells, h) = (self.averages(), self.density.len(), 0.5 / STEPS as f64);
        let mut right = self.density.clone();
        let (mut lower, mut diagonal, mut upper) = (vec![0.0; cells], vec![1.0; cells], vec![0.0; cells]);
        for edge in 0..cells - 1 {
            let Step { drift, diffusion } = self.step(LOWEST + (edge + 1) as f64 * self.cell, averages);
            let rate = diffusion / (self.cell * self.cell);
            let down = rate * bernoulli(drift * self.cell / diffusion);
            let up = down + drift / self.cell;
            let flux = up * self.density[edge] - down * self.density[edge + 1];
            right[edge] -= h * flux;
            right[edge + 1] += h * flux;
            diagonal[edge] += h * up;
            upper[edge] = -h * down;
            diagonal[edge + 1] += h * down;
            lower[edge + 1] = -h * up;
        }
        let out = self.step(self.centre(cells - 1), averages).drift.max(0.0) / self.cell;
        right[cells - 1] -= h * out * self.density[cells - 1];
        diagonal[cells - 1] += h * out;
        for row in 1..cells {
            let factor = lower[row] / diagonal[row - 1];
            diagonal[row] -= factor * upper[row - 1];
            right[row] -= factor * right[row - 1];
        }
        right[cells - 1] /= diagonal[cells - 1];
        for row in (0..cells - 1).rev() {
            right[row] = (right[row] - upper[row] * right[row + 1]) / diagonal[row];
        }
        self.density = right;
    }
    // endregion: density
}

// region: map
/// F(P), the next mean square before the layer's scale of a sample of mean square `p` in a batch of T = `samples`.
pub fn centred(p: f64, samples: f64, Averages { root, square }: Averages) -> f64 {
    let shared = value(0.0);
    let linear = 1.0 - 1.0 / samples + 2.0 * shared / samples;
    linear * p - 2.0 * shared * root * p.sqrt() + (0.5 - shared) / samples * square + shared * root * root
}

/// n times the variance of the same, g(P), for ⟨√P⟩ = `root`.
pub fn variance_of_square(p: f64, root: f64) -> f64 {
    let half = 0.5 * value(0.0);
    5.0 * p * p - 24.0 * half * root * p.powf(1.5) + 16.0 * half * (0.5 - half) * root * root * p
}
// endregion: map

/// By how much ln of the growth of gradients under scale+bias falls where the lengths have spread for `layers` layers of width
/// n = `width`: the centred variance gains κ<η²> of itself, <η²> = g l/n.
pub fn slowing(width: usize, layers: f64) -> f64 {
    amplification() * noise(1.0, 1.0) * layers / width as f64
}

/// w/(eʷ - 1), the flux against a drift.
fn bernoulli(w: f64) -> f64 {
    if w.abs() < 1e-6 { 1.0 - 0.5 * w } else { w / w.exp_m1() }
}

/// g, the variance over n of what a layer adds to η at P = `p`.
fn noise(p: f64, root: f64) -> f64 {
    variance_of_square(p, root) / (1.0 - value(0.0)).powi(2)
}

/// κ = K(0)/(4(1 - K(0))) = 1/(4(π-1)), by which squared differences of lengths are amplified.
pub fn amplification() -> f64 {
    1.0 / (4.0 * (PI - 1.0))
}

/// The layer at which, in the median network of width n = `width`, the relative variance of the squared lengths of T =
/// `samples` ≥ 2 samples exceeds 1; `None` where it does not within `deepest` layers.
pub fn layer(width: usize, samples: usize, deepest: usize) -> Result<Option<f64>, DomainError> {
    require_samples("a variance over samples", 2, samples)?;
    let t = samples as f64;
    let threshold = 1.0 + t.sqrt();
    let mut lengths = Lengths::new(width as f64, t, threshold);
    let mut before = 0.0;
    for layer in 1..=deepest {
        let expected = t * lengths.beyond(threshold) / LN_2;
        if expected > 1.0 {
            return Ok(Some(layer as f64 - (expected - 1.0) / (expected - before)));
        }
        before = expected;
        (0..STEPS).for_each(|_| lengths.advance());
    }
    Ok(None)
}
