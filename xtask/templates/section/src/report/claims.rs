//! Claims of Section {{number}}.

use report::{Check, Estimate, Measurement, Register, TableError, Tables};

/// Rounding of a cosine after tens of layers.
const ROUNDING: f64 = 1e-14;
/// The smallest rise that would matter: less does not show in a figure.
const SHOWS: f64 = 0.01;

/// All measurements from the tables.
///
/// # Errors
/// When a table or column is missing.
pub fn claims(tables: &Tables, _: &Register) -> Result<Vec<Measurement>, TableError> {
    Ok(vec![rises(tables)?])
}

fn rises(tables: &Tables) -> Result<Measurement, TableError> {
    let mut checks = Vec::new();
    for (input, rows) in tables.get("cosines")?.by("input_cosine")? {
        let cosines = rows.column("cosine")?;
        let rise = cosines.last().zip(cosines.first()).map_or(f64::NAN, |(last, first)| last - first);
        let rise = Estimate::computed(rise, ROUNDING);
        checks.push(Check::positive(format!("rise from c⁰ = {input}"), rise, SHOWS));
    }
    let found = Measurement::new("{{number}}.placeholder", checks).table("cosines").figure("cosines");
    Ok(found.source(file!(), "rises"))
}
