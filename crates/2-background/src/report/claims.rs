//! Claims of Section 2. Every error is one over networks, by the mean's standard error or the jackknife.

use report::{Check, Estimate, Measurement, Register, Scale, Table, TableError, Tables};

/// What Eq. 5 may be off by without mattering: a tenth of the total variance. Leaving out the squared mean would
/// show from layer 2 on, where it is 2/π with centred inputs, and leaving out the sample variance down to the layer
/// where it has fallen below this; a sample variance divided by T = 2 in place of T - 1 would be off by 1 in layer 1.
const DECOMPOSITION: f64 = 0.2;
/// "Little" difference between sample and total variance in a shallow layer: a tenth.
const LITTLE: f64 = 0.1;
/// A shallow network's layers: the shallowest one that has a hidden layer has two.
const SHALLOW: u64 = 2;
/// A total variance off by a tenth would matter in every cell.
const A_TENTH_LESS: f64 = 1.8;
/// A share that falls by less than this part of what infinite width predicts would be another curve.
const HALF: f64 = 0.5;
/// The depth of the paper's Fig. 1.
const PAPER_DEPTH: f64 = 50.0;
/// The laws that the statement on input distributions asks for.
const LAWS: usize = 4;

/// All measurements from the tables.
pub fn claims(tables: &Tables, _: &Register) -> Result<Vec<Measurement>, TableError> {
    let all = [total_mean(tables)?, total_variance(tables)?, decomposition(tables)?, shallow_agree(tables)?];
    let scale = scale(tables)?;
    Ok(all.into_iter().map(|found| found.at(scale)).collect())
}

/// Full when there are four laws, one of them with a mean, and the deepest networks are as deep as those of Fig. 1.
fn scale(tables: &Tables) -> Result<Scale, TableError> {
    let means = tables.get("laws")?.column("mean")?;
    let deepest = tables.get("total")?.largest("layer")?;
    Ok(Scale::full_if(means.len() >= LAWS && means.iter().any(|mean| *mean != 0.0) && deepest >= PAPER_DEPTH))
}

/// A column's estimates with their errors, each with a name that says what it is of.
fn estimates(table: &Table, column: &str, symbol: &str) -> Result<Vec<(String, Estimate)>, TableError> {
    let of = |row: Table| {
        let [layer, law, width] = [row.word("layer")?, row.word("law")?, row.word("width")?];
        let found = row.estimate([column, &format!("{column}_error"), "networks"])?;
        Ok((format!("{symbol} in layer {layer}, {law} inputs, n = {width}"), found))
    };
    table.each().map(of).collect()
}

/// What a fan-in counted one too large makes of the total variance in layer l of width n: 2 (n/(n + 1))^l.
fn miscounted(width: f64, layer: f64) -> f64 {
    2.0 * (width / (width + 1.0)).powf(layer)
}

/// The cell of a law in which a miscounted fan-in would show most, by its row.
fn sharpest(table: &Table, law: &str) -> Result<Option<usize>, TableError> {
    let (laws, cells) = (table.column_words("law")?, table.points("width", "layer")?);
    let of_law = (0..cells.len()).filter(|row| laws[*row] == law);
    Ok(of_law.min_by(|a, b| {
        let [a, b] = [a, b].map(|row| miscounted(cells[*row].0, cells[*row].1));
        a.total_cmp(&b)
    }))
}

/// The last layer of the widest networks, first law: the number that stands for a measurement.
fn headline(table: &Table, column: &str) -> Result<Vec<Estimate>, TableError> {
    let law = table.distinct("law")?.into_iter().next().unwrap_or_default();
    let rows = table.only("width", table.largest("width")? as u64)?.only("law", &law)?;
    Ok(estimates(&rows, column, "")?.pop().map(|(_, estimate)| estimate).into_iter().collect())
}

fn total_mean(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("total")?;
    let checks = estimates(table, "mean", "μ")?.into_iter().map(|(what, mean)| Check::value(what, mean));
    let found = Measurement::new("2.total-mean", checks.collect()).showing(headline(table, "mean")?);
    let note = "every law, width and layer; shown: the last layer of the widest networks, normal inputs";
    Ok(found.table("total").figure("total").source(file!(), "total-mean").note(note))
}

fn total_variance(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("total")?;
    let (cells, found) = (table.points("width", "layer")?, estimates(table, "variance", "σ²")?);
    let sharpest: Vec<Option<usize>> =
        table.distinct("law")?.iter().map(|law| sharpest(table, law)).collect::<Result<_, _>>()?;
    let shown = sharpest.first().copied().flatten().map(|row| found[row].1).into_iter().collect();
    let check = |(row, (what, variance)): (usize, (String, Estimate))| {
        let (width, layer) = cells[row];
        let sharp = sharpest.contains(&Some(row));
        Check::value(what, variance).instead_of(if sharp { miscounted(width, layer) } else { A_TENTH_LESS })
    };
    let checks = found.into_iter().enumerate().map(check).collect();
    let found = Measurement::new("2.total-variance", checks).showing(shown);
    let (width, layer) = sharpest.first().copied().flatten().map_or((f64::NAN, f64::NAN), |row| cells[row]);
    let note = format!(
        "every law, width and layer: a tenth less is excluded in each, a fan-in counted one too large in the cell of each law \
         where it would show most; shown: that cell with normal inputs, layer {layer} at width {width}"
    );
    Ok(found.table("total").figure("total").source(file!(), "total-variance").note(note))
}

fn decomposition(tables: &Tables) -> Result<Measurement, TableError> {
    let table = tables.get("decomposition")?;
    let sums = estimates(table, "sum_minus_total", "m² + v² − σ²")?.into_iter();
    let checks = sums.map(|(what, excess)| Check::equal(what, excess, DECOMPOSITION));
    let found =
        Measurement::new("2.decomposition", checks.collect()).showing(headline(table, "sum_minus_total")?);
    let note = "each term from input vectors of its own; shown: m² + v² − σ² in the last layer of the widest networks";
    Ok(found.table("decomposition").figure("decomposition").source(file!(), "decomposition").note(note))
}

fn shallow_agree(tables: &Tables) -> Result<Measurement, TableError> {
    let (table, laws) = (tables.get("share")?, tables.get("laws")?);
    let mut checks = Vec::new();
    for law in laws.each() {
        let rows = table.only("law", law.word("law")?)?;
        if law.number("mean")? == 0.0 {
            // Inputs of zero mean have no sample mean to pass on: in layer 1 both variances are the same.
            let first = estimates(&rows.only("layer", 1)?, "share", "v²/σ² − 1")?.into_iter();
            let same = |(what, share): (String, Estimate)| {
                Check::within(what, share.minus(1.0), LITTLE).by_construction()
            };
            checks.extend(first.map(same));
            if let Ok(shallow) = rows.only("layer", SHALLOW) {
                let little = estimates(&shallow, "share", "v²/σ² − 1")?.into_iter();
                checks.extend(little.map(|(what, share)| Check::within(what, share.minus(1.0), LITTLE)));
            }
        }
        let falls = estimates(&rows, "fall", "fall of v²/σ²")?.into_iter().zip(rows.column("layer")?);
        // The layers of a width stand one below the other, so that the one before is the row before.
        let predicted: Vec<f64> =
            rows.column("std_ratio_theory")?.iter().map(|ratio| ratio.powi(2)).collect();
        let before = std::iter::once(f64::NAN).chain(predicted.iter().copied());
        let predicted = before.zip(&predicted).map(|(before, after)| before - after);
        let falls = falls.zip(predicted).filter(|((_, layer), _)| *layer > 1.0);
        checks.extend(
            falls.map(|(((what, fall), _), predicted)| Check::positive(what, fall, HALF * predicted)),
        );
    }
    let shown = table.only("layer", 1)?;
    let shown = [headline(&shown, "std_ratio")?, headline(table, "std_ratio")?].concat();
    let found = Measurement::new("2.shallow-agree", checks).showing(shown).table("share").figure("share");
    let note = "shown: v/σ in the first and in the last layer of the widest networks, normal inputs; in layer 1 the two are \
                the same by construction where inputs have no mean, and from layer 2 on they differ by more than a figure \
                shows; inputs with a mean differ from layer 1 on";
    Ok(found.source(file!(), "shallow-agree").note(note))
}
