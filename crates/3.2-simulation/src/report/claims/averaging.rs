//! What Section 3.1 assumes of wide networks: that inner products do not fluctuate, and that inputs are orthogonal.

use mean_field::cosine_map;
use report::{Check, Estimate, Measurement, Scale, TableError, Tables};

use super::{last_layer, scale};

/// An exponent of -1 is told from its neighbours: -1/2, of a standard deviation or of correlated units, and -3/2.
const ANOTHER_EXPONENT: f64 = 0.25;
/// A variance is told from twice or half of it: the logarithm of √2 is about a third.
const ANOTHER_VARIANCE: f64 = 0.35;
/// A mean square of cosines is told from that of inputs of another dimension, one part in ten away.
const ANOTHER_DIMENSION: f64 = 0.1;

/// What two inputs that are not quite orthogonal add falls with the width by at least half of what it should.
const HALF: f64 = 0.5;

/// <K^l(c⁰)> − K^l(0) where c⁰ is ±1/√n, as large as the cosine of two inputs of n elements is on average.
fn expected_gap(width: f64, layers: u64) -> f64 {
    let iterated = |cosine: f64| (0..layers).fold(cosine, |cosine, _| cosine_map::value(cosine));
    let spread = width.sqrt().recip();
    0.5 * (iterated(spread) + iterated(-spread)) - iterated(0.0)
}

pub(super) fn self_averaging(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("averaging_exponents")?;
    let mut checks = Vec::new();
    let mut shown = Vec::new();
    for row in table.each() {
        // What puts the exponent off -1 without chance is known; taken as a bound.
        let known = row.number("off_at_these_widths")? + row.number("off_by_these_inputs")?;
        let found = row.estimate(["exponent", "standard_error", "networks"])?.with_rounding(known);
        let layer = row.word("layer")?;
        let what = format!("exponent of the inner product's variance, plus 1, layer {layer}");
        checks.insert(0, Check::equal(what, found.minus(-1.0), ANOTHER_EXPONENT));
        shown = vec![found];
    }
    let variances = tables.get("self_averaging")?;
    let reached = variances.largest("width")?;
    let widest = variances.only("width", reached as u64)?;
    for layer in [1, widest.rows()] {
        let row = widest.only("layer", layer)?;
        let logarithm = (row.number("squared_length")? / row.number("squared_length_exact")?).ln();
        let (error, networks) = (row.number("squared_length_log_error")?, row.number("networks")? as u32);
        let what = format!("ln of the squared length's variance over its exact value, widest, layer {layer}");
        let logarithm = Estimate::sampled(logarithm, error, networks);
        checks.push(Check::equal(what, logarithm, ANOTHER_VARIANCE));
    }
    let found = Measurement::new("3.1.self-averaging", checks).at(Scale::full_if(reached >= 3000.0));
    let found = found.showing(shown).table("averaging_exponents").figure("averaging");
    let note =
        "shown: the exponent of the variance over networks in the width, in the deepest layer followed";
    Ok(found.source(file!(), "self-averaging").note(note))
}

pub(super) fn input_cosine(tables: &Tables) -> Result<Measurement, TableError> {
    let (table, exponents) = (tables.get("input_cosine")?, tables.get("input_exponents")?);
    let widths = table.column("width")?;
    let squares: Vec<Estimate> = widths
        .iter()
        .zip(table.estimates(["mean_square", "standard_error", "sets"])?)
        .map(|(width, square)| square.times(*width))
        .collect();
    let dimension = |(width, square): (&f64, &Estimate)| {
        let what = format!("n times the mean square of c⁰, minus 1, n = {width}");
        Check::equal(what, square.minus(1.0), ANOTHER_DIMENSION)
    };
    let mut checks: Vec<Check> = widths.iter().zip(&squares).map(dimension).collect();
    let gaps = tables.get("input_gap")?;
    let last = last_layer(tables)?;
    let deep = gaps.only("layer", last)?;
    let found = deep.estimates(["gap", "standard_error", "sets"])?;
    for (pair, width) in found.windows(2).zip(widths.windows(2)) {
        let what = format!("<K^l(c⁰)> − K^l(0) falls from n = {} to {}, l = {last}", width[0], width[1]);
        let expected = expected_gap(width[0], last) - expected_gap(width[1], last);
        checks.push(Check::positive(what, pair[0].difference(pair[1]), HALF * expected));
    }
    if widths.len() > 1 {
        // The next term is smaller by one more power of the width: at the narrowest, by this part.
        let next = widths.iter().fold(f64::INFINITY, |a, b| a.min(*b)).recip();
        let fitted = exponents.estimates(["exponent", "standard_error", "sets"])?;
        for (layer, found) in [(1, fitted.first()), (last, fitted.last())] {
            let exponent = found.map(|found| found.minus(-1.0).with_rounding(next)).into_iter();
            let what = format!("exponent of that difference, plus 1, l = {layer}");
            checks.extend(exponent.map(|exponent| Check::equal(&what, exponent, ANOTHER_EXPONENT)));
        }
    }
    let measured = Measurement::new("3.1.input-cosine", checks).at(scale(tables)?);
    let measured = measured.showing(squares.last().copied().into_iter().collect());
    let note =
        "shown: n times the mean square of the cosine of two inputs, at the largest of the paper's widths";
    Ok(measured.table("input_cosine").figure("averaging").source(file!(), "input-cosine").note(note))
}
