//! The eight ways to lay a square onto itself: rotations by multiples of 90°, each with and without a reflection. Images
//! of sections through tissue have no preferred direction, so that each of them is as good an example.

use rand::Rng;

/// A rotation by a multiple of 90°, after a reflection or without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Symmetry {
    /// Anticlockwise quarter turns, 0 to 3, after the reflection.
    quarter_turns: u8,
    /// Whether left and right are exchanged.
    reflected: bool,
}

impl Symmetry {
    /// Leaves everything where it is.
    pub const IDENTITY: Self = Self { quarter_turns: 0, reflected: false };

    /// All eight, the identity first.
    pub const ALL: [Self; 8] = {
        let mut all = [Self::IDENTITY; 8];
        let mut index = 0;
        while index < 8 {
            all[index] = Self { quarter_turns: index as u8 / 2, reflected: index % 2 == 1 };
            index += 1;
        }
        all
    };

    /// One of the eight, all with equal probability.
    pub(crate) fn draw(draw: &mut impl Rng) -> Self {
        Self::ALL[draw.random_range(0..Self::ALL.len())]
    }

    /// Where the element at row and column comes from, `last` being the last row and column.
    fn origin(self, [row, column]: [usize; 2], last: usize) -> [usize; 2] {
        let [row, column] =
            (0..self.quarter_turns).fold([row, column], |[row, column], _| [column, last - row]);
        [row, if self.reflected { last - column } else { column }]
    }

    /// The square image, `side` elements along each side, turned and reflected.
    pub fn apply<T: Copy>(self, image: &[T], side: usize) -> Vec<T> {
        if self == Self::IDENTITY {
            return image.to_vec();
        }
        let last = side.saturating_sub(1);
        let place = |at: [usize; 2]| {
            let [row, column] = self.origin(at, last);
            row * side + column
        };
        // Places depend linearly on row and column, so that a row is a walk of equal steps.
        let step = place([0, last.min(1)]).wrapping_sub(place([0, 0]));
        let mut out = Vec::with_capacity(side * side);
        for row in 0..side {
            let first = place([row, 0]);
            out.extend((0..side).map(|column| image[first.wrapping_add(column.wrapping_mul(step))]));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_is_anticlockwise_and_a_reflection_exchanges_left_and_right() {
        let image = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        let turned = Symmetry { quarter_turns: 1, reflected: false }.apply(&image, 3);
        assert_eq!(turned, [3, 6, 9, 2, 5, 8, 1, 4, 7]);
        let reflected = Symmetry { quarter_turns: 0, reflected: true }.apply(&image, 3);
        assert_eq!(reflected, [3, 2, 1, 6, 5, 4, 9, 8, 7]);
        let both = Symmetry { quarter_turns: 1, reflected: true }.apply(&image, 3);
        assert_eq!(both, Symmetry { quarter_turns: 1, reflected: false }.apply(&reflected, 3));
    }

    /// Closure, inverses and eight different elements: with the identity among them, a group.
    #[test]
    fn the_eight_are_the_group_of_the_square() {
        for side in [2, 3, 8] {
            let image: Vec<usize> = (0..side * side).collect();
            let images = Symmetry::ALL.map(|symmetry| symmetry.apply(&image, side));
            for (number, one) in images.iter().enumerate() {
                assert!(!images[..number].contains(one), "two of them do the same");
                let products = Symmetry::ALL.map(|symmetry| symmetry.apply(one, side));
                assert!(products.iter().all(|product| images.contains(product)), "the product is another");
                assert_eq!(products.iter().filter(|product| **product == image).count(), 1, "one inverse");
            }
        }
        let turn = |image: &[usize]| Symmetry { quarter_turns: 1, reflected: false }.apply(image, 3);
        let image: Vec<usize> = (0..9).collect();
        assert_eq!(turn(&turn(&turn(&turn(&image)))), image);
    }

    #[test]
    fn the_smallest_images() {
        for symmetry in Symmetry::ALL {
            assert_eq!(symmetry.apply(&[7], 1), [7]);
            assert!(symmetry.apply::<u8>(&[], 0).is_empty());
        }
    }
}
