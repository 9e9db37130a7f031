//! What the text of Section 3.2 says of its figure, held against the values that can be read off it.
//!
//! The first author published the figure of this experiment at a size at which the ratios in its last layer can be read to
//! a tenth. They are means over 30 networks, so that their sampling error is ours at that number.

use report::{Check, Estimate, Measurement, Table, TableError, Tables};

use super::{DEPTH, LAYERS, WIDTHS, estimates, scale, widest};

/// r in layer 50 as the figure shows it, for the widths of Fig. 2.
const FIGURE: [f64; 5] = [1.85, 3.2, 4.8, 6.8, 8.0];
/// How far a value read off the figure may be off.
const READING: f64 = 0.1;
/// The authors' networks behind each of them.
const THEIR_NETWORKS: f64 = 30.0;
/// At the paper's largest width the ratio in layer 50 is a tenth below its limit: a line off by a tenth of that would be
/// another one.
const ANOTHER_LINE: f64 = 0.01;

/// The last layer of one of the paper's widths.
struct Width {
    width: u64,
    figure: f64,
    ratio: Estimate,
    square: Estimate,
}

/// Those of the paper's widths that ran at the paper's depth.
fn last_layers(tables: &Tables) -> Result<Vec<Width>, TableError> {
    let Ok(last) = tables.get("ratio")?.only("layer", DEPTH) else { return Ok(Vec::new()) };
    let row = |(width, figure): (u64, f64)| Some((width, figure, last.only("width", width).ok()?));
    let found = WIDTHS.into_iter().zip(FIGURE).filter_map(row);
    found.map(|(width, figure, row)| of_width(width, figure, &row)).collect()
}

fn of_width(width: u64, figure: f64, row: &Table) -> Result<Width, TableError> {
    let (mean, sd, networks) = (row.number("ratio_mean")?, row.number("ratio_sd")?, row.number("networks")?);
    let ratio = Estimate::sampled(mean, sd / networks.sqrt(), networks as u32);
    // <r²>; its error to first order in that of r.
    let square = Estimate { value: mean * mean + sd * sd, ..ratio.times(2.0 * mean) };
    Ok(Width { width, figure, ratio, square })
}

/// How far our mean lies from what the figure shows, with both sampling errors and the error of reading.
fn off_figure(ours: Estimate, figure: f64) -> Estimate {
    let networks = f64::from(ours.replicates.unwrap_or(0));
    let both = (1.0 + networks / THEIR_NETWORKS).sqrt();
    let off = Estimate { standard_error: ours.standard_error * both, ..ours.minus(figure) };
    off.with_rounding(READING)
}

// region: figure-last-layer
/// The values read off the figure, one a width; the judge adds the authors' sampling error to ours.
pub(super) fn figure_last_layer(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let found = last_layers(tables)?;
    if found.is_empty() {
        return Ok(None);
    }
    let target = |of: &Width| WIDTHS.iter().position(|width| *width == of.width).unwrap_or(0);
    let check = |of: &Width| {
        let what = format!("r in layer {DEPTH}, width {}", of.width);
        Check::value_of(what, target(of), of.ratio)
    };
    let checks = found.iter().map(check).collect();
    let shown = found.iter().map(|of| of.ratio).collect();
    let found = Measurement::new("3.2.figure-last-layer", checks).at(scale(tables)?).showing(shown);
    let note = "shown: the mean ratio in the last layer, from narrow to wide; the tolerance contains 0.1 for the reading of \
                the figure";
    Ok(Some(found.table("ratio").figure("ratio").source(file!(), "figure-last-layer").note(note)))
}
// endregion: figure-last-layer

// region: ratio-definition
/// The root of squared sample mean over sample variance is what the figure shows, to less than half of what the root is from
/// its square; without the root it is not.
pub(super) fn ratio_definition(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let found = last_layers(tables)?;
    if found.is_empty() {
        return Ok(None);
    }
    let check = |of: &Width, what: &str, ours: Estimate| {
        let apart = 0.5 * (of.figure * of.figure - of.figure);
        let what = format!("{what} less the value of the figure, width {}", of.width);
        Check::equal(what, off_figure(ours, of.figure), apart)
    };
    let rooted = found.iter().map(|of| check(of, "with the root", of.ratio)).collect();
    let squared = found.iter().map(|of| check(of, "without the root", of.square)).collect();
    let shown = found.iter().flat_map(|of| [of.ratio, of.square]).collect();
    let found = Measurement::new("3.2.ratio-definition", rooted).as_printed(squared).at(scale(tables)?);
    let note = "shown: in the last layer, from narrow to wide, the mean of r with the root and of its square";
    let found = found.showing(shown).table("ratio").figure("ratio");
    Ok(Some(found.source(file!(), "ratio-definition").note(note)))
}
// endregion: ratio-definition

// region: dashed-line
/// The dashed line is what the ratio tends to with the width. Were it the prediction for the widths that were drawn, their
/// means would lie on it.
pub(super) fn dashed_line(tables: &Tables) -> Result<Measurement, TableError> {
    let limit = tables.get("limit")?;
    let limits =
        limit.column("layer")?.into_iter().zip(estimates(limit, "ratio", "ratio_error", "replicates")?);
    let among = limits.filter(|(layer, _)| LAYERS.contains(&(*layer as u64)));
    let tends = among.map(|(layer, of)| {
        let what = format!("limit of r over the line, minus 1, layer {layer}");
        Check::equal(what, of.minus(1.0), ANOTHER_LINE)
    });
    let drawn = tables.get("finite_width")?.only("ensemble", "protocol")?;
    let last = drawn.only("layer", super::last_layer(tables)?)?;
    let below = estimates(&last, "below", "below_error", "networks")?;
    let finite = last.column("width")?.into_iter().zip(&below).map(|(width, below)| {
        let what = format!("distance of r from the line, relative, last layer, width {width}");
        Check::equal(what, *below, ANOTHER_LINE)
    });
    let widest = widest(tables)?;
    let found = Measurement::new("3.2.dashed-line", tends.collect()).as_printed(finite.collect());
    let found = found.at(scale(tables)?).showing(below.clone()).table("finite_width").figure("ladder");
    let note = format!(
        "shown: by which part of it the ratio in the last layer lies below the line, from narrow to wide; in the limit of \
         infinite width it lies on it, and even at width {widest} it does not"
    );
    Ok(found.source(file!(), "dashed-line").note(note))
}
// endregion: dashed-line

#[cfg(test)]
mod tests {
    use super::*;
    use report::Protocol;

    /// The table of Fig. 2 with these means in the last layer.
    fn tables(means: [f64; 5]) -> Tables {
        let ratio = Table::new("ratio")
            .counts("width", WIDTHS)
            .and_then(|table| table.counts("samples", [100; 5]))
            .and_then(|table| table.counts("layer", [50; 5]))
            .and_then(|table| table.numbers("ratio_mean", means))
            .and_then(|table| table.numbers("ratio_sd", [0.5; 5]))
            .and_then(|table| table.counts("networks", [30; 5]))
            .unwrap();
        Tables::of([ratio, Protocol::table(&[]).unwrap()]).unwrap()
    }

    #[test]
    fn a_ratio_without_its_root_is_not_what_the_figure_shows() {
        let found = ratio_definition(&tables(FIGURE)).unwrap().unwrap();
        let off = |checks: &[Check]| -> Vec<f64> {
            checks.iter().map(|check| check.estimate().unwrap().value.abs()).collect()
        };
        assert!(off(&found.checks).iter().all(|off| *off < 1e-12));
        assert!(off(&found.as_printed).iter().all(|off| *off > 1.5));
    }

    #[test]
    fn each_width_is_held_against_its_own_value_and_a_shallow_network_against_none() {
        let found = figure_last_layer(&tables(FIGURE)).unwrap().unwrap();
        let values: Vec<f64> = found.checks.iter().map(|check| check.estimate().unwrap().value).collect();
        assert_eq!(values, FIGURE);
        let shallow = Table::new("ratio").counts("layer", [15]).unwrap();
        assert!(figure_last_layer(&Tables::of([shallow]).unwrap()).unwrap().is_none());
    }
}
