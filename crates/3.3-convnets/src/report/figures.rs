//! Figures of Section 3.3.

use report::figure::{Axis, Colour, Dash, Figure, Panel};
use report::{Table, TableError, Tables};

/// The networks: name in tables, title, colour.
const NETWORKS: [(&str, &str, Colour); 2] =
    [("allcnn", "ALL-CNN-C", Colour::Kind(0)), ("unet", "U-Net", Colour::Kind(2))];
/// The variants of both: name in tables, label, colour.
const VARIANTS: [(&str, &str, Colour); 4] = [
    ("one_position", "one position", Colour::Kind(1)),
    ("skips_zeroed", "skips zeroed", Colour::Kind(4)),
    ("subsampled", "subsampled", Colour::Kind(3)),
    ("standard", "as in the paper", Colour::Kind(0)),
];
/// Mean and standard deviation over initialisations.
const RATIO: [&str; 3] = ["layer", "ratio_mean", "ratio_sd"];
/// What dashed lines show.
const PREDICTION: &str = "wide MLP, as many samples";

/// All figures from the tables.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    let table = tables.get("ratio")?;
    Ok(vec![ratio(table)?, ablations(table)?, variance(tables.get("variance")?)?])
}

/// A panel for each network that ran; the label of the vertical axis stands at the first.
fn panels(
    ratio: &Table,
    draw: impl Fn(Panel, &Table, Colour) -> Result<Panel, TableError>,
) -> Result<Vec<Panel>, TableError> {
    let mut panels = Vec::new();
    for (network, title, colour) in NETWORKS {
        let Ok(rows) = ratio.only("network", network) else { continue };
        let axis = Axis::linear(if panels.is_empty() { "rˡ, sample mean / s.d." } else { "" });
        let panel = Panel::new(Axis::linear("layer l"), axis).title(title);
        panels.push(draw(panel, &rows, colour)?);
    }
    Ok(panels)
}

/// The paper's Fig. 2, middle and right, and the ratio with a channel as one unit.
fn ratio(ratio: &Table) -> Result<Figure, TableError> {
    let panels = panels(ratio, |panel, rows, colour| {
        let rows = rows.only("variant", "standard")?;
        let channels = rows.points("layer", "ratio_channel_mean")?;
        let panel = panel.line("a channel as one unit", Colour::Grey, channels);
        let panel = panel.curve("a channel at a position", colour, &rows, RATIO)?;
        Ok(panel.prediction(PREDICTION, Colour::Ink, rows.points("layer", "ratio_theory")?))
    })?;
    Ok(Figure::new("ratio", panels).height(200.0))
}

/// Each network as in the paper and without one of its parts.
fn ablations(ratio: &Table) -> Result<Figure, TableError> {
    let panels = panels(ratio, |mut panel, all, _| {
        for (variant, label, colour) in VARIANTS {
            if let Ok(rows) = all.only("variant", variant) {
                panel = panel.curve(label, colour, &rows, RATIO)?;
            }
        }
        let theory = all.only("variant", "standard")?.points("layer", "ratio_theory")?;
        Ok(panel.prediction(PREDICTION, Colour::Ink, theory))
    })?;
    Ok(Figure::new("ablations", panels).height(200.0))
}

/// Sample variance as a part of the mean square, and the mean square itself.
fn variance(table: &Table) -> Result<Figure, TableError> {
    let layer = || Axis::linear("layer l");
    let mut shares =
        Panel::new(layer(), Axis::linear("").range(0.0, 1.0)).title("sample variance over mean square");
    let mut growth = Panel::new(layer(), Axis::linear("")).title("ln mean square, against layer 1");
    let finite = |rows: &Table, column: &str| -> Result<Vec<(f64, f64)>, TableError> {
        Ok(rows.points("layer", column)?.into_iter().filter(|(_, value)| value.is_finite()).collect())
    };
    for (network, title, colour) in NETWORKS {
        let Ok(rows) = table.only("network", network) else { continue };
        let standard = rows.only("variant", "standard")?;
        shares = shares.line(title, colour, finite(&standard, "share")?);
        let channels = finite(&standard, "channel_share")?;
        shares = shares.dashed(&format!("{title}, channels"), colour, Dash::Dotted, channels);
        growth = growth.line(title, colour, finite(&standard, "growth")?);
        for (variant, label, colour) in &VARIANTS[..3] {
            let Ok(rows) = rows.only("variant", variant) else { continue };
            growth = growth.dashed(label, *colour, Dash::Dashed, finite(&rows, "growth")?);
        }
    }
    Ok(Figure::new("variance", [shares, growth]).height(200.0))
}
