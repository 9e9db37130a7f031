//! The kernels for a card against those for the processor: at odd sizes, and for every height of a tile.

use super::{Convolution, Padding, Window};
use crate::cuda::tests::{Case, agree};

#[test]
#[ignore = "needs a C++ compiler"]
fn kernels_agree() {
    for (maps, (outputs, height, width), stride, padding) in [
        ((2, 3, 5, 7), (5, 3, 3), 1, Padding::Reflect(1)),
        ((1, 70, 13, 11), (9, 3, 3), 2, Padding::Reflect(1)),
        ((3, 10, 6, 6), (130, 1, 1), 1, Padding::None),
        ((2, 17, 9, 8), (100, 5, 3), 3, Padding::Zero(2)),
        ((1, 2, 4, 3), (3, 7, 5), 1, Padding::Reflect(2)),
        ((1, 2, 7, 5), (3, 2, 4), 3, Padding::Reflect(3)),
        ((5, 3, 16, 17), (4, 3, 3), 1, Padding::Reflect(1)),
        ((9, 33, 1, 1), (7, 1, 1), 1, Padding::None),
    ] {
        let kernel = (outputs, maps.1, height, width);
        let shape = Convolution::new(maps, kernel, Window { stride, padding }).unwrap();
        let sizes = [maps.0 * maps.1 * maps.2 * maps.3, outputs * shape.fan_in(), outputs];
        agree(&[Case::of(shape, sizes)]);
    }
}
