//! Figures of Section 3.1.

use report::figure::{Axis, Colour, Figure, Panel};
use report::{TableError, Tables};

/// All figures from the tables.
pub fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    Ok(vec![cosine_map(tables)?, variance_curve(tables)?, convergence(tables)?])
}

/// K against the diagonal, and how far it lies above it.
fn cosine_map(tables: &Tables) -> Result<Figure, TableError> {
    let map = tables.get("cosine_map")?;
    let height =
        map.column("c")?.into_iter().zip(map.column("closed_form")?).map(|(c, k)| (c, k - c)).collect();
    let left = Panel::new(Axis::linear("c"), Axis::linear("K(c)"))
        .guide(vec![(-1.0, -1.0), (1.0, 1.0)])
        .line("closed form", Colour::Kind(0), map.points("c", "closed_form")?)
        .dots(
            "2-D quadrature of the definition",
            Colour::Kind(1),
            thinned(map.points("c", "quadrature_2d")?),
        );
    let right =
        Panel::new(Axis::linear("c"), Axis::linear("K(c) − c")).line("closed form", Colour::Kind(0), height);
    Ok(Figure::new("cosine-map", [left, right]).height(185.0))
}

/// At most about twenty-five of the points, evenly.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let stride = (points.len() / 20).max(1);
    points.into_iter().step_by(stride).collect()
}

/// The paper's Fig. 1, left.
fn variance_curve(tables: &Tables) -> Result<Figure, TableError> {
    let curve = tables.get("variance_curve")?;
    let panel = Panel::new(Axis::counting("layer l"), Axis::linear("pre-activation").range(0.0, 1.6))
        .line("sample mean mˡ", Colour::Kind(1), curve.points("layer", "sample_mean")?)
        .line("sample s.d. vˡ", Colour::Kind(0), curve.points("layer", "sample_std")?)
        .prediction("total s.d. σˡ", Colour::Ink, curve.points("layer", "total_std")?);
    Ok(Figure::new("variance-curve", [panel]))
}

/// The long approach to the fixed point.
fn convergence(tables: &Tables) -> Result<Figure, TableError> {
    let convergence = tables.get("convergence")?;
    let naive = tables.get("rate")?.points("layer", "naive_over_gap")?;
    let gaps = convergence.points("layer", "one_minus_c")?;
    let naive = gaps.iter().zip(naive).map(|(&(layer, gap), (_, over))| (layer, gap * over)).collect();
    let asymptote = gaps.iter().zip(convergence.column("ratio_to_asymptote")?);
    let asymptote = asymptote.map(|(&(layer, gap), ratio)| (layer, gap / ratio)).collect();
    let left = Panel::new(Axis::logarithmic("layer l"), Axis::logarithmic("1 − cˡ"))
        .line("iterated as a gap", Colour::Kind(0), gaps)
        .dots("iterated in c, digits lost", Colour::Kind(1), naive)
        .prediction("9π²/2l²", Colour::Ink, asymptote);
    let right = Panel::new(Axis::logarithmic("layer l"), Axis::linear("ratio to 9π²/2l²").range(0.0, 1.1))
        .guide(vec![(1.0, 1.0), (convergence.column("layer")?.last().copied().unwrap_or(1.0), 1.0)])
        .line("iterated as a gap", Colour::Kind(0), convergence.points("layer", "ratio_to_asymptote")?);
    Ok(Figure::new("convergence", [left, right]).height(185.0))
}
