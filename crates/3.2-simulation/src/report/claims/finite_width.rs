//! Fig. 2 left and what Section 3.2 says about it.

use report::{Check, Estimate, Measurement, Protocol, Table, TableError, Tables};

use super::{LAYERS, last_layer, layers_among, scale, widest};

/// The layers in which shares of sample variance are compared: decay is a matter of depth.
const DEEP: [u64; 3] = [30, 40, 50];
/// A layer by which the curves of all widths have risen.
const RISEN: u64 = 10;
/// Curves of neighbouring widths differ by a third of themselves in layer 50: half of that would be another curve.
const ANOTHER_CURVE: f64 = 0.15;
/// In layer 1 all there is to r is the bias of T samples: a part of it this large would be another bias, such as that
/// of a variance divided by T - 1 in place of T (half of a hundredth) seen ten times over.
const ANOTHER_BIAS: f64 = 0.05;
/// At the paper's largest width the ratio in layer 50 is a tenth below its limit: a limit off by a tenth of that
/// would be another one.
const ANOTHER_LIMIT: f64 = 0.01;

/// What can be read off the figure: a hundredth of the dashed line's height in a layer.
const READABLE: f64 = 0.01;
/// Relative spreads are told from each other by a tenth.
const ANOTHER_SPREAD: f64 = 0.1;
/// What finite width does to r is of the order of 1/n: less than a tenth of that is no effect of the width.
const OF_ONE_OVER_N: f64 = 0.1;
/// Shares of sample variance are told from each other by a tenth of what infinite width has.
const ANOTHER_SHARE: f64 = 0.1;

/// One layer of one width: how far r lies below the prediction for T samples, and the share of sample variance, both
/// relative to the prediction.
struct Layer {
    width: u64,
    layer: u64,
    below: Estimate,
    share: Estimate,
}

/// Every width and layer of Fig. 2 once; the first layers from the networks drawn for them.
fn layers(tables: &Tables) -> Result<Vec<Layer>, TableError> {
    let table = tables.get("finite_width")?;
    let early = table.only("ensemble", "early").and_then(|rows| rows.points("width", "layer"));
    let early = early.unwrap_or_default();
    let mut chosen = Vec::new();
    for row in table.each() {
        let (width, layer) = (row.number("width")?, row.number("layer")?);
        let once = match row.word("ensemble")?.as_str() {
            "early" => true,
            "protocol" => !early.contains(&(width, layer)),
            _ => false,
        };
        if once {
            let of = |column, error| row.estimate([column, error, "networks"]);
            let (below, share) = (of("below", "below_error")?, of("share", "share_error")?);
            chosen.push(Layer { width: width as u64, layer: layer as u64, below, share });
        }
    }
    Ok(chosen)
}

/// Neighbouring widths in the same layer: the narrower first.
fn neighbours<'a>(
    tables: &Tables,
    all: &'a [Layer],
    at: &[u64],
) -> Result<Vec<(&'a Layer, &'a Layer)>, TableError> {
    let find = |width: u64, layer: u64| all.iter().find(|of| of.width == width && of.layer == layer);
    let widths = tables.get("ratio")?.counts("width")?;
    let pairs = layers_among(at, last_layer(tables)?)
        .into_iter()
        .rev()
        .flat_map(|layer| widths.windows(2).map(move |pair| (pair[0], pair[1], layer)));
    Ok(pairs.filter_map(|(narrow, wide, layer)| Some((find(narrow, layer)?, find(wide, layer)?))).collect())
}

/// The mean over networks of r in a row of Fig. 2.
pub(super) fn mean_ratio(row: &Table) -> Result<Estimate, TableError> {
    let networks = row.number("networks")?;
    let error = row.number("ratio_sd")? / networks.sqrt();
    Ok(Estimate::sampled(row.number("ratio_mean")?, error, networks as u32))
}

// region: ratio-curves
pub(super) fn ratio_curves(tables: &Tables) -> Result<Measurement, TableError> {
    let ratio = tables.get("ratio")?;
    let (widths, last) = (ratio.counts("width")?, last_layer(tables)?);
    let at = |width: u64, layer: u64| -> Result<(Estimate, f64), TableError> {
        let row = ratio.only("width", width)?.only("layer", layer)?;
        Ok((mean_ratio(&row)?, row.number("ratio_sd")?))
    };
    let readable = |layer: u64| -> Result<f64, TableError> {
        Ok(READABLE * ratio.only("width", widest(tables)?)?.only("layer", layer)?.number("ratio_theory")?)
    };
    let risen = RISEN.min(last);
    let rises = |what: String, [(width, layer), from]: [(u64, u64); 2]| -> Result<Check, TableError> {
        let rise = at(width, layer)?.0.difference(at(from.0, from.1)?.0);
        Ok(Check::positive(what, rise, readable(layer)?))
    };
    let mut checks = Vec::new();
    for pair in widths.windows(2) {
        let what = format!("r of width {} above width {} in layer {last}", pair[1], pair[0]);
        checks.push(rises(what, [(pair[1], last), (pair[0], last)])?);
    }
    for &width in widths.iter().filter(|_| risen > 1) {
        let what = format!("rise of r up to layer {risen}, width {width}");
        checks.push(rises(what, [(width, risen), (width, 1)])?);
    }
    for &width in widths.iter().filter(|width| **width > last && last > risen) {
        let what = format!("rise of r from there to layer {last}, width {width}");
        checks.push(rises(what, [(width, last), (width, risen)])?);
    }
    if let [narrow, .., wide] = widths[..] {
        let ((narrow, narrow_sd), (wide, wide_sd)) = (at(narrow, risen)?, at(wide, risen)?);
        let logarithm = |mean: Estimate, sd: f64| {
            // The logarithm of a standard deviation over N networks has the error 1/√(2(N-1)).
            let networks = mean.replicates.unwrap_or(1);
            let error = (2.0 * (f64::from(networks) - 1.0)).sqrt().recip();
            Estimate::sampled((sd / mean.value).ln(), error, networks)
        };
        let narrower = logarithm(narrow, narrow_sd).difference(logarithm(wide, wide_sd));
        let what = format!("ln of the relative spread in layer {risen}, narrowest minus widest");
        checks.push(Check::positive(what, narrower, ANOTHER_SPREAD));
    }
    checks.extend(first_layer(tables)?);
    checks.extend(engines(tables)?);
    let shown = widths.iter().map(|width| Ok(at(*width, last)?.0)).collect::<Result<Vec<_>, TableError>>()?;
    let found = Measurement::new("3.2.ratio-curves", checks).at(scale(tables)?).showing(shown);
    let note = "shown: the mean ratio in the last layer, from narrow to wide";
    Ok(found.table("ratio").figure("ratio").source(file!(), "ratio-curves").note(note))
}

/// In layer 1 r shows the bias of T samples and nothing else.
fn first_layer(tables: &Tables) -> Result<Option<Check>, TableError> {
    let table = tables.get("finite_width")?.only("ensemble", "early")?.only("layer", 1)?;
    let below = table.only("width", widest(tables)?)?;
    let below = below.estimates(["below_plain", "below_plain_error", "networks"])?;
    let check =
        |below| Check::equal("r in layer 1 against √(1/(T−1)), relative, widest", below, ANOTHER_BIAS);
    Ok(below.first().map(|below| check(*below)))
}

/// The other engine draws the same curve.
fn engines(tables: &Tables) -> Result<Vec<Check>, TableError> {
    let mut checks = Vec::new();
    for row in tables.get("engines")?.each() {
        let layer = row.number("layer")?;
        if LAYERS.contains(&(layer as u64)) {
            let difference = row.estimate(["relative_difference", "standard_error", "networks"])?;
            let what = format!("engines against each other in layer {layer}");
            checks.push(Check::equal(what, difference, ANOTHER_CURVE));
        }
    }
    Ok(checks)
}
// endregion: ratio-curves

pub(super) fn upper_bound(tables: &Tables) -> Result<Measurement, TableError> {
    let all = layers(tables)?;
    // From deep and wide to shallow and narrow: the first is the headline.
    let mut ordered: Vec<&Layer> = all.iter().collect();
    ordered.sort_by_key(|of| std::cmp::Reverse((of.layer, of.width)));
    let check = |of: &&Layer| {
        let what = format!("r below the prediction, width {}, layer {}", of.width, of.layer);
        Check::positive(what, of.below, OF_ONE_OVER_N / of.width as f64)
    };
    let checks = ordered.iter().map(check).collect();
    let shown = ordered.first().map(|of| of.below).into_iter().collect();
    let found =
        Measurement::new("3.2.upper-bound", checks).at(scale(tables)?).showing(shown).table("finite_width");
    let note = "shown: how far the mean ratio lies below the prediction for T samples, as a part of it, in the last layer \
                of the widest networks";
    Ok(found.figure("ladder").source(file!(), "upper-bound").note(note))
}

/// r in the limit of infinite width over its prediction, less 1, in the layers that are compared.
pub(super) fn limits(tables: &Tables, what: &str, bound: f64) -> Result<Vec<Check>, TableError> {
    let mut checks = Vec::new();
    for row in tables.get("limit")?.each() {
        let layer = row.number("layer")?;
        if LAYERS.contains(&(layer as u64)) {
            let limit = row.estimate(["ratio", "ratio_error", "replicates"])?;
            checks.push(Check::equal(format!("{what}, layer {layer}"), limit.minus(1.0), bound));
        }
    }
    Ok(checks)
}

pub(super) fn converges(tables: &Tables) -> Result<Measurement, TableError> {
    let all = layers(tables)?;
    let mut checks = limits(tables, "limit of r over its prediction, minus 1", ANOTHER_LIMIT)?;
    checks.reverse();
    for (narrow, wide) in neighbours(tables, &all, &LAYERS)? {
        let what = format!("width {} nearer than width {} in layer {}", wide.width, narrow.width, wide.layer);
        let least = OF_ONE_OVER_N * ((narrow.width as f64).recip() - (wide.width as f64).recip());
        checks.push(Check::positive(what, narrow.below.difference(wide.below), least));
    }
    let corrections =
        tables.get("limit")?.estimates(["ratio_correction", "ratio_correction_error", "replicates"])?;
    let from_below = corrections.last().map(|of| {
        Check::positive("coefficient of 1/n, from below, last layer", of.times(-1.0), OF_ONE_OVER_N)
    });
    checks.extend(from_below);
    let found = Measurement::new("3.2.converges", checks).at(scale(tables)?).table("limit").figure("ladder");
    let note = "shown: the limit of the mean ratio over its prediction, minus 1, in the deepest layer compared; the \
                limit is taken on the ladder of widths";
    Ok(found.source(file!(), "converges").note(note))
}

pub(super) fn narrow_decays_less(tables: &Tables) -> Result<Measurement, TableError> {
    let all = layers(tables)?;
    let pairs = neighbours(tables, &all, &DEEP)?;
    let check = |(narrow, wide): &(&Layer, &Layer)| {
        let what = format!(
            "sample variance left, width {} minus width {}, layer {}",
            narrow.width, wide.width, wide.layer
        );
        Check::positive(what, narrow.share.difference(wide.share), ANOTHER_SHARE)
    };
    let checks = pairs.iter().map(check).collect();
    let deepest = pairs.first().map(|(narrow, _)| narrow.layer);
    let shown = all.iter().filter(|of| Some(of.layer) == deepest).map(|of| of.share).collect();
    let found = Measurement::new("3.2.narrow-decays-less", checks).at(scale(tables)?).showing(shown);
    let note = "shown: the share that sample variance has in the total in the last layer, over that for infinite width, \
                from narrow to wide";
    Ok(found.table("finite_width").figure("ratio").source(file!(), "narrow-decays-less").note(note))
}

pub(super) fn protocol(tables: &Tables) -> Result<Measurement, TableError> {
    let protocol = Protocol::of(tables)?;
    let checks = ["networks", "depth", "widths", "samples", "inputs"].map(|setting| protocol.check(setting));
    let found = Measurement::new("3.2.protocol", checks.into_iter().collect::<Result<_, _>>()?);
    Ok(found.at(scale(tables)?).table("protocol").source(file!(), "protocol"))
}
