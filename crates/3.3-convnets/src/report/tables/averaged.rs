//! Sample mean and sample variance averaged over initialisations before they are divided, as the theory has it (Eq. 4).

use report::{Table, TableError};
use statistics::{Estimate, jackknife, ratio};

use super::Series;
use crate::experiment::architecture::Variant;

/// m^l / v^l of Eq. 4 in every layer of the networks as in the paper, with the jackknife's error over all
/// initialisations. Eq. 9 divides within each network and averages then; in a layer of few channels the two differ.
pub(super) fn averaged(all: &[Series]) -> Result<Table, TableError> {
    let mut rows: Vec<(&Series, u64, Estimate)> = Vec::new();
    for series in all.iter().filter(|series| series.variant == Variant::Standard) {
        for layer in 0..series.built.kinds.len() {
            let moments = series.all.iter().map(|curve| curve.observed.layers[layer].units);
            let moments: Vec<_> = moments.map(|of| vec![of.squared_mean, of.variance]).collect();
            rows.push((series, layer as u64 + 1, jackknife(&moments, |means| ratio(means[0], means[1]))));
        }
    }
    Table::of("averaged", &rows)
        .word("network", |row| row.0.network)
        .count("layer", |row| row.1)
        .estimate(["ratio", "standard_error"], |row| row.2)
        .count("initialisations", |row| row.0.all.len())
        .table()
}
