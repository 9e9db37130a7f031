//! The curves of Fig. 3 as curves: their agreement with the prediction, and the protocol.

use report::{Check, Estimate, Measurement, Protocol, Scale, Table, TableError, Tables};

use super::{networks, scale, within};

/// What would show on the logarithmic axis of Fig. 3, which is about twenty units high.
const SHOWS: f64 = 1.0;
/// The panels of Fig. 3.
const PANELS: usize = 3;
/// The least deviation from 1 of the variance of the loss's weights that must be seen.
const LOSS_WEIGHT_RESOLUTION: f64 = 0.05;

// region: gradient-curves
/// Each point of the three panels lies where it should: at no growth under Kaiming initialisation, where the variances of
/// the forward pass put it under scale+bias, and where infinite width puts it with batch normalisation.
pub(super) fn gradient_curves(tables: &Tables) -> Result<Measurement, TableError> {
    let (table, many) = (tables.get("growth")?, networks(tables)?);
    // The last layer is 0 by definition.
    let points = |table: &Table, column: &str| -> Result<Vec<(f64, Estimate)>, TableError> {
        let points = table.points("layer", column)?.into_iter().zip(table.column("standard_error")?);
        let mut found: Vec<_> =
            points.map(|((layer, value), error)| (layer, Estimate::sampled(value, error, many))).collect();
        found.pop();
        Ok(found)
    };
    let (mut checks, mut shown) = (Vec::new(), Vec::new());
    for (layer, found) in points(&table.only("setting", "kaiming")?, "growth")? {
        checks.push(Check::equal(format!("kaiming, layer {layer}: growth"), found, SHOWS));
    }
    for (layer, found) in points(tables.get("by_variance")?, "difference")? {
        checks.push(Check::equal(
            format!("scale+bias, layer {layer}: growth, against the forward pass"),
            found,
            SHOWS,
        ));
    }
    let normalised = table.only("setting", "batch_norm")?;
    for ((layer, found), predicted) in
        points(&normalised, "growth")?.into_iter().zip(normalised.column("predicted")?)
    {
        let room = within(SHOWS, found.minus(predicted));
        checks.push(Check::positive(
            format!("batch normalisation, layer {layer}: room left by the deviation from the prediction"),
            room,
        ));
    }
    for setting in ["kaiming", "scale_bias", "batch_norm"] {
        shown.extend(points(&table.only("setting", setting)?, "growth")?.first().map(|first| first.1));
    }
    let wide = table.only("setting", "scale_bias")?.only("layer", 0)?.number("predicted")?;
    let found = Measurement::new("4.gradient-curves", checks).at(scale(tables)?).showing(shown);
    let note = format!(
        "shown: ln⟨(∂L/∂x⁰)²⟩ against the output, in the order of the panels; infinite width would give scale+bias {wide:.2}"
    );
    Ok(found.table("gradient").figure("gradients").source(file!(), "gradient-curves").note(note))
}
// endregion: gradient-curves

// region: protocol
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
// endregion: protocol
