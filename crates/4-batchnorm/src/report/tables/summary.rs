//! Numbers that the page quotes, each in a column of its own and of one row: what was not run is NaN.

use report::{Table, TableError, Tables};

use super::Results;

/// The one row.
pub(super) fn summary(results: &Results, tables: &Tables) -> Result<Table, TableError> {
    let depth = results.curves.first().map_or(0, |curve| curve.of.ran.depth).to_string();
    let samples = &results.samples.to_string()[..];
    let mut quoted: Vec<(String, Option<f64>)> = Vec::new();
    for name in ["kaiming", "scale_bias", "batch_norm"] {
        let setting = ("setting", name);
        let ours = |table, column| tables.cell(table, &[setting, ("samples", samples)], column);
        let in_layer = |table, layer, column| {
            tables.cell(table, &[setting, ("samples", samples), ("layer", layer)], column)
        };
        for half in ["shallow", "deep"] {
            quoted.push((format!("{name}_{half}"), ours("halves", half)));
        }
        for bound in ["lowest", "highest"] {
            quoted.push((format!("{name}_{bound}"), tables.cell("reasonable", &[setting], bound)));
        }
        quoted.push((format!("{name}_length_spread"), in_layer("lengths", &depth, "spread")));
        let total = tables.cell("growth", &[setting, ("layer", "0")], "growth");
        quoted.push((format!("{name}_growth"), total.map(f64::exp)));
        for (step, layer) in [("loss_step", &depth[..]), ("input_step", "1")] {
            let slope = in_layer("local_slopes", layer, "local_slope");
            quoted.push((format!("{name}_{step}"), slope.map(|slope| (-slope).exp())));
        }
    }
    for (name, layer) in [("fresh_layer_2", "2"), ("fresh_last_layer", &depth[..])] {
        let fresh = tables.cell("fresh", &[("samples", samples), ("layer", layer)], "log_mean_square");
        quoted.push((name.to_owned(), fresh.map(f64::exp)));
    }
    for column in ["sigma_s", "sigma_s_error", "amplification"] {
        quoted.push((column.to_owned(), tables.cell("sigma_s_limit", &[], column)));
    }
    let deepest = tables.cell("sigma_s", &[("samples", samples), ("layer", &depth)], "sigma_s");
    quoted.push(("deepest_sigma_s".to_owned(), deepest));
    quoted.push(("depth".to_owned(), depth.parse().ok()));
    Table::of_numbers("summary", quoted)
}
