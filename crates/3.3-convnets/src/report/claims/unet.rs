//! U-Net: Fig. 2 right.

use report::{Check, Measurement, TableError, Tables};

use super::ratios::Values;
use super::{A_TENTH, Ratios, of_u_net};

const NETWORK: &str = "unet";
/// Where the paper sees the ratio turn: the first layer that a skip connection reaches.
const TURN: u64 = 12;
/// "About" layer 12: so many layers away from it at most. Beyond lie the second layer up and the second skip.
const ABOUT: f64 = 2.0;
/// A statement on the typical network is one on most.
const MOST: f64 = 0.5;
/// The last layer of each level on the way down.
const DOWN: [u64; 5] = [2, 4, 6, 8, 10];
/// The last layer before the first skip connection.
const BEFORE_SKIPS: u64 = 11;
/// The last layer with as many channels as the first; the 23rd has two, and a ratio that differs most between
/// initialisations.
const WIDE: u64 = 22;
/// The layers whose activations are pooled.
const POOLED: [u64; 4] = [2, 4, 6, 8];
/// The first layer behind a pooling step.
const BEHIND_POOLING: u64 = 3;

// region: unet-peak
/// The ratio rises from level to level on the way down, turns about layer 12, and is lower behind all skip
/// connections than before the first; with zeros in place of what they carry, less than half of the fall is left.
pub(super) fn peak(tables: &Tables, ratios: &Ratios) -> Result<Measurement, TableError> {
    let layer = |variant, layer| ratios.layer(NETWORK, variant, layer);
    let standard = |at| layer("standard", at);
    let fall = |variant| layer(variant, BEFORE_SKIPS).minus(&layer(variant, WIDE));
    let highest = Values::largest(&(1..=WIDE).map(standard).collect::<Vec<_>>());
    let near = highest.share(|layer| (layer - TURN as f64).abs() <= ABOUT);
    let mut checks = vec![Check::most("initialisations with the highest ratio about layer 12", near, MOST)];
    for pair in DOWN.windows(2) {
        let rise = standard(pair[1]).minus(&standard(pair[0])).mean();
        let predicted = ratios.predicted(NETWORK, pair[1]) - ratios.predicted(NETWORK, pair[0]);
        let what = format!("rise of r from layer {} to layer {}", pair[0], pair[1]);
        checks.push(Check::positive(what, rise, A_TENTH * predicted));
    }
    let clearly = A_TENTH * ratios.predicted(NETWORK, BEFORE_SKIPS);
    let what = format!("fall of r from layer {BEFORE_SKIPS} to layer {WIDE}");
    checks.push(Check::positive(what, fall("standard").mean(), clearly));
    let left = fall("standard").map(|fall| 0.5 * fall).minus(&fall("skips_zeroed")).mean();
    let what = "half of the fall less what is left of it without skips";
    checks.push(Check::positive(what, left, 0.5 * clearly));
    let shown = [DOWN[0], TURN, WIDE].map(|at| standard(at).mean()).to_vec();
    let found = Measurement::new("3.3.unet-peak", checks).showing(shown).table("ratio").figure("ablations");
    let note = format!(
        "shown: the mean ratio in layers {}, {TURN} and {WIDE}; it is highest in layer {:.1} on average, and falls from layer {BEFORE_SKIPS} on by {:.2} with skips, by {:.2} with zeros in their place",
        DOWN[0],
        highest.mean().value,
        fall("standard").mean().value,
        fall("skips_zeroed").mean().value
    );
    of_u_net(tables, found.source(file!(), "unet-peak").note(note))
}
// endregion: unet-peak

// region: unet-above
/// In each of layers 1 to 12 the ratio is above that of a wide fully connected network.
pub(super) fn above(tables: &Tables, ratios: &Ratios) -> Result<Measurement, TableError> {
    let excess = |layer| {
        let ratio = ratios.layer(NETWORK, "standard", layer).mean();
        ratio.minus(ratios.predicted(NETWORK, layer))
    };
    let checks = (1..=TURN).rev().map(|layer| {
        let by = A_TENTH * ratios.predicted(NETWORK, layer);
        Check::positive(format!("layer {layer} above the prediction"), excess(layer), by)
    });
    let shown = [1, 2, BEHIND_POOLING, TURN].map(excess).to_vec();
    let note = format!(
        "shown: ratio less prediction in layers 1, 2, {BEHIND_POOLING} and {TURN}; layers 1 and 2 come before any pooling"
    );
    let found = Measurement::new("3.3.unet-above", checks.collect()).showing(shown).table("ratio");
    of_u_net(tables, found.figure("ratio").source(file!(), "unet-above").note(note))
}
// endregion: unet-above

/// Averaged over the four places where a ReLU is followed by max-pooling, the pooling adds more to the ratio than the
/// ReLU does. With subsampling in place of it, most of what the ratio is above the prediction goes away.
pub(super) fn pooling_raises(tables: &Tables, ratios: &Ratios) -> Result<Measurement, TableError> {
    let rectified = |layer| ratios.rectified(NETWORK, "standard", layer);
    let by_relu = |layer| rectified(layer).minus(&ratios.layer(NETWORK, "standard", layer));
    let by_pooling = |layer| ratios.pooled(NETWORK, "standard", layer).minus(&rectified(layer));
    let places = POOLED.len() as f64;
    let average = |of: &dyn Fn(u64) -> Values| Values::sum(POOLED.map(of)).map(|sum| sum / places);
    let (relu, pooling) = (average(&by_relu), average(&by_pooling));
    let behind = (BEHIND_POOLING..=TURN).map(|layer| {
        let (standard, subsampled) =
            (ratios.layer(NETWORK, "standard", layer), ratios.layer(NETWORK, "subsampled", layer));
        let predicted = ratios.predicted(NETWORK, layer);
        // What subsampling takes away less half of the excess.
        standard.map(|ratio| ratio - 0.5 * (ratio - predicted)).minus(&subsampled)
    });
    let layers = (TURN - BEHIND_POOLING + 1) as f64;
    let taken = Values::sum(behind).map(|sum| sum / layers);
    let step = |layer: u64| ratios.predicted(NETWORK, layer + 1) - ratios.predicted(NETWORK, layer);
    let by_a_layer = POOLED.map(step).iter().sum::<f64>() / places;
    let first = by_pooling(POOLED[0]).minus(&by_relu(POOLED[0])).mean();
    let checks = [
        ("rise by a max-pooling step less rise by the ReLU before it", pooling.minus(&relu), by_a_layer),
        (
            "what subsampling takes away less half of the excess over the prediction",
            taken,
            ratios.predicted(NETWORK, BEHIND_POOLING),
        ),
    ];
    let checks = checks.map(|(what, values, of)| Check::positive(what, values.mean(), A_TENTH * of)).to_vec();
    let shown = vec![pooling.mean(), relu.mean()];
    let found = Measurement::new("3.3.pooling-raises", checks).showing(shown).table("pooling");
    let note = format!(
        "shown: rise by a max-pooling step and by the ReLU before it, averaged over the four places; at the first alone they differ by {:.3} ± {:.3}",
        first.value, first.standard_error
    );
    of_u_net(tables, found.figure("ablations").source(file!(), "pooling-raises").note(note))
}
