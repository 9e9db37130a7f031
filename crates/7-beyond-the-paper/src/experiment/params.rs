//! Parameters of Section 7. Every comparison is made at the sizes listed here, all of them: none is chosen after a run.

use experiment::{Count, List};

/// Units in every layer.
pub type Width = Count<20, 1_000_000>;
/// Networks; a standard error needs two.
pub type Networks = Count<2, 100_000>;
/// Samples in a batch.
pub type Batch = Count<6, 10_000>;
/// Layers.
pub type Depth = Count<4, 2_000>;
/// Percent of the mean of each row of a weight matrix.
pub type Share = Count<1, 100>;

experiment::parameters! {
    /// What is computed, and how far.
    pub struct Params {
        /// Widths at which lengths and angles are followed.
        length_widths: List<Width> = [100, 1000], [100, 300, 1000, 3000], [30, 100, 300, 1000, 3000, 10000, 30000, 100000];
        /// Networks of the widest of them; narrower ones have as many more as they are narrower, up to a thousand.
        length_networks: Networks = 12, 130, 160;
        /// Samples whose lengths and angles are compared.
        length_samples: Batch = 20, 30, 30;
        /// Layers in which lengths and angles are followed.
        length_depth: Depth = 20, 50, 200;
        /// Widths with orthogonal weights besides.
        orthogonal_widths: List<Width, 0> = [300], [300, 1000], [300, 3000, 30000];
        /// Widths at which scale+bias initialisation runs away.
        runaway_widths: List<Width> = [300, 1000], [300, 1000, 3000], [300, 1000, 3000, 10000, 30000, 100000];
        /// Samples in the batch there.
        runaway_samples: List<Batch> = [25], [25, 100], [25, 100];
        /// Networks of the widest of them, four times as many for batches below 50; narrower ones have as many more as they
        /// are narrower, up to a thousand.
        runaway_networks: Networks = 5, 54, 101;
        /// Networks under the map of lengths that predicts it.
        map_networks: Networks = 101, 1001, 1001;
        /// Shares of the mean taken from every row, in percent.
        shares: List<Share> = [20, 100], [10, 20, 40, 70, 100], [5, 10, 20, 30, 40, 50, 70, 100];
        /// Widths at which their price is measured.
        price_widths: List<Width> = [500], [3000], [300, 3000, 10000];
        /// Networks for each.
        price_networks: Networks = 4, 27, 60;
        /// Batches whose statistics fresh samples use.
        batches: List<Batch> = [25, 50], [25, 50, 100, 200], [25, 50, 100, 200, 400, 800, 1600];
        /// Fresh samples.
        fresh: Count<2, 1_000> = 16;
        /// Width of these networks.
        evaluation_width: Width = 1000, 3000, 10000;
        /// Networks, up to batches of 400; an eighth of them beyond.
        evaluation_networks: Networks = 6, 17, 16;
        /// Batches at which the slopes of Fig. 3 are fitted.
        slope_batches: List<Batch> = [25, 50], [50, 100, 200], [50, 100, 200, 400, 800, 1600];
        /// Width of these networks; the paper's is 3000.
        slope_width: Width = 200, 3000, 3000;
        /// Networks, up to batches of 800; a fifth of them beyond.
        slope_networks: Networks = 6, 6, 30;
        /// Layers of these networks; the paper's are 50.
        slope_depth: Depth = 16, 50, 50;
    }
}
