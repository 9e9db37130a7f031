//! Claims of Section 2. Every error is one over networks, by the mean's standard error or the jackknife.

use report::{Check, Estimate, Measurement, Scale, Table, TableError, Tables};

/// What Eq. 5 may be off by without mattering: a tenth of the total variance. Leaving out the squared mean would
/// show from layer 2 on, where it is 2/π with centred inputs, and leaving out the sample variance down to the layer
/// where it has fallen below this; a sample variance divided by T = 2 in place of T - 1 would be off by 1 in layer 1.
const DECOMPOSITION: f64 = 0.2;
/// "Little" difference between sample and total variance in a shallow layer: a tenth.
const LITTLE: f64 = 0.1;
/// The depth of the paper's Fig. 1.
const PAPER_DEPTH: f64 = 50.0;
/// The laws that the statement on input distributions asks for.
const LAWS: usize = 4;

/// All measurements from the tables.
///
/// # Errors
/// When a table or column is missing.
pub fn claims(tables: &Tables) -> Result<Vec<Measurement>, TableError> {
    let all = [total_mean(tables)?, total_variance(tables)?, decomposition(tables)?, shallow_agree(tables)?];
    let scale = scale(tables)?;
    Ok(all.into_iter().map(|found| found.at(scale)).collect())
}

/// Full when there are four laws, one of them with a mean, and the deepest networks are as deep as those of Fig. 1.
fn scale(tables: &Tables) -> Result<Scale, TableError> {
    let means = tables.get("laws")?.column("mean")?;
    let deepest = tables.get("total")?.column("layer")?.into_iter().fold(0.0, f64::max);
    Ok(Scale::full_if(means.len() >= LAWS && means.iter().any(|mean| *mean != 0.0) && deepest >= PAPER_DEPTH))
}

/// A column's estimates with their errors, each with a name that says what it is of.
fn estimates(table: &Table, column: &str, symbol: &str) -> Result<Vec<(String, Estimate)>, TableError> {
    let (laws, widths) = (table.column_words("law")?, table.column_words("width")?);
    let (layers, networks) = (table.column_words("layer")?, table.column("networks")?);
    let values = table.column(column)?.into_iter().zip(table.column(&format!("{column}_error"))?);
    let named = values.enumerate().map(|(row, (value, error))| {
        let what = format!("{symbol} in layer {}, {} inputs, n = {}", layers[row], laws[row], widths[row]);
        (what, Estimate::sampled(value, error, networks[row] as u32))
    });
    Ok(named.collect())
}

/// The last layer of the widest networks, first law: the number that stands for a measurement.
fn headline(table: &Table, column: &str) -> Result<Vec<Estimate>, TableError> {
    let widest = table.column("width")?.into_iter().fold(0.0, f64::max);
    let law = table.distinct("law")?.into_iter().next().unwrap_or_default();
    let rows = table.only("width", widest as u64)?.only("law", &law)?;
    Ok(estimates(&rows, column, "")?.pop().map(|(_, estimate)| estimate).into_iter().collect())
}

// region: total-mean
fn total_mean(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("total")?;
    let checks = estimates(table, "mean", "μ")?.into_iter().map(|(what, mean)| Check::value(what, mean));
    let found = Measurement::new("2.total-mean", checks.collect()).showing(headline(table, "mean")?);
    let note = "every law, width and layer; shown: the last layer of the widest networks, normal inputs";
    Ok(found.table("total").figure("total").source(file!(), "total-mean").note(note))
}
// endregion: total-mean

// region: total-variance
fn total_variance(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("total")?;
    let checks =
        estimates(table, "variance", "σ²")?.into_iter().map(|(what, variance)| Check::value(what, variance));
    let found = Measurement::new("2.total-variance", checks.collect()).showing(headline(table, "variance")?);
    let note = "every law, width and layer; shown: the last layer of the widest networks, normal inputs";
    Ok(found.table("total").figure("total").source(file!(), "total-variance").note(note))
}
// endregion: total-variance

// region: decomposition
fn decomposition(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("decomposition")?;
    let sums = estimates(table, "sum_minus_total", "m² + v² − σ²")?.into_iter();
    let checks = sums.map(|(what, excess)| Check::equal(what, excess, DECOMPOSITION));
    let found =
        Measurement::new("2.decomposition", checks.collect()).showing(headline(table, "sum_minus_total")?);
    let note = "each term from input vectors of its own; shown: m² + v² − σ² in the last layer of the widest networks";
    Ok(found.table("decomposition").figure("decomposition").source(file!(), "decomposition").note(note))
}
// endregion: decomposition

// region: shallow-agree
fn shallow_agree(tables: &Tables) -> Result<Measurement, TableError> {
    let (table, laws) = (tables.get("share")?, tables.get("laws")?);
    let mut checks = Vec::new();
    for (law, mean) in laws.column_words("law")?.iter().zip(laws.column("mean")?) {
        let rows = table.only("law", law)?;
        if mean == 0.0 {
            // Inputs of zero mean have no sample mean to pass on: in layer 1 both variances are the same.
            let first = estimates(&rows.only("layer", 1)?, "share", "v²/σ² − 1")?.into_iter();
            checks.extend(first.map(|(what, share)| Check::equal(what, share.minus(1.0), LITTLE)));
        }
        let falls = estimates(&rows, "fall", "fall of v²/σ²")?.into_iter().zip(rows.column("layer")?);
        let falls = falls.filter(|(_, layer)| *layer > 1.0);
        checks.extend(falls.map(|((what, fall), _)| Check::positive(what, fall)));
    }
    let shown = table.only("layer", 1)?;
    let shown = [headline(&shown, "std_ratio")?, headline(table, "std_ratio")?].concat();
    let found = Measurement::new("2.shallow-agree", checks).showing(shown).table("share").figure("share");
    let note = "shown: v/σ in the first and in the last layer of the widest networks, normal inputs; inputs with a mean \
                differ from layer 1 on";
    Ok(found.source(file!(), "shallow-agree").note(note))
}
// endregion: shallow-agree
