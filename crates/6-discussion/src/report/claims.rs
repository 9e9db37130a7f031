//! Claims of Section 6. Replicates are networks throughout.

mod units;

use report::{Check, Estimate, Measurement, Protocol, Register, Scale, Table, TableError, Tables};

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
pub fn claims(tables: &Tables, _: &Register) -> Result<Vec<Measurement>, TableError> {
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

/// A share, or a difference of shares, with its standard error over networks.
const SHARE: [&str; 3] = ["share", "standard_error", "networks"];

/// The settings that centre their units: name in tables and in words.
const CENTRED: [(&str, &str); 2] = [("scale_bias", "scale+bias"), ("batch_norm", "batch normalisation")];

/// Each step of a table of steps under Kaiming initialisation, as a check that it goes up (or down) by at least half of what
/// is predicted of the two layers.
fn steps(
    tables: &Tables,
    table: &str,
    columns: [&str; 2],
    (sign, what): (f64, &str),
    predicted: impl Fn(&str) -> Result<f64, TableError>,
) -> Result<Vec<Check>, TableError> {
    let many = networks(tables)?;
    let check = |row: Table| {
        let [from, to] = [row.word("from_layer")?, row.word("to_layer")?];
        let least = HALF * (predicted(&to)? - predicted(&from)?).abs();
        let found = row.estimate_over(columns, many)?.times(sign);
        Ok(Check::positive(format!("{what} from layer {from} to {to}"), found, least))
    };
    tables.get(table)?.only("setting", "kaiming")?.each().map(check).collect()
}

/// The share of units with one sign rises with depth, comes near the orthant probability, and is nothing where units are
/// centred.
fn always_on_or_off(tables: &Tables) -> Result<Measurement, TableError> {
    let protocol = Protocol::of(tables)?;
    let (depth, samples) = (protocol.word("depth")?, protocol.word("samples")?);
    let signs = tables.get("signs")?.only("width", protocol.word("width")?)?;
    let row = |setting: &str, layer: &str| signs.only("setting", setting)?.only("layer", layer);
    let share = row("kaiming", &depth)?.estimate(SHARE)?;
    let in_layer = |layer: &str| row("kaiming", layer)?.number("predicted");
    let (predicted, growth) = (in_layer(&depth)?, (1.0, "growth of the share"));
    let mut checks = steps(tables, "sign_steps", ["step", "standard_error"], growth, in_layer)?;
    let what = format!("share less its prediction in layer {depth}");
    checks.push(Check::within(what, share.minus(predicted), NEAR));
    for (setting, name) in CENTRED {
        let more = share.minus(row(setting, &depth)?.number("share")?);
        let what = format!("what Kaiming has more than {name} in layer {depth}");
        checks.push(Check::positive(what, more, HALF * predicted));
    }
    let note = format!(
        "shown: the share in layer {depth} over {samples} samples; infinite width predicts {predicted:.4}"
    );
    let found = Measurement::new("6.always-on-or-off", checks).at(scale(tables)?).showing(vec![share]);
    Ok(found.table("signs").figure("always-on-or-off").source(file!(), "always-on-or-off").note(note))
}

/// Under Kaiming initialisation neither gradients nor perturbations grow or shrink by a factor per layer, though distinct
/// samples draw together: the critical line. Where units are centred both grow, and distinct samples stay apart: chaos. As
/// printed, Kaiming's is the ordered regime, in which a perturbation shrinks by a factor per layer.
fn regimes(tables: &Tables) -> Result<Measurement, TableError> {
    let (growth, gaps) = (tables.get("growth")?, tables.get("gaps")?);
    let last = Protocol::of(tables)?.word("depth")?;
    let of = |setting: &str, what: &str| {
        growth.only("setting", setting)?.estimate([what, &format!("{what}_error"), "networks"])
    };
    let predicted =
        |setting: &str, what: &str| growth.only("setting", setting)?.number(&format!("{what}_predicted"));
    let gap = |setting: &str, layer: &str| gaps.only("setting", setting)?.only("layer", layer);
    let both = ["perturbation", "gradient"];
    let mut checks = Vec::new();
    for (setting, name) in CENTRED {
        for what in both {
            let least = HALF * predicted(setting, what)?;
            let name = format!("{name}: growth of the {what}, per layer");
            checks.push(Check::positive(name, of(setting, what)?, least));
        }
    }
    for what in both {
        let name = format!("kaiming: growth of the {what}, per layer");
        checks.push(Check::equal(name, of("kaiming", what)?, FLAT * predicted("scale_bias", what)?));
    }
    let logarithm = |layer: &str| Ok(gap("kaiming", layer)?.number("predicted")?.ln());
    let fall = (-1.0, "kaiming: fall of ln(1 − c)");
    checks.extend(steps(tables, "gap_steps", ["step", "standard_error"], fall, logarithm)?);
    let kaiming = gap("kaiming", &last)?;
    let together = kaiming.estimate(["gap", "standard_error", "networks"])?;
    for (setting, name) in CENTRED {
        let row = gap(setting, &last)?;
        let apart = row.estimate(["gap", "standard_error", "networks"])?;
        // Both errors are over the same networks, whose fluctuations may add up.
        let standard_error = apart.standard_error + together.standard_error;
        let further = Estimate { value: apart.value - together.value, standard_error, ..apart };
        let least = HALF * (row.number("predicted")? - kaiming.number("predicted")?);
        let what = format!("1 − c in layer {last}: {name} more than kaiming");
        checks.push(Check::positive(what, further, least));
    }
    let shown = ["kaiming", "scale_bias", "batch_norm"].map(|setting| of(setting, "perturbation"));
    let shown = shown.into_iter().collect::<Result<_, _>>()?;
    let flat = FLAT * predicted("scale_bias", "perturbation")?;
    let shrinks = of("kaiming", "perturbation")?.times(-1.0);
    let ordered = Check::positive("ordered: a perturbation shrinks per layer", shrinks, flat);
    let note = "shown: growth of ln of a perturbation's mean square per layer under Kaiming, scale+bias, batch \
                normalisation; under Kaiming only finite differences shrink, slower than any exponential";
    let found =
        Measurement::new("6.regimes", checks).as_printed(vec![ordered]).at(scale(tables)?).showing(shown);
    Ok(found.table("growth").figure("regimes").source(file!(), "regimes").note(note))
}
