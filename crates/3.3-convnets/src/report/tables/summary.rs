//! Numbers that the page quotes, each in a column of its own and of one row: what was not run is NaN.

use report::{Table, TableError};

/// The layer of U-Net before the first skip connection: the first up-convolution.
const UP: u64 = 11;
/// The last that has as many channels as the first.
const WIDE: u64 = 22;

// region: checkerboard
/// r with a channel as one unit, in an up-convolution whose units have the ratio `ratio`. Each of the kernel's four
/// elements makes positions of its own, with a sample mean of its own: of a channel's squared mean m² a quarter is left,
/// and the rest is variance over positions.
fn of_four_means(ratio: f64) -> f64 {
    let square = ratio * ratio;
    (square / (4.0 + 3.0 * square)).sqrt()
}
// endregion: checkerboard

/// The one row.
pub(super) fn summary(ratio: &Table) -> Result<Table, TableError> {
    let at = |network: &str, variant: &str, layer: u64, column: &str| {
        let row = ratio.only("network", network).ok()?.only("variant", variant).ok()?.only("layer", layer);
        row.ok()?.number(column).ok()
    };
    let mean = |variant: &str, layer| at("unet", variant, layer, "ratio_mean").unwrap_or(f64::NAN);
    let fall = |variant: &str| mean(variant, UP) - mean(variant, WIDE);
    let highest = (1..=WIDE).map(|layer| (layer, mean("standard", layer)));
    let highest = highest.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, ratio)| ratio.is_finite());
    let ours = [
        ("unet_highest_layer", highest.map_or(f64::NAN, |(layer, _)| layer as f64)),
        ("unet_fall", fall("standard")),
        ("unet_rise_without_skips", -fall("skips_zeroed")),
        ("unet_up_units", mean("standard", UP)),
        ("unet_up_channels", at("unet", "standard", UP, "ratio_channel_mean").unwrap_or(f64::NAN)),
        ("unet_up_channels_predicted", of_four_means(mean("standard", UP))),
    ];
    Table::of_numbers("summary", ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four positions with sample means 4, 0, 0, 0 and no other variance: m² = 4, so r of the units is infinite; the
    /// channel has squared mean 1 and variance 3.
    #[test]
    fn four_means_become_one_mean_and_a_variance() {
        assert!((of_four_means(1e9) - (1.0f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(of_four_means(2.0), 0.5);
    }
}
