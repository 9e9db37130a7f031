//! Parameters of Section 2.

use ensemble::{Engine, InputLaw};
use experiment::{Count, List};

use crate::experiment::groups;

experiment::parameters! {
    /// Which networks are drawn, and how many: as deep as the paper's Fig. 1, with as many networks as the claims need to be
    /// decided, and with a width more and smaller errors under `paper`.
    pub struct Params {
        /// Laws of the independent input elements, each of mean square 1.
        laws: List<InputLaw> = { List::of(InputLaw::ALL) };
        /// Units per layer (n).
        widths: List<Count<4, 1_000_000>> = [30, 100], [100, 300, 1000], [100, 300, 1000, 3000];
        /// Layers of the deepest networks (L); narrow networks are followed only as far as their average over networks
        /// decides anything.
        depth: Count<1, 10_000> = 5, 50, 50;
        /// Networks of the width that spreads least, for each law; of the others as many more are drawn as they spread more.
        networks: Count<3, 10_000_000> = 400, 700, 2000;
        /// Input vectors of each network (T), in three groups for the three terms of Eq. 5; eight fill the vector registers,
        /// fewer cost as much.
        samples: Count<{ groups::FEWEST }, 10_000> = 8;
        /// How the weights are sampled: directly, on the device asked for, or exactly, on the processor.
        engine: Engine = { Engine::Exact };
    }
}
