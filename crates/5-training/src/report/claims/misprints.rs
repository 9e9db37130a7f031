//! What the text of Section 5.1 says of the two initialisations, to the letter and corrected. Whether an initialisation
//! reaches what it is to reach is asked of the minibatches that it measured, so that the corrected forms hold by construction
//! up to ε and rounding; the forms as printed are what can hold or fail.

use report::{Check, Estimate, Measurement, TableError, Tables};

use super::initial::{LEFT, MATTERS, largest, measured};

/// A number that should be zero: known up to ε and rounding or, where it is far from zero, to two digits.
fn known(value: f64) -> Estimate {
    Estimate::computed(value, LEFT.max(0.01 * value))
}

/// The largest of a column over the layers of each task, as a check that it is zero.
fn zeros(found: &[(String, f64)], what: &str) -> Vec<Check> {
    let check = |(task, value): &(String, f64)| {
        let what = format!("{task}: {what}, largest of all layers");
        Check::equal(what, known(*value), MATTERS)
    };
    found.iter().map(check).collect()
}

/// A misprint with the numbers of the printed form and those of the corrected one; nothing where either did not run.
fn misprint(
    tables: &Tables,
    claim: &str,
    [printed, corrected]: [(&[(String, f64)], &str); 2],
) -> Result<Option<Measurement>, TableError> {
    if printed.0.is_empty() {
        return Ok(None);
    }
    let corrected = zeros(corrected.0, corrected.1).into_iter().map(Check::by_construction).collect();
    let found = measured(tables, claim, corrected)?;
    let shown = printed.0.iter().map(|(_, value)| known(*value)).collect();
    Ok(found.map(|found| found.as_printed(zeros(printed.0, printed.1)).showing(shown)))
}

/// After scale initialisation the mean square of a layer is one; as printed its sample variance is.
pub(super) fn scale_statistic(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let square = largest(tables, "scale", "mean_square_off_one")?;
    let variance = largest(tables, "scale", "variance_off_one")?;
    let forms = [(&variance[..], "sample variance, minus 1"), (&square[..], "mean square, minus 1")];
    let found = misprint(tables, "5.scale-statistic", forms)?;
    let note =
        "shown: how far the sample variance is from one in the layer where it is farthest, for each task";
    Ok(found.map(|found| found.source(file!(), "scale-statistic").note(note)))
}

/// With the factor of the weights in the biases as well the sample mean of every feature stays zero; to the letter, the
/// biases as they were set before, it does not. For the tasks that ran both ways.
pub(super) fn bias_then_scale(tables: &Tables) -> Result<Option<Measurement>, TableError> {
    let literal = largest(tables, "bias_then_scale", "largest_mean")?;
    let mut corrected = largest(tables, "scale_bias", "largest_mean")?;
    corrected.retain(|(task, _)| literal.iter().any(|(other, _)| other == task));
    let what = "sample mean of a feature";
    let found = misprint(tables, "5.bias-then-scale", [(&literal, what), (&corrected, what)])?;
    let note = "shown: the largest sample mean of any feature after the literal order, for each task";
    Ok(found.map(|found| found.source(file!(), "bias-then-scale").note(note)))
}
