//! Numbers that the page quotes, each in a column of its own and of one row: what was not run is NaN.

use report::{Table, TableError};

use super::Results;

// region: summary
/// The one row.
pub(super) fn summary(results: &Results, tables: &[Table]) -> Result<Table, TableError> {
    let depth = results.curves.first().map_or(0, |curve| curve.of.ran.depth);
    let find = |table: &str| tables.iter().find(|other| other.name() == table);
    let cell = |table: &str, conditions: &[(&str, String)], column: &str| {
        let mut rows = find(table)?.clone();
        for (column, value) in conditions {
            rows = rows.only(column, value).ok()?;
        }
        rows.number(column).ok()
    };
    let setting = |setting: &str| ("setting", setting.to_owned());
    let samples = ("samples", results.samples.to_string());
    let layer = |layer: usize| ("layer", layer.to_string());
    let mut quoted: Vec<(String, Option<f64>)> = Vec::new();
    for name in ["kaiming", "scale_bias", "batch_norm"] {
        let ours = [setting(name), samples.clone()];
        for half in ["shallow", "deep"] {
            quoted.push((format!("{name}_{half}"), cell("halves", &ours, half)));
        }
        for bound in ["lowest", "highest"] {
            quoted.push((format!("{name}_{bound}"), cell("reasonable", &[setting(name)], bound)));
        }
        let deepest = [setting(name), samples.clone(), layer(depth)];
        quoted.push((format!("{name}_length_spread"), cell("lengths", &deepest, "spread")));
        let total = cell("growth", &[setting(name), layer(0)], "growth");
        quoted.push((format!("{name}_growth"), total.map(f64::exp)));
        let step =
            |at: usize| cell("local_slopes", &[setting(name), samples.clone(), layer(at)], "local_slope");
        quoted.push((format!("{name}_loss_step"), step(depth).map(|slope| (-slope).exp())));
        quoted.push((format!("{name}_input_step"), step(1).map(|slope| (-slope).exp())));
    }
    let fresh = |at: usize| cell("fresh", &[samples.clone(), layer(at)], "log_mean_square").map(f64::exp);
    quoted.push(("fresh_layer_2".to_owned(), fresh(2)));
    quoted.push(("fresh_last_layer".to_owned(), fresh(depth)));
    for column in ["sigma_s", "sigma_s_error", "amplification"] {
        quoted.push((column.to_owned(), cell("sigma_s_limit", &[], column)));
    }
    quoted.push(("deepest_sigma_s".to_owned(), cell("sigma_s", &[samples.clone(), layer(depth)], "sigma_s")));
    let depth = ("depth".to_owned(), Some(depth as f64));
    let one = |table: Table, (name, value): (String, Option<f64>)| {
        table.numbers(&name, [value.unwrap_or(f64::NAN)])
    };
    quoted.into_iter().chain([depth]).try_fold(Table::new("summary"), one)
}
// endregion: summary
