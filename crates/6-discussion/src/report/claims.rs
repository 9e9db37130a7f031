//! Claims of Section 6. Replicates are networks throughout.

mod units;

use report::{Check, Estimate, Measurement, Protocol, Scale, Table, TableError, Tables};

/// The sizes of the paper's simulations, which the discussion refers to.
const PAPER: [(&str, f64); 3] = [("width", 3000.0), ("depth", 50.0), ("networks", 30.0)];
/// A share of units this close to its prediction for infinite width is near it: five in a hundred units.
const NEAR: f64 = 0.05;
/// Flat is less than this part of the growth where gradients explode: what the original takes for agreement of slopes,
/// -0.379 and -0.381 for -0.383.
const FLAT: f64 = 0.01;
/// A step, a growth or a difference is told from half of what is predicted.
const HALF: f64 = 0.5;

/// All measurements from the tables. A claim about a setting that was not run is not measured.
///
/// # Errors
/// When a table or column is missing.
pub fn claims(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let settings = Protocol::of(tables)?.word("settings")?;
    let all = ["kaiming", "scale_bias", "batch_norm"];
    if all.iter().all(|setting| settings.split(',').any(|other| other == *setting)) {
        Ok(vec![
            always_on_or_off(tables)?,
            regimes(tables)?,
            units::large_mean(tables)?,
            units::nearly_linear(tables)?,
        ])
    } else {
        Ok(Vec::new())
    }
}

/// Full when the networks were as wide, deep and many as those of the paper's simulations.
fn scale(tables: &Tables) -> Result<Scale, TableError> {
    Protocol::of(tables)?.scale(&PAPER)
}

fn networks(tables: &Tables) -> Result<u32, TableError> {
    Protocol::of(tables)?.number("networks")
}

/// A number of the first row with its standard error over networks.
fn estimate(row: &Table, value: &str, error: &str, networks: u32) -> Result<Estimate, TableError> {
    Ok(Estimate::sampled(row.number(value)?, row.number(error)?, networks))
}

/// Each step of a table of steps under Kaiming initialisation, as a check that it goes up (or down); predicted for each
/// layer.
fn steps(
    tables: &Tables,
    table: &str,
    sign: f64,
    what: &str,
    predicted: impl Fn(&str) -> Result<f64, TableError>,
) -> Result<Vec<Check>, TableError> {
    let (rows, many) = (tables.get(table)?.only("setting", "kaiming")?, networks(tables)?);
    let [from, to] = [rows.column_words("from_layer")?, rows.column_words("to_layer")?];
    let found = rows.column("step")?.into_iter().zip(rows.column("standard_error")?);
    let check = |((from, to), (step, error)): ((String, String), (f64, f64))| {
        let least = HALF * (predicted(&to)? - predicted(&from)?).abs();
        let found = Estimate::sampled(sign * step, error, many);
        Ok(Check::positive(format!("{what} from layer {from} to {to}"), found, least))
    };
    from.into_iter().zip(to).zip(found).map(check).collect()
}

// region: always-on-or-off
/// The share of units with one sign rises with depth, comes near the orthant probability, and is nothing where units are
/// centred.
fn always_on_or_off(tables: &Tables) -> Result<Measurement, TableError> {
    let (many, depth) = (networks(tables)?, Protocol::of(tables)?.word("depth")?);
    let signs = tables.get("signs")?.only("width", Protocol::of(tables)?.word("width")?)?;
    let deepest = signs.only("layer", &depth)?;
    let row = |setting: &str| deepest.only("setting", setting);
    let share = estimate(&row("kaiming")?, "share", "standard_error", many)?;
    let predicted = row("kaiming")?.number("predicted")?;
    let kaiming = signs.only("setting", "kaiming")?;
    let in_layer = |layer: &str| kaiming.only("layer", layer)?.number("predicted");
    let mut checks = steps(tables, "sign_steps", 1.0, "growth of the share", in_layer)?;
    checks.push(Check::within(
        format!("share less its prediction in layer {depth}"),
        share.minus(predicted),
        NEAR,
    ));
    for (setting, name) in [("scale_bias", "scale+bias"), ("batch_norm", "batch normalisation")] {
        let more = share.minus(row(setting)?.number("share")?);
        let what = format!("what Kaiming has more than {name} in layer {depth}");
        checks.push(Check::positive(what, more, HALF * predicted));
    }
    let samples = Protocol::of(tables)?.word("samples")?;
    let note = format!(
        "shown: the share in layer {depth} over {samples} samples; infinite width predicts {predicted:.4}"
    );
    let found = Measurement::new("6.always-on-or-off", checks).at(scale(tables)?).showing(vec![share]);
    Ok(found.table("signs").figure("always-on-or-off").source(file!(), "always-on-or-off").note(note))
}
// endregion: always-on-or-off

// region: regimes
/// Under Kaiming initialisation neither gradients nor perturbations grow or shrink by a factor per layer, though distinct
/// samples draw together: the critical line. Where units are centred both grow, and distinct samples stay apart: chaos. As
/// printed, Kaiming's is the ordered regime, in which a perturbation shrinks by a factor per layer.
fn regimes(tables: &Tables) -> Result<Measurement, TableError> {
    let (growth, gaps, many) = (tables.get("growth")?, tables.get("gaps")?, networks(tables)?);
    let of = |setting: &str, what: &str| {
        estimate(&growth.only("setting", setting)?, what, &format!("{what}_error"), many)
    };
    let predicted =
        |setting: &str, what: &str| growth.only("setting", setting)?.number(&format!("{what}_predicted"));
    let last = Protocol::of(tables)?.word("depth")?;
    let gap = |setting: &str| {
        let row = gaps.only("setting", setting)?.only("layer", &last)?;
        estimate(&row, "gap", "standard_error", row.number("networks")? as u32)
    };
    let mut checks = Vec::new();
    let mut shown = Vec::new();
    for (setting, name) in [("scale_bias", "scale+bias"), ("batch_norm", "batch normalisation")] {
        for what in ["perturbation", "gradient"] {
            checks.push(Check::positive(
                format!("{name}: growth of the {what}, per layer"),
                of(setting, what)?,
                HALF * predicted(setting, what)?,
            ));
        }
    }
    for what in ["perturbation", "gradient"] {
        checks.push(Check::equal(
            format!("kaiming: growth of the {what}, per layer"),
            of("kaiming", what)?,
            FLAT * predicted("scale_bias", what)?,
        ));
    }
    let gaps_of =
        |setting: &str, layer: &str| gaps.only("setting", setting)?.only("layer", layer)?.number("predicted");
    let logarithm = |layer: &str| Ok(gaps_of("kaiming", layer)?.ln());
    checks.extend(steps(tables, "gap_steps", -1.0, "kaiming: fall of ln(1 − c)", logarithm)?);
    let together = gap("kaiming")?;
    for (setting, name) in [("scale_bias", "scale+bias"), ("batch_norm", "batch normalisation")] {
        let apart = gap(setting)?;
        // Both errors are over the same networks, whose fluctuations may add up.
        let standard_error = apart.standard_error + together.standard_error;
        let further = Estimate { value: apart.value - together.value, standard_error, ..apart };
        let least = HALF * (gaps_of(setting, &last)? - gaps_of("kaiming", &last)?);
        checks.push(Check::positive(
            format!("1 − c in layer {last}: {name} more than kaiming"),
            further,
            least,
        ));
    }
    for setting in ["kaiming", "scale_bias", "batch_norm"] {
        shown.push(of(setting, "perturbation")?);
    }
    let flat = FLAT * predicted("scale_bias", "perturbation")?;
    let shrinks = of("kaiming", "perturbation")?.times(-1.0);
    let ordered = Check::positive("ordered: a perturbation shrinks per layer", shrinks, flat);
    let note = "shown: growth of ln of a perturbation's mean square per layer under Kaiming, scale+bias, batch \
                normalisation; under Kaiming only finite differences shrink, slower than any exponential";
    let found =
        Measurement::new("6.regimes", checks).as_printed(vec![ordered]).at(scale(tables)?).showing(shown);
    Ok(found.table("growth").figure("regimes").source(file!(), "regimes").note(note))
}
// endregion: regimes
