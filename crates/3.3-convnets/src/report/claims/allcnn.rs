//! ALL-CNN-C: Fig. 2 middle.

use report::{Check, Measurement, TableError, Tables};

use super::{A_TENTH, Ratios, of_all_cnn};

/// The last layer, behind the global pooling.
const LAST: u64 = 10;
const NETWORK: &str = "allcnn";

// region: allcnn-increases
/// From every layer to the next the ratio grows.
pub(super) fn increases(tables: &Tables, ratios: &Ratios) -> Result<Measurement, TableError> {
    let layer = |layer| ratios.layer(NETWORK, "standard", layer);
    let rise = |to: u64| {
        let rise = layer(to).minus(&layer(to - 1)).mean();
        let predicted = ratios.predicted(NETWORK, to) - ratios.predicted(NETWORK, to - 1);
        Check::positive(format!("rise of r from layer {} to layer {to}", to - 1), rise, A_TENTH * predicted)
    };
    let checks = (2..=LAST).map(rise).collect();
    let shown = [1, LAST].map(|at| layer(at).mean()).to_vec();
    let found = Measurement::new("3.3.allcnn-increases", checks).showing(shown);
    let note = "shown: the mean ratio in the first layer and in the last; the ninth and the tenth have ten channels each, so that their ratios differ most between initialisations";
    let found = found.table("ratio").figure("ratio").source(file!(), "allcnn-increases").note(note);
    of_all_cnn(tables, found)
}
// endregion: allcnn-increases

// region: allcnn-last-above
/// In the last layer the ratio is above that of a wide fully connected network; with one position in place of the global
/// average it is lower, and not above.
pub(super) fn last_above(tables: &Tables, ratios: &Ratios) -> Result<Measurement, TableError> {
    let last = |variant| ratios.layer(NETWORK, variant, LAST);
    let (standard, one_position) = (last("standard"), last("one_position"));
    let predicted = ratios.predicted(NETWORK, LAST);
    let by = A_TENTH * predicted;
    let (above, averaging) = (standard.mean().minus(predicted), standard.minus(&one_position).mean());
    let below = one_position.mean().minus(predicted).times(-1.0);
    let what = "what one position in place of the average takes away";
    let checks = vec![
        Check::positive("last layer above the prediction", above, by).named("above-prediction"),
        Check::positive(what, averaging, by).named("averaging"),
        Check::positive("how far it is below the prediction then", below, by),
    ];
    let batches =
        standard.homogeneity().map_or(String::new(), |found| format!("; the last layer has {found}"));
    let note = format!(
        "shown: the mean ratio in the last layer, with the global average and with one position in its place; predicted: {predicted:.3}{batches}"
    );
    let shown = vec![standard.mean(), one_position.mean()];
    let found = Measurement::new("3.3.allcnn-last-above", checks).showing(shown).table("ratio");
    of_all_cnn(tables, found.figure("ablations").source(file!(), "allcnn-last-above").note(note))
}
// endregion: allcnn-last-above
