//! Claims of Section 3.4.

use report::{Check, Estimate, Measurement, Register, Scale, Table, TableError, Tables};

/// What the two sides of Eq. 10 may differ by without mattering, relative, for a given set of vectors: averaging the
/// ratio over matrices in place of its two parts would be off by several times as much where the variance lies in few
/// directions.
const SIDES: f64 = 0.05;
/// The same for the matrix of a layer in a deep network: less than the ReLU of any of its layers adds.
const LAYERS: f64 = 0.015;
/// What an integral may be off by: the accuracy that the tests hold the quadrature to, against closed forms.
const QUADRATURE: f64 = 1e-12;
/// A difference of moments of order one that would show in a figure.
const SHOWS: f64 = 1e-3;
/// A moment that changes by less than this part of what the mass below zero, lying at the law's root mean square, makes of
/// it has not changed.
const A_PART: f64 = 1e-3;
/// The depth of the paper's figures.
const PAPER_DEPTH: f64 = 50.0;

/// All measurements from the tables.
pub fn claims(tables: &Tables, _: &Register) -> Result<Vec<Measurement>, TableError> {
    Ok(vec![
        matrix_preserves(tables)?,
        relu_mean_up(tables)?,
        relu_moment_down(tables)?,
        relu_support(tables)?,
    ])
}

fn matrix_preserves(tables: &Tables) -> Result<Measurement, TableError> {
    let (sets, layers) = (tables.get("matrix")?, tables.get("steps")?);
    let mut checks = Vec::new();
    for row in sets.each() {
        let ratio = row.estimate(["log_ratio", "log_ratio_error", "matrices"])?;
        checks.push(Check::equal(format!("ln of left over right, {}", row.word("kind")?), ratio, SIDES));
    }
    for row in layers.each() {
        let ratio = row.estimate(["log_matrix", "log_matrix_error", "networks"])?;
        let what = format!("ln of left over right, matrix of layer {}", row.word("layer")?);
        checks.push(Check::equal(what, ratio, LAYERS));
    }
    let scale = Scale::full_if(layers.largest("layer")? >= PAPER_DEPTH);
    let found = Measurement::new("3.4.matrix-preserves", checks).at(scale);
    let note = "the logarithm of left side over right side of Eq. 10; shown: for the first set of vectors";
    Ok(found.table("matrix").figure("steps").source(file!(), "matrix-preserves").note(note))
}

/// A law's row of the integrals and of the draws.
struct LawOf {
    name: String,
    integrals: Table,
    draws: Table,
}

impl LawOf {
    fn all(tables: &Tables) -> Result<Vec<Self>, TableError> {
        let (integrals, draws) = (tables.get("relu")?, tables.get("relu_draws")?);
        let of = |name: String| {
            Ok(Self { integrals: integrals.only("law", &name)?, draws: draws.only("law", &name)?, name })
        };
        integrals.column_words("law")?.into_iter().map(of).collect()
    }

    /// What the second of two integrals is less than the first, each known to the accuracy of the quadrature.
    fn less(&self, first: &str, second: &str) -> Result<Estimate, TableError> {
        let less = self.integrals.number(first)? - self.integrals.number(second)?;
        Ok(Estimate::computed(less, 2.0 * QUADRATURE))
    }

    /// A gain that is the integral of something that vanishes nowhere but where f(x) = x: exactly zero, or known to the
    /// accuracy of the quadrature.
    fn gain(&self, column: &str) -> Result<Estimate, TableError> {
        let value = self.integrals.number(column)?;
        Ok(Estimate::computed(value, if value == 0.0 { 0.0 } else { QUADRATURE }))
    }

    /// The least change of the moment of an order, 1 or 2, that counts as one.
    fn least_change(&self, order: i32) -> Result<f64, TableError> {
        let mass = self.integrals.number("below_zero")?;
        let mass = if mass > 0.0 { mass } else { 1.0 };
        Ok(A_PART * mass * self.integrals.number("second_before")?.sqrt().powi(order))
    }

    fn reaches_below_zero(&self) -> Result<bool, TableError> {
        Ok(self.integrals.number("below_zero")? > 0.0)
    }

    /// Whether it has no variance to lose.
    fn is_a_point(&self) -> Result<bool, TableError> {
        Ok(self.integrals.number("variance_before")?.abs() <= QUADRATURE)
    }

    /// A gain over draws.
    fn drawn(&self, column: &str) -> Result<Estimate, TableError> {
        self.draws.estimate([column, &format!("{column}_error"), "draws"])
    }
}

fn relu_mean_up(tables: &Tables) -> Result<Measurement, TableError> {
    let mut checks = Vec::new();
    for law in LawOf::all(tables)? {
        if law.reaches_below_zero()? {
            let gain = law.less("mean_after", "mean_before")?;
            let least = law.least_change(1)?;
            checks.push(Check::positive(format!("∫Pf − ∫Px, {}", law.name), gain, least));
            // Draws of a single point do not vary.
            if !law.is_a_point()? {
                let what = format!("the same over draws, {}", law.name);
                checks.push(Check::positive(what, law.drawn("mean_gain")?, least));
            }
        }
    }
    let found = Measurement::new("3.4.relu-mean-up", checks).table("relu").figure("relu");
    Ok(found.source(file!(), "relu-mean-up").note("shown: the rise for a standard normal law, 1/√(2π)"))
}

fn relu_moment_down(tables: &Tables) -> Result<Measurement, TableError> {
    let mut checks = Vec::new();
    for law in LawOf::all(tables)? {
        if !law.reaches_below_zero()? {
            continue;
        }
        let loss = law.less("second_before", "second_after")?;
        let least = law.least_change(2)?;
        checks.push(Check::positive(format!("∫Px² − ∫Pf², {}", law.name), loss, least));
        // A variance is as accurate as its moments.
        let fall = law.less("variance_before", "variance_after")?.with_rounding(QUADRATURE);
        let what = format!("variance before less variance after, {}", law.name);
        if law.is_a_point()? {
            checks.push(Check::equal(what, fall, SHOWS));
        } else {
            checks.push(Check::positive(what, fall, least));
            let what = format!("the same over draws, {}", law.name);
            checks.push(Check::positive(what, law.drawn("second_loss")?, least));
        }
    }
    let found = Measurement::new("3.4.relu-moment-down", checks).table("relu").figure("relu");
    let note = "shown: the fall for a standard normal law; the variance falls as well, unless the law is a single point";
    Ok(found.source(file!(), "relu-moment-down").note(note))
}

fn relu_support(tables: &Tables) -> Result<Measurement, TableError> {
    let (mut corrected, mut printed) = (Vec::new(), Vec::new());
    for law in LawOf::all(tables)? {
        let (mean, second) = (law.gain("mean_gain")?, law.gain("second_loss")?);
        let (least_mean, least_second) = (law.least_change(1)?, law.least_change(2)?);
        if law.reaches_below_zero()? {
            corrected.push(Check::positive(format!("∫P(f − x), {}", law.name), mean, least_mean));
            corrected.push(Check::positive(format!("∫P(x² − f²), {}", law.name), second, least_second));
        } else {
            // The printed condition is met: there is positive density. What it promises does not follow.
            let density = Estimate::computed(law.integrals.number("density")?, QUADRATURE);
            corrected.push(Check::positive(format!("density somewhere, {}", law.name), density, SHOWS));
            // f(x) = x wherever there is mass.
            for (what, gain) in [("∫P(f − x)", mean), ("∫P(x² − f²)", second)] {
                let what = format!("{what} without mass below zero, {}", law.name);
                corrected.push(Check::equal(what, gain, SHOWS).by_construction());
            }
            printed.push(Check::positive(format!("∫P(f − x), {}", law.name), mean, least_mean));
            printed.push(Check::positive(format!("∫P(x² − f²), {}", law.name), second, least_second));
        }
    }
    let shown = printed.iter().filter_map(|check| check.estimate().copied()).take(1).collect();
    let found = Measurement::new("3.4.relu-support", corrected).as_printed(printed).showing(shown);
    let note = "shown: the rise of the mean of a positive variable whose density is positive: exactly zero";
    Ok(found.table("relu").figure("relu").source(file!(), "relu-support").note(note))
}
