//! The curves of Fig. 3 as curves: their agreement with the prediction, and the protocol.

use report::{Check, Estimate, Measurement, Protocol, Scale, TableError, Tables};

use super::{AGREES, exploding, networks, scale};

/// The panels of Fig. 3.
const PANELS: usize = 3;
/// The least deviation from 1 of the variance of the loss's weights that must be seen.
const LOSS_WEIGHT_RESOLUTION: f64 = 0.05;

/// Each point of the three panels lies where infinite width puts it: at no growth under Kaiming initialisation, on the
/// predicted curves under scale+bias and with batch normalisation; to within a hundredth of the height of an exploding
/// panel, which is what a slope off by a hundredth adds up to.
pub(super) fn gradient_curves(tables: &Tables) -> Result<Measurement, TableError> {
    let (table, many) = (tables.get("growth")?, networks(tables)?);
    let (mut checks, mut shown) = (Vec::new(), Vec::new());
    let depth = Protocol::of(tables)?.number::<u64>("depth")?;
    let shows = AGREES * exploding().abs() * depth as f64;
    for (setting, name) in
        [("kaiming", "kaiming"), ("scale_bias", "scale+bias"), ("batch_norm", "batch normalisation")]
    {
        // The last layer is 0 by definition.
        let panel = table.only("setting", setting)?;
        for row in panel.each().filter(|row| row.word("layer").is_ok_and(|layer| layer != depth.to_string()))
        {
            let (layer, growth) =
                (row.word("layer")?, row.estimate_over(["growth", "standard_error"], many)?);
            let what = format!("{name}, layer {layer}: growth less that of infinite width");
            checks.push(Check::within(what, growth.minus(row.number("predicted")?), shows));
            shown.extend((layer == "0").then_some(growth));
        }
    }
    let wide = table.only("setting", "scale_bias")?.only("layer", 0)?.number("predicted")?;
    let found = Measurement::new("4.gradient-curves", checks).at(scale(tables)?).showing(shown);
    let note = format!(
        "shown: ln⟨(∂L/∂x⁰)²⟩ against the output, in the order of the panels; infinite width would give scale+bias {wide:.2}"
    );
    Ok(found.table("gradient").figure("gradients").source(file!(), "gradient-curves").note(note))
}

/// The settings of §4 as they ran; that the loss is w·x^L with unit w shows in the gradient at the output.
pub(super) fn protocol(tables: &Tables) -> Result<Measurement, TableError> {
    let (protocol, mut checks) = (Protocol::of(tables)?, Vec::new());
    for setting in ["networks", "depth", "width", "settings", "loss", "loss_weights"] {
        checks.push(protocol.check(setting)?);
    }
    let samples = protocol.word("samples")?;
    let outputs =
        tables.get("gradient")?.only("samples", &samples)?.only("layer", protocol.word("depth")?)?;
    let square = outputs.number("log_mean_square")?.exp();
    let variance =
        Estimate::sampled(square - 1.0, square * outputs.number("standard_error")?, networks(tables)?);
    checks.push(Check::equal("mean square of the loss's weights, minus 1", variance, LOSS_WEIGHT_RESOLUTION));
    // An experiment without one of the panels is a smaller one.
    let panels = protocol.word("settings")?.split(',').count();
    let scale = if panels < PANELS { Scale::Reduced } else { scale(tables)? };
    let found =
        Measurement::new("4.protocol", checks).at(scale).table("protocol").source(file!(), "protocol");
    Ok(found.note(format!(
        "not stated, ours: {samples} samples, inputs {}, fitted layers {}",
        protocol.word("inputs")?,
        protocol.word("fitted_layers")?
    )))
}
