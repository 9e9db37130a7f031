//! What single units of deep layers do with the samples: large means, and a ReLU that is nearly affine.

use report::{Check, Measurement, Protocol, Table, TableError, Tables};

use super::{CENTRED, HALF, NEAR, SHARE, networks, scale};

/// "Most" units: more than half.
const MOST: f64 = 0.5;
/// "Nearly" linear: affine maps explain all but a twentieth of the variance.
const NEARLY: f64 = 0.05;

/// The rows of a table of units at the main width in one layer.
fn in_layer(tables: &Tables, table: &str, layer: &str) -> Result<Table, TableError> {
    tables.get(table)?.only("width", Protocol::of(tables)?.word("width")?)?.only("layer", layer)
}

/// Each step of one of the shares under Kaiming initialisation, as a check that it goes up (or down).
fn steps(
    tables: &Tables,
    table: &str,
    columns: [&str; 2],
    direction: (f64, &str),
) -> Result<Vec<Check>, TableError> {
    let predicted =
        |layer: &str| in_layer(tables, table, layer)?.only("setting", "kaiming")?.number("predicted");
    super::steps(tables, "unit_steps", columns, direction, predicted)
}

/// In the last layer most units of a Kaiming network have a large sample mean, as many as infinite width predicts, positive
/// as often as negative; and the share rises with depth.
pub(super) fn large_mean(tables: &Tables) -> Result<Measurement, TableError> {
    let depth = Protocol::of(tables)?.word("depth")?;
    let row = in_layer(tables, "large_means", &depth)?.only("setting", "kaiming")?;
    let share = row.estimate(SHARE)?;
    let positive = row.estimate(["positive", "positive_error", "networks"])?.minus(0.5);
    let predicted = row.number("predicted")?;
    let mut checks = vec![
        Check::positive(format!("share above half in layer {depth}"), share.minus(MOST), NEAR),
        Check::within(format!("share less its prediction in layer {depth}"), share.minus(predicted), NEAR),
        Check::equal(format!("positive ones among them less half, layer {depth}"), positive, NEAR),
    ];
    checks.extend(steps(tables, "large_means", ["large", "large_error"], (1.0, "growth of the share"))?);
    let note = format!(
        "shown: the share in layer {depth} with a sample mean of more than two sample standard deviations; infinite width \
         predicts {predicted:.4}, over all samples {:.4}",
        row.number("predicted_all_samples")?
    );
    let found = Measurement::new("6.large-mean", checks).at(scale(tables)?).showing(vec![share]);
    Ok(found.table("large_means").figure("units").source(file!(), "large-mean").note(note))
}

/// Under Kaiming initialisation affine maps leave less and less of the variance behind the ReLU, nearly nothing in the last
/// layer; in the settings that centre their units they leave about as much as in the first.
pub(super) fn nearly_linear(tables: &Tables) -> Result<Measurement, TableError> {
    let (many, depth) = (networks(tables)?, Protocol::of(tables)?.word("depth")?);
    let last = in_layer(tables, "nearly_linear", &depth)?;
    let of = |setting: &str| {
        let row = last.only("setting", setting)?;
        Ok::<_, TableError>((row.estimate(SHARE)?, row.number("predicted")?))
    };
    let (kaiming, predicted) = of("kaiming")?;
    let first = in_layer(tables, "nearly_linear", "1")?.only("setting", "kaiming")?.number("predicted")?;
    let nearly = format!("a twentieth less the share in layer {depth}");
    let mut checks = vec![Check::positive(nearly, kaiming.minus(NEARLY).times(-1.0), 0.0)];
    checks.extend(steps(tables, "nearly_linear", ["left", "left_error"], (-1.0, "fall of the share"))?);
    let mut shown = vec![kaiming];
    for (setting, name) in CENTRED {
        let (share, _) = of(setting)?;
        let what = format!("{name}: share in layer {depth} less half of that of centred units");
        checks.push(Check::positive(what, share.minus(HALF * first), 0.0));
        shown.push(share);
    }
    let note = format!(
        "shown: the share in layer {depth} under Kaiming, scale+bias, batch normalisation ({many} networks under Kaiming); \
         infinite width predicts {predicted:.4} for the first, of which it has {:.2}, and {first:.4} for the others",
        kaiming.value / predicted
    );
    let found = Measurement::new("6.nearly-linear", checks).at(scale(tables)?).showing(shown);
    Ok(found.table("nearly_linear").figure("units").source(file!(), "nearly-linear").note(note))
}
