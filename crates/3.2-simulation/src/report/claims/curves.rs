//! Eqs. 6 and 8 by simulation: the two sides of Eq. 6, the curves of Fig. 1 left, and the layer to which they belong.

use report::{Check, Estimate, Measurement, Scale, TableError, Tables};

use super::{DEPTH, layers_among, scale, widest};

/// A hundredth of the total variance: less does not show in a figure of the paper's size.
const SHOWS: f64 = 0.02;
/// Layers in which Eqs. 6 and 8 are told from the same with a layer more: further on the step becomes small.
const FIRST_LAYERS: usize = 4;
/// A curve that rises or falls by less than half of what its closed form does is another one.
const HALF: f64 = 0.5;
/// Layers between which the curves are seen to rise and fall.
const STEPS: [u64; 7] = [1, 2, 5, 10, 20, 30, 50];

pub(super) fn inner_product(tables: &Tables) -> Result<Measurement, TableError> {
    let widest = widest(tables)?;
    let average = tables.get("inner_product_average")?.only("width", widest)?;
    let shifted = average.number("if_shifted")?;
    let all = average.estimates(["difference", "standard_error", "networks"])?;
    // Inner products of the wrong layer would shift the average by `if_shifted`, single layers by the next step of m².
    let of_all = |d: &Estimate| Check::equal("both sides, averaged over layers", *d, 0.5 * shifted.abs());
    let mut checks: Vec<Check> = all.iter().map(of_all).collect();
    let table = tables.get("inner_product")?.only("width", widest)?;
    let moments = tables.get("moments")?.only("width", widest)?;
    let steps = moments.points("as_printed", "corrected")?.into_iter().map(|(next, this)| next - this);
    let differences = table.estimates(["difference", "standard_error", "networks"])?;
    for (layer, (d, step)) in (1..).zip(differences.into_iter().zip(steps)).take(FIRST_LAYERS) {
        checks.push(Check::equal(format!("both sides in layer {layer}"), d, 0.5 * step));
    }
    let found = Measurement::new("3.1.inner-product", checks).at(scale(tables)?).table("inner_product");
    let note = "shown: squared sample mean minus (2/n) times the inner product, averaged over layers; both without the \
                bias of T samples, at the largest of the paper's widths";
    Ok(found.source(file!(), "inner-product").note(note))
}

/// Full when networks of at least the paper's width and depth were followed.
fn limit_scale(tables: &Tables) -> Result<Scale, TableError> {
    let deepest = tables.get("limit")?.largest("layer")?;
    Ok(if deepest >= DEPTH { scale(tables)? } else { Scale::Reduced })
}

/// A curve extrapolated to infinite width against its closed form in every layer, and its rise (or fall, `sign` -1).
fn curve(tables: &Tables, claim: &str, column: &str, sign: f64) -> Result<Measurement, TableError> {
    let limit = tables.get("limit")?;
    let found = limit.estimates([column, &format!("{column}_error"), "replicates"])?;
    let theory = limit.column(&format!("{column}_theory"))?;
    let against = |(layer, (found, theory)): (usize, (&Estimate, &f64))| {
        Check::equal(format!("against the closed form in layer {layer}"), found.minus(*theory), SHOWS)
    };
    let mut checks: Vec<Check> = (1..).zip(found.iter().zip(&theory)).map(against).collect();
    checks.reverse();
    for pair in layers_among(&STEPS, found.len() as u64).windows(2) {
        let [from, to] = [pair[0] as usize - 1, pair[1] as usize - 1];
        let (larger, smaller) = if sign > 0.0 { (to, from) } else { (from, to) };
        let (step, least) = (found[larger].difference(found[smaller]), theory[larger] - theory[smaller]);
        let what = format!("step from layer {} to {}", pair[0], pair[1]);
        checks.push(Check::positive(what, step, HALF * least));
    }
    let shown = found.last().map(|of| of.sqrt()).into_iter().collect();
    let measurement = Measurement::new(claim, checks).at(limit_scale(tables)?).showing(shown);
    let note = "shown: the root in the last layer, extrapolated to infinite width from networks far wider than the paper's";
    Ok(measurement.table("limit").figure("curves").note(note))
}

// region: curves
pub(super) fn mean_curve(tables: &Tables) -> Result<Measurement, TableError> {
    Ok(curve(tables, "3.1.mean-curve", "squared_mean", 1.0)?.source(file!(), "curves"))
}

pub(super) fn variance_curve(tables: &Tables) -> Result<Measurement, TableError> {
    Ok(curve(tables, "3.1.variance-curve", "variance", -1.0)?.source(file!(), "curves"))
}
// endregion: curves

pub(super) fn layer_index(tables: &Tables) -> Result<Measurement, TableError> {
    let moments = tables.get("moments")?.only("width", widest(tables)?)?;
    let found = moments.estimates(["squared_mean", "squared_mean_error", "networks"])?;
    let (corrected, printed) = (moments.column("corrected")?, moments.column("as_printed")?);
    let steps: Vec<f64> =
        printed.iter().zip(&corrected).map(|(printed, corrected)| printed - corrected).collect();
    let against = |form: &str, values: &[f64]| -> Vec<Check> {
        let each = (1..).zip(found.iter().zip(values).zip(&steps)).take(FIRST_LAYERS);
        each.map(|(layer, ((found, value), step))| {
            Check::equal(format!("m² minus {form} in layer {layer}"), found.minus(*value), 0.5 * step)
        })
        .collect()
    };
    let measured = Measurement::new("3.1.layer-index", against("2K^(l−1)(0)", &corrected));
    let measured = measured.as_printed(against("2K^l(0)", &printed)).at(scale(tables)?);
    let note = "the first layers of the widest of the paper's networks, where the two forms are furthest apart; shown: m² in \
                layer 1";
    let shown = found.first().copied().into_iter().collect();
    Ok(measured.showing(shown).table("moments").figure("curves").source(file!(), "layer-index").note(note))
}
