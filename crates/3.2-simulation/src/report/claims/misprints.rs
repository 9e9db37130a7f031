//! What the text of Section 3.2 says of its figure, held against the values that can be read off it.
//!
//! The first author published the figure of this experiment at a size at which the ratios in its last layer can be read to
//! a tenth. They are means over 30 networks, so that their sampling error is ours at that number. Values, reading error and
//! networks are those of the register.

use report::{Check, Claim, Estimate, Measurement, Register, TableError, Tables, stated};

use super::finite_width::{limits, mean_ratio};
use super::{DEPTH, WIDTHS, last_layer, scale, widest};

/// The claim that has the values of the figure, one for each of the paper's widths.
const FIGURE: &str = "3.2.figure-last-layer";
/// At the paper's largest width the ratio in layer 50 is a tenth below its limit: a line off by a tenth of that would be
/// another one.
const ANOTHER_LINE: f64 = 0.01;

/// The last layer of one of the paper's widths, with r as the figure shows it.
struct Width {
    target: usize,
    width: u64,
    figure: f64,
    ratio: Estimate,
    square: Estimate,
}

/// Those of the paper's widths that ran at the paper's depth.
fn last_layers(tables: &Tables, claim: &Claim) -> Result<Vec<Width>, TableError> {
    let Ok(last) = tables.get("ratio")?.only("layer", DEPTH) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (target, (width, stated)) in WIDTHS.into_iter().zip(&claim.targets).enumerate() {
        let Ok(row) = last.only("width", width) else { continue };
        let (ratio, sd) = (mean_ratio(&row)?, row.number("ratio_sd")?);
        // <r²>; its error to first order in that of r.
        let square =
            Estimate { value: ratio.value * ratio.value + sd * sd, ..ratio.times(2.0 * ratio.value) };
        found.push(Width { target, width, figure: stated.printed.value(), ratio, square });
    }
    Ok(found)
}

/// How far our mean lies from what the figure shows, with both sampling errors and the error of reading.
fn off_figure(ours: Estimate, figure: f64, claim: &Claim) -> Estimate {
    let [ours_many, theirs] = [ours.replicates, claim.replicates].map(|many| f64::from(many.unwrap_or(0)));
    let both = (1.0 + ours_many / theirs).sqrt();
    let off = Estimate { standard_error: ours.standard_error * both, ..ours.minus(figure) };
    off.with_rounding(claim.reading.unwrap_or(0.0))
}

/// The values read off the figure, one a width; the judge adds the authors' sampling error to ours.
pub(super) fn figure_last_layer(
    tables: &Tables,
    register: &Register,
) -> Result<Option<Measurement>, TableError> {
    let found = last_layers(tables, stated(register, FIGURE)?)?;
    if found.is_empty() {
        return Ok(None);
    }
    let check =
        |of: &Width| Check::value_of(format!("r in layer {DEPTH}, width {}", of.width), of.target, of.ratio);
    let checks = found.iter().map(check).collect();
    let shown = found.iter().map(|of| of.ratio).collect();
    let found = Measurement::new(FIGURE, checks).at(scale(tables)?).showing(shown);
    let note = "shown: the mean ratio in the last layer, from narrow to wide; the tolerance contains 0.1 for the reading of \
                the figure";
    Ok(Some(found.table("ratio").figure("ratio").source(file!(), "figure-last-layer").note(note)))
}

/// The root of squared sample mean over sample variance is what the figure shows, to less than half of what the root is from
/// its square; without the root it is not.
pub(super) fn ratio_definition(
    tables: &Tables,
    register: &Register,
) -> Result<Option<Measurement>, TableError> {
    let claim = stated(register, FIGURE)?;
    let found = last_layers(tables, claim)?;
    if found.is_empty() {
        return Ok(None);
    }
    let check = |of: &Width, what: &str, ours: Estimate| {
        let apart = 0.5 * (of.figure * of.figure - of.figure);
        let what = format!("{what} less the value of the figure, width {}", of.width);
        Check::equal(what, off_figure(ours, of.figure, claim), apart)
    };
    let rooted = found.iter().map(|of| check(of, "with the root", of.ratio)).collect();
    let squared = found.iter().map(|of| check(of, "without the root", of.square)).collect();
    let shown = found.iter().flat_map(|of| [of.ratio, of.square]).collect();
    let found = Measurement::new("3.2.ratio-definition", rooted).as_printed(squared).at(scale(tables)?);
    let note = "shown: in the last layer, from narrow to wide, the mean of r with the root and of its square";
    let found = found.showing(shown).table("ratio").figure("ratio");
    Ok(Some(found.source(file!(), "ratio-definition").note(note)))
}

/// The dashed line is what the ratio tends to with the width. Were it the prediction for the widths that were drawn, their
/// means would lie on it.
pub(super) fn dashed_line(tables: &Tables) -> Result<Measurement, TableError> {
    let tends = limits(tables, "limit of r over the line, minus 1", ANOTHER_LINE)?;
    let drawn = tables.get("finite_width")?.only("ensemble", "protocol")?;
    let last = drawn.only("layer", last_layer(tables)?)?;
    let below = last.estimates(["below", "below_error", "networks"])?;
    let finite = last.column("width")?.into_iter().zip(&below).map(|(width, below)| {
        let what = format!("distance of r from the line, relative, last layer, width {width}");
        Check::equal(what, *below, ANOTHER_LINE)
    });
    let widest = widest(tables)?;
    let found = Measurement::new("3.2.dashed-line", tends).as_printed(finite.collect());
    let found = found.at(scale(tables)?).showing(below.clone()).table("finite_width").figure("ladder");
    let note = format!(
        "shown: by which part of it the ratio in the last layer lies below the line, from narrow to wide; in the limit of \
         infinite width it lies on it, and even at width {widest} it does not"
    );
    Ok(found.source(file!(), "dashed-line").note(note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::{Protocol, Table};
    use std::path::Path;

    fn register() -> Register {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        Register::read(&root.join("paper/claims.toml")).unwrap()
    }

    fn figure() -> Vec<f64> {
        stated(&register(), FIGURE).unwrap().targets.iter().map(|target| target.printed.value()).collect()
    }

    /// The table of Fig. 2 with these means in the last layer.
    fn tables(means: &[f64]) -> Tables {
        let ratio = Table::of("ratio", &WIDTHS)
            .count("width", |width| *width)
            .count("samples", |_| 100u64)
            .count("layer", |_| 50u64)
            .numbers("ratio_mean", means.iter().copied())
            .number("ratio_sd", |_| 0.5)
            .count("networks", |_| 30u64);
        Tables::of([ratio.table().unwrap(), Protocol::table(&[("engine", String::new())]).unwrap()]).unwrap()
    }

    #[test]
    fn a_ratio_without_its_root_is_not_what_the_figure_shows() {
        let found = ratio_definition(&tables(&figure()), &register()).unwrap().unwrap();
        let off = |checks: &[Check]| -> Vec<f64> {
            checks.iter().map(|check| check.estimate().unwrap().value.abs()).collect()
        };
        assert!(off(&found.checks).iter().all(|off| *off < 1e-12));
        assert!(off(&found.as_printed).iter().all(|off| *off > 1.5));
    }

    #[test]
    fn each_width_is_held_against_its_own_value_and_a_shallow_network_against_none() {
        let found = figure_last_layer(&tables(&figure()), &register()).unwrap().unwrap();
        let values: Vec<f64> = found.checks.iter().map(|check| check.estimate().unwrap().value).collect();
        assert_eq!((values, found.checks.len()), (figure(), WIDTHS.len()));
        let shallow = Table::of("ratio", &[15u64]).count("layer", |layer| *layer).table().unwrap();
        assert!(figure_last_layer(&Tables::of([shallow]).unwrap(), &register()).unwrap().is_none());
    }
}
