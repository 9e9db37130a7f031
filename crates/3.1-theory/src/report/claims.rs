//! Claims of Section 3.1, and those of Section 4 that need theory only.
//!
//! Nothing here is random: errors are bounds on rounding and truncation, named where they are used.

use report::{Check, Estimate, Measurement, Register, Scale, TableError, Tables};

/// What three routes to K may differ by: the accuracy they were built for.
const ROUTES: f64 = 1e-13;
/// The difference between routes that would matter.
const ROUTES_RESOLUTION: f64 = 1e-12;
/// Rounding of a value of order one after a few operations.
const ROUNDING: f64 = 1e-15;
/// Rounding and quadrature error of a squared mean iterated over tens of layers by quadrature.
const ITERATED: f64 = 1e-12;
/// A squared mean wrong by this much would show in a figure.
const SHOWS: f64 = 1e-3;
/// A step of a curve this small would not have shown after a thousand layers.
const A_STEP: f64 = 1e-3 * SHOWS;
/// What is told relative to something is told from a hundredth of it.
const A_HUNDREDTH: f64 = 0.01;
/// The depth up to which the paper shows its curves.
const PAPER_DEPTH: f64 = 50.0;

/// All measurements from the tables.
pub fn claims(tables: &Tables, _: &Register) -> Result<Vec<Measurement>, TableError> {
    Ok(vec![
        cosine_map(tables)?,
        measure(tables)?,
        mean_curve(tables)?,
        variance_curve(tables)?,
        layer_index(tables)?,
        mean_dominates(tables)?,
        above_diagonal(tables)?,
        fixed_point(tables)?,
        marginal_slope(tables)?,
        subexponential(tables)?,
        not_zero_at_50(tables)?,
        batch_norm(tables, "4.sigma-s", "sigma_s")?,
        batch_norm(tables, "4.amplification", "amplification")?,
        batch_norm(tables, "4.slope-theory", "gradient_slope")?,
    ])
}

/// A difference known up to `bound`.
fn off(difference: f64, bound: f64) -> Estimate {
    Estimate::computed(difference, bound)
}

fn furthest(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| a - b)
        .fold(0.0, |worst: f64, d| if d.abs() > worst.abs() || d.is_nan() { d } else { worst })
}

/// Full when the curves go as deep as the paper's.
fn scale(tables: &Tables) -> Result<Scale, TableError> {
    Ok(Scale::full_if(tables.get("variance_curve")?.largest("layer")? >= PAPER_DEPTH))
}

// region: three-routes
fn cosine_map(tables: &Tables) -> Result<Measurement, TableError> {
    let map = tables.get("cosine_map")?;
    let [closed, plane, polar] =
        [map.column("closed_form")?, map.column("quadrature_2d")?, map.column("quadrature_polar")?];
    let pair =
        |what: &str, a: &[f64], b: &[f64]| Check::equal(what, off(furthest(a, b), ROUTES), ROUTES_RESOLUTION);
    let checks = vec![
        pair("closed form against 2-D quadrature", &closed, &plane),
        pair("closed form against polar quadrature", &closed, &polar),
        pair("2-D against polar quadrature", &plane, &polar),
    ];
    let found = Measurement::new("3.1.cosine-map", checks);
    let note = "largest difference over the whole grid, ±(1 − 1e-12) included";
    Ok(found.table("cosine_map").figure("cosine-map").source(file!(), "three-routes").note(note))
}
// endregion: three-routes

fn measure(tables: &Tables) -> Result<Measurement, TableError> {
    let value = |name: &str| tables.get("at_one")?.only("quantity", name)?.number("value");
    let (unit, printed) = (value("measure_unit")?, value("measure_as_printed")?);
    let normalised = |what: &str, k: f64| vec![Check::equal(what, off(k - 1.0, ROUTES), SHOWS)];
    let found = Measurement::new("3.1.measure", normalised("K(1) − 1 under the unit Gaussian measure", unit));
    let found = found.as_printed(normalised("K(1) − 1 under the measure as printed", printed));
    let shown = vec![off(unit, ROUTES), off(printed, ROUTES)];
    Ok(found.showing(shown).table("at_one").source(file!(), "measure"))
}

/// A curve of squared means or variances agrees with Eq. 6 iterated by quadrature, and is monotone.
fn curve(tables: &Tables, claim: &str, column: &str, sign: f64) -> Result<Measurement, TableError> {
    let (curve, index) = (tables.get("variance_curve")?, tables.get("layer_index")?);
    let by_inner_product = index.column("by_inner_product")?;
    let expected: Vec<f64> = match column {
        "sample_mean" => by_inner_product,
        _ => by_inner_product.iter().map(|squared_mean| 2.0 - squared_mean).collect(),
    };
    let values = curve.column(column)?;
    let squares: Vec<f64> = values.iter().map(|value| value * value).collect();
    let squared = off(furthest(&squares, &expected), ITERATED);
    let mut checks = vec![Check::equal("squared, against Eq. 6 by quadrature", squared, SHOWS)];
    for (layer, pair) in (2..).zip(values.windows(2)) {
        let step = off(sign * (pair[1] - pair[0]), ROUNDING);
        checks.push(Check::positive(format!("step to layer {layer}"), step, A_STEP));
    }
    let last = values.last().copied().unwrap_or(f64::NAN);
    let found = Measurement::new(claim, checks).at(scale(tables)?).showing(vec![off(last, ROUNDING)]);
    Ok(found.table("variance_curve").figure("variance-curve").note("shown: the value in the last layer"))
}

// region: curves
fn mean_curve(tables: &Tables) -> Result<Measurement, TableError> {
    Ok(curve(tables, "3.1.mean-curve", "sample_mean", 1.0)?.source(file!(), "curves"))
}

fn variance_curve(tables: &Tables) -> Result<Measurement, TableError> {
    Ok(curve(tables, "3.1.variance-curve", "sample_std", -1.0)?.source(file!(), "curves"))
}
// endregion: curves

fn layer_index(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("layer_index")?;
    let expected = table.column("by_inner_product")?;
    let against = |what: &str, column: &str| -> Result<Vec<Check>, TableError> {
        Ok(vec![Check::equal(what, off(furthest(&table.column(column)?, &expected), ITERATED), SHOWS)])
    };
    let found = Measurement::new("3.1.layer-index", against("2K^(l−1)(0) against Eq. 6", "corrected")?);
    let found = found.as_printed(against("2K^l(0) against Eq. 6", "as_printed")?);
    Ok(found.at(scale(tables)?).table("layer_index").source(file!(), "layer-index"))
}

// region: mean-dominates
/// From this layer on a network is deep.
const DEEP: usize = 10;
/// A hundredth of the total variance: by less m² does not dominate.
const DOMINATES: f64 = 0.02;

fn mean_dominates(tables: &Tables) -> Result<Measurement, TableError> {
    let curve = tables.get("variance_curve")?;
    let (means, stds) = (curve.column("sample_mean")?, curve.column("sample_std")?);
    let ahead: Vec<f64> = means.iter().zip(&stds).map(|(m, v)| m * m - v * v).collect();
    let crossing = ahead.iter().position(|ahead| *ahead > 0.0).unwrap_or(ahead.len());
    let layers = (1..).zip(&ahead).skip(DEEP - 1);
    let checks = layers.map(|(layer, ahead)| {
        Check::positive(format!("m² − v² in layer {layer}"), off(*ahead, ROUNDING), DOMINATES)
    });
    let shown = vec![off((crossing + 1) as f64, 0.0)];
    let found = Measurement::new("3.1.mean-dominates", checks.collect()).at(scale(tables)?).showing(shown);
    let found = found.table("variance_curve").figure("variance-curve").source(file!(), "mean-dominates");
    Ok(found.note("shown: the first layer in which m² exceeds v²"))
}
// endregion: mean-dominates

fn above_diagonal(tables: &Tables) -> Result<Measurement, TableError> {
    // K(cos θ) − cos θ = (sin θ − θ cos θ)/π, with derivative θ sin θ/π > 0: zero at θ = 0 only.
    let points = tables.get("above_diagonal")?.points("angle", "excess")?;
    let inside = points.iter().skip(1).map(|&(angle, excess)| {
        // Near θ = 0 it is θ³/(3π).
        let least = A_HUNDREDTH * angle.powi(3) / (3.0 * std::f64::consts::PI);
        Check::positive(format!("K(c) − c at θ = {angle:.3}"), off(excess, ROUNDING * excess.abs()), least)
    });
    let rising = points.windows(2).map(|pair| {
        Check::positive(
            format!("its rise up to θ = {:.3}", pair[1].0),
            off(pair[1].1 - pair[0].1, ROUNDING * pair[1].1.abs()),
            // A step as long as this one rises least where it begins at θ = 0.
            A_HUNDREDTH * (pair[1].0 - pair[0].0).powi(3) / (3.0 * std::f64::consts::PI),
        )
    });
    let least = points.get(1).map_or(f64::NAN, |point| point.1);
    let found = Measurement::new("3.1.above-diagonal", inside.chain(rising).collect());
    let found = found.showing(vec![off(least, 0.0)]).table("above_diagonal").figure("cosine-map");
    let note = "shown: the smallest K(c) − c of the grid, next to c = 1";
    Ok(found.source(file!(), "above-diagonal").note(note))
}

fn fixed_point(tables: &Tables) -> Result<Measurement, TableError> {
    let at_one = tables.get("at_one")?.only("quantity", "map")?.number("value")?;
    let (gaps, rate) = (tables.get("convergence")?.column("one_minus_c")?, tables.get("rate")?);
    let mut checks = vec![Check::value("K(1)", off(at_one, ROUNDING))];
    checks.extend(gaps.windows(2).map(|pair| {
        let fall = off(1.0 - pair[1] / pair[0], ROUNDING);
        Check::positive("relative fall of 1 − c from one recorded layer to the next", fall, A_HUNDREDTH)
    }));
    // The last gap is as small as the asymptote says, so that the limit is 1 and not merely near it.
    let (beyond, expected) =
        (rate.column("corrected_over_gap_minus_one")?, rate.column("expected_remainder")?);
    if let (Some(beyond), Some(expected)) = (beyond.last(), expected.last()) {
        let beyond = off(*beyond, 2.0 * expected.abs() + 1e-10);
        checks.push(Check::equal("last 1 − c against its asymptote, relative", beyond, SHOWS));
    }
    let found = Measurement::new("3.1.fixed-point", checks).table("convergence").figure("convergence");
    Ok(found.source(file!(), "fixed-point"))
}

fn marginal_slope(tables: &Tables) -> Result<Measurement, TableError> {
    let analytic = tables.get("at_one")?.only("quantity", "slope")?.number("value")?;
    let table = tables.get("marginal_slope")?;
    let (steps, differences) = (table.column("step")?, table.column("difference")?);
    // A quotient with step h is 1 − a√h + O(h); from h to h/4 the root halves, so 2 D(h/4) − D(h) leaves O(h).
    let extrapolated =
        steps.windows(2).zip(differences.windows(2)).map(|(h, d)| (h[0], 2.0 * d[1] - d[0])).next_back();
    let (step, extrapolated) = extrapolated.unwrap_or((f64::NAN, f64::NAN));
    let checks = vec![
        Check::value("K'(1), analytic", off(analytic, ROUNDING)),
        Check::value("K'(1) by one-sided differences, extrapolated", off(extrapolated, step)),
    ];
    let found = Measurement::new("3.1.marginal-slope", checks).table("marginal_slope");
    Ok(found.source(file!(), "marginal-slope"))
}

fn subexponential(tables: &Tables) -> Result<Measurement, TableError> {
    let rate = tables.get("rate")?;
    let mut checks = Vec::new();
    // An exponential decay would keep (1 − c^{l+1})/(1 − c^l) below a constant less than 1. Here 1 minus it falls as 2/l.
    for row in rate.each().collect::<Vec<_>>().iter().rev() {
        let (layer, ratio) = (row.number("layer")?, row.number("next_over_this")?);
        if layer >= 1e4 {
            let finite_depth = 8.0 * layer.ln() / layer;
            let rest = off(layer * (1.0 - ratio) / 2.0 - 1.0, finite_depth + layer * ROUNDING);
            checks.push(Check::equal(format!("l (1 − ratio)/2 − 1 at layer {layer}"), rest, 0.05));
            let remainder = row.number("expected_remainder")?;
            let beyond = row.number("corrected_over_gap_minus_one")?;
            let corrected = off(beyond, 2.0 * remainder.abs() + 1e-10);
            let what = format!("corrected asymptote over 1 − c, minus 1, at layer {layer}");
            checks.push(Check::equal(what, corrected, SHOWS));
        }
    }
    let pairs = rate.column("next_over_this")?;
    let pairs = pairs.windows(2).map(|pair| {
        let left = A_HUNDREDTH * (1.0 - pair[0]);
        Check::positive("rise of the ratio towards 1", off(pair[1] - pair[0], ROUNDING), left)
    });
    checks.extend(pairs);
    let last = tables.get("convergence")?.column("ratio_to_asymptote")?.last().copied().unwrap_or(f64::NAN);
    let found = Measurement::new("3.1.subexponential", checks).showing(vec![off(last, 1e-9)]).table("rate");
    let note = "shown: 1 − c at the last layer followed, over 9π²/(2l²)";
    Ok(found.figure("convergence").source(file!(), "subexponential").note(note))
}

// region: not-zero-at-50
/// A curve this far from zero, as a part of the axis, stands clear of it in a figure of the paper's size.
const VISIBLE: f64 = 0.02;

fn not_zero_at_50(tables: &Tables) -> Result<Measurement, TableError> {
    let mut stds = tables.get("variance_curve")?.column("sample_std")?;
    // Of curves that are deeper, the layer that the claim is of.
    stds.truncate(PAPER_DEPTH as usize);
    let (first, last) = (stds.first().copied().unwrap_or(f64::NAN), stds.last().copied().unwrap_or(f64::NAN));
    let left = off(last / first, ROUNDING);
    let check = Check::positive("v in the last layer over v in the first", left, VISIBLE);
    let found = Measurement::new("3.1.not-zero-at-50", vec![check]).at(scale(tables)?);
    let found = found.showing(vec![off(last, ROUNDING), left]).table("variance_curve");
    let found = found.figure("variance-curve").source(file!(), "not-zero-at-50");
    Ok(found.note("shown: v in the last layer, and its ratio to v in the first"))
}
// endregion: not-zero-at-50

fn batch_norm(tables: &Tables, claim: &str, quantity: &str) -> Result<Measurement, TableError> {
    let value = tables.get("batch_norm")?.only("quantity", quantity)?.number("value")?;
    let found =
        Measurement::new(claim, vec![Check::value(quantity, off(value, ROUNDING))]).table("batch_norm");
    Ok(found.source(file!(), "batch-norm"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::Table;

    #[test]
    fn the_claim_of_layer_50_is_of_that_layer_however_deep_the_curves() {
        let left = |depth: u64| {
            let layers: Vec<u64> = (1..=depth).collect();
            let curve = Table::of("variance_curve", &layers).count("layer", |layer| *layer);
            let curve = curve.number("sample_std", |layer| 1.0 / *layer as f64).table().unwrap();
            let found = not_zero_at_50(&Tables::of([curve]).unwrap()).unwrap();
            (found.scale, found.shown[0].value)
        };
        assert_eq!(left(80), left(50));
        assert_eq!(left(50), (Scale::Full, 0.02));
        assert_eq!(left(20), (Scale::Reduced, 0.05));
    }
}
