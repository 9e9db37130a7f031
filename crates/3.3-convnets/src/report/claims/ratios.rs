//! The ratios of every initialisation, as the claims compare them.

use report::{Estimate, Homogeneity, Share, Table, TableError, Tables};

use super::INITIALISATIONS;

/// The tables `each` and `prediction`, row by row: network, variant, initialisation and layer, r and what is left of it.
pub(super) struct Ratios {
    each: Vec<(String, String, u64, u64, [f64; 3])>,
    predictions: Vec<(String, u64, f64)>,
}

/// One number of each initialisation.
#[derive(Clone)]
pub(super) struct Values(Vec<(u64, f64)>);

impl Ratios {
    /// Read from the tables.
    pub(super) fn of(tables: &Tables) -> Result<Self, TableError> {
        let each = |row: Table| {
            let [initialisation, layer] = [row.number("initialisation")? as u64, row.number("layer")? as u64];
            let ratios = [row.number("ratio")?, row.number("rectified")?, row.number("pooled")?];
            Ok((row.word("network")?, row.word("variant")?, initialisation, layer, ratios))
        };
        let prediction = |row: Table| {
            Ok((row.word("network")?, row.number("layer")? as u64, row.number("these_samples")?))
        };
        Ok(Self {
            each: tables.get("each")?.each().map(each).collect::<Result<_, TableError>>()?,
            predictions: tables
                .get("prediction")?
                .each()
                .map(prediction)
                .collect::<Result<_, TableError>>()?,
        })
    }

    /// Whether a network ran.
    pub(super) fn has(&self, network: &str) -> bool {
        self.each.iter().any(|row| row.0 == network)
    }

    fn values(&self, network: &str, variant: &str, layer: u64, reading: usize) -> Values {
        let rows = self.each.iter().filter(|row| (&*row.0, &*row.1, row.3) == (network, variant, layer));
        Values(rows.map(|row| (row.2, row.4[reading])).collect())
    }

    /// r of a layer's pre-activations.
    pub(super) fn layer(&self, network: &str, variant: &str, layer: u64) -> Values {
        self.values(network, variant, layer, 0)
    }

    /// r of its activations, where they are pooled.
    pub(super) fn rectified(&self, network: &str, variant: &str, layer: u64) -> Values {
        self.values(network, variant, layer, 1)
    }

    /// r of its pooled activations.
    pub(super) fn pooled(&self, network: &str, variant: &str, layer: u64) -> Values {
        self.values(network, variant, layer, 2)
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
