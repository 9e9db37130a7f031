//! The ratios of every initialisation, as the claims compare them.

use report::{Estimate, Homogeneity, Share, Table, TableError, Tables};

use super::INITIALISATIONS;

/// A column with its standard errors over initialisations.
pub(super) fn estimates(table: &Table, column: &str) -> Result<Vec<Estimate>, TableError> {
    let errors = table.column("standard_error")?.into_iter().zip(table.column("initialisations")?);
    let found = table.column(column)?.into_iter().zip(errors);
    Ok(found.map(|(value, (error, many))| Estimate::sampled(value, error, many as u32)).collect())
}

/// One layer of one variant of one initialisation.
struct Row {
    network: String,
    variant: String,
    initialisation: u64,
    layer: u64,
    ratio: f64,
    rectified: f64,
    pooled: f64,
}

/// The table `each`, and the predictions beside it.
pub(super) struct Ratios {
    rows: Vec<Row>,
    predictions: Vec<(String, u64, f64)>,
}

/// One number of each initialisation.
#[derive(Clone)]
pub(super) struct Values(Vec<(u64, f64)>);

impl Ratios {
    /// Read from the tables.
    pub(super) fn of(tables: &Tables) -> Result<Self, TableError> {
        let each = tables.get("each")?;
        let (networks, variants) = (each.column_words("network")?, each.column_words("variant")?);
        let (initialisations, layers) = (each.column("initialisation")?, each.column("layer")?);
        let (ratios, rectified, pooled) =
            (each.column("ratio")?, each.column("rectified")?, each.column("pooled")?);
        let row = |index: usize| Row {
            network: networks[index].clone(),
            variant: variants[index].clone(),
            initialisation: initialisations[index] as u64,
            layer: layers[index] as u64,
            ratio: ratios[index],
            rectified: rectified[index],
            pooled: pooled[index],
        };
        let prediction = tables.get("prediction")?;
        let named = prediction.column_words("network")?.into_iter().zip(prediction.column("layer")?);
        let predictions = named.zip(prediction.column("these_samples")?);
        Ok(Self {
            rows: (0..each.rows()).map(row).collect(),
            predictions: predictions
                .map(|((network, layer), ratio)| (network, layer as u64, ratio))
                .collect(),
        })
    }

    /// Whether a network ran.
    pub(super) fn has(&self, network: &str) -> bool {
        self.rows.iter().any(|row| row.network == network)
    }

    fn values(&self, network: &str, variant: &str, layer: u64, pick: fn(&Row) -> f64) -> Values {
        let of = |row: &&Row| row.network == network && row.variant == variant && row.layer == layer;
        Values(self.rows.iter().filter(of).map(|row| (row.initialisation, pick(row))).collect())
    }

    /// r of a layer's pre-activations.
    pub(super) fn layer(&self, network: &str, variant: &str, layer: u64) -> Values {
        self.values(network, variant, layer, |row| row.ratio)
    }

    /// r of its activations, where they are pooled.
    pub(super) fn rectified(&self, network: &str, variant: &str, layer: u64) -> Values {
        self.values(network, variant, layer, |row| row.rectified)
    }

    /// r of its pooled activations.
    pub(super) fn pooled(&self, network: &str, variant: &str, layer: u64) -> Values {
        self.values(network, variant, layer, |row| row.pooled)
    }

    /// r of a wide fully connected network, over as many samples as there were images.
    pub(super) fn predicted(&self, network: &str, layer: u64) -> f64 {
        let found = self.predictions.iter().find(|(other, at, _)| other == network && *at == layer);
        found.map_or(f64::NAN, |(_, _, ratio)| *ratio)
    }
}

impl Values {
    /// Initialisation by initialisation.
    pub(super) fn minus(&self, other: &Self) -> Self {
        self.with(other, |ours, theirs| ours - theirs)
    }

    /// Initialisation by initialisation.
    pub(super) fn plus(&self, other: &Self) -> Self {
        self.with(other, |ours, theirs| ours + theirs)
    }

    fn with(&self, other: &Self, join: fn(f64, f64) -> f64) -> Self {
        let theirs = |initialisation| other.0.iter().find(|(number, _)| *number == initialisation);
        let joined = |&(number, ours): &(u64, f64)| Some((number, join(ours, theirs(number)?.1)));
        Self(self.0.iter().filter_map(joined).collect())
    }

    /// Another function of each.
    pub(super) fn map(&self, function: impl Fn(f64) -> f64) -> Self {
        Self(self.0.iter().map(|&(number, value)| (number, function(value))).collect())
    }

    /// The sum of several, initialisation by initialisation; nothing of nothing.
    pub(super) fn sum(several: impl IntoIterator<Item = Self>) -> Self {
        several.into_iter().reduce(|sum, next| sum.plus(&next)).unwrap_or(Self(Vec::new()))
    }

    /// For each initialisation the number, counted from 1, of the largest of several values.
    pub(super) fn largest(several: &[Self]) -> Self {
        let at = |number: u64| {
            let values = several.iter().zip(1..).filter_map(|(values, place)| {
                let (_, value) = values.0.iter().find(|(other, _)| *other == number)?;
                Some((place, *value))
            });
            values.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(f64::NAN, |(place, _)| f64::from(place))
        };
        let numbers = several.first().map_or(&[][..], |values| &values.0);
        Self(numbers.iter().map(|(number, _)| (*number, at(*number))).collect())
    }

    /// Those of initialisations that have a ratio: where a layer is zero for every image there is none.
    fn finite(&self) -> Vec<f64> {
        self.0.iter().map(|(_, value)| *value).filter(|value| value.is_finite()).collect()
    }

    /// Mean over initialisations with its standard error. An initialisation without a ratio does not count.
    pub(super) fn mean(&self) -> Estimate {
        Estimate::mean_of(&self.finite())
    }

    /// The paper's number of initialisations against the further ones, where there are any.
    pub(super) fn homogeneity(&self) -> Option<Homogeneity> {
        Homogeneity::of(&self.finite(), INITIALISATIONS)
    }

    /// The share of initialisations whose value has a property.
    pub(super) fn share(&self, has: impl Fn(f64) -> bool) -> Share {
        Share::of(&self.finite().into_iter().map(has).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(u64, f64)]) -> Values {
        Values(pairs.to_vec())
    }

    #[test]
    fn differences_are_paired_and_what_has_no_partner_or_no_ratio_is_left_out() {
        let (a, b) = (values(&[(0, 5.0), (1, 9.0), (2, f64::NAN)]), values(&[(1, 2.0), (0, 1.0), (2, 1.0)]));
        assert_eq!(a.minus(&b).0[..2], [(0, 4.0), (1, 7.0)]);
        assert_eq!(a.minus(&b).mean().value, 5.5);
        assert_eq!(a.minus(&b).mean().replicates, Some(2));
        assert!(a.minus(&values(&[(7, 1.0)])).0.is_empty());
    }

    #[test]
    fn the_largest_is_named_by_its_place() {
        let layers = [values(&[(3, 1.0), (4, 2.0)]), values(&[(3, 5.0), (4, 1.0)])];
        assert_eq!(Values::largest(&layers).0, [(3, 2.0), (4, 1.0)]);
    }
}
