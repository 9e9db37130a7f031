//! Fig. 1 right: single units over samples, and the pool over networks.

use report::{Check, Estimate, Measurement, Scale, TableError, Tables};

use super::{DEPTH, WIDTHS, last_layer};

/// In layer 1 a unit's variance is told from half or twice the pool's.
const ALIKE: f64 = 0.5;
/// A variance below this part of the pool's, a width below a third of it, is far narrower to the eye.
const FAR_NARROWER: f64 = 0.1;
/// The pool keeps its variance to within a quarter: its width to within an eighth, which hardly shows.
const KEPT: f64 = 0.25;
/// The share of sample variance is told from its prediction one layer on, which is some four parts in a hundred less.
const ANOTHER_SHARE: f64 = 0.04;

// region: distributions
pub(super) fn distributions(tables: &Tables) -> Result<Measurement, TableError> {
    let (units, pooled) = (tables.get("units")?, tables.get("pooled")?);
    let last = last_layer(tables)?;
    let pool = pooled.estimates(["total_variance", "standard_error", "networks"])?;
    let (layers, width) = (pooled.column("layer")?, pooled.number("width")?);
    let mut checks = vec![within_unit(tables, last)?];
    for (layer, total) in layers.iter().zip(&pool) {
        for row in units.only("layer", *layer as u64)?.each() {
            let name = row.word("series")?;
            if name == "pooled" {
                continue;
            }
            // Relative errors: √(2/(T-1)) of a normal sample's variance, √(2/n) of the squared length of a unit's
            // weights, by which its variance differs from another unit's, and the pool's own.
            let (variance, values) = (row.number("variance")?, row.number("values")?);
            let (share, own) = (variance / total.value, (2.0 / (values - 1.0) + 2.0 / width).sqrt());
            let error = share * own.hypot(total.standard_error / total.value);
            let part = Estimate::sampled(share, error, values as u32);
            checks.push(if *layer <= 1.0 {
                let what = format!("variance of {name} over the pool's, minus 1, layer 1");
                Check::within(what, part.minus(1.0), ALIKE)
            } else {
                Check::within(
                    format!("variance of {name} over the pool's, layer {layer}"),
                    part,
                    FAR_NARROWER,
                )
            });
        }
    }
    if let (Some(change), true) = (pooled.estimates(["change", "change_error", "networks"])?.last(), last > 1)
    {
        let first = pool.first().map_or(1.0, |first| first.value);
        let what = "change of the pool's variance with depth, relative";
        checks.push(Check::within(what, change.times(1.0 / first), KEPT));
    }
    let sizes = tables.get("ratio")?.counts("width")?;
    let full = last as f64 >= DEPTH && WIDTHS.iter().all(|width| sizes.contains(width));
    let found = Measurement::new("3.1.distributions", checks).at(Scale::full_if(full));
    let shown = share(tables, last)?.map(|(share, _)| share).into_iter().collect();
    let note =
        "shown: variance within a unit over total variance in the last layer, extrapolated to infinite width";
    let found = found.showing(shown).table("units").figure("distributions");
    Ok(found.source(file!(), "distributions").note(note))
}

/// Variance within a unit over total variance against its prediction, both for infinite width.
fn within_unit(tables: &Tables, last: u64) -> Result<Check, TableError> {
    let what = format!("variance within a unit over its prediction, minus 1, layer {last}");
    let relative = share(tables, last)?.map(|(share, theory)| share.times(1.0 / theory).minus(1.0));
    let unknown = Estimate::sampled(f64::NAN, f64::INFINITY, 1);
    Ok(Check::equal(what, relative.unwrap_or(unknown), ANOTHER_SHARE))
}

fn share(tables: &Tables, last: u64) -> Result<Option<(Estimate, f64)>, TableError> {
    let limit = tables.get("limit")?.only("layer", last)?;
    let variance = limit.estimates(["variance", "variance_error", "replicates"])?;
    let theory = limit.number("variance_theory")? / 2.0;
    Ok(variance.first().map(|variance| (variance.times(0.5), theory)))
}
// endregion: distributions
