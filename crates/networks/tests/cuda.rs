//! An NVIDIA card against the processor, in single precision: every operation with its gradients, whole networks, and
//! the same bits in every run. Where there is no card, or the crate is built without one, this says so.

#![allow(clippy::unwrap_used)]

#[cfg(not(feature = "cuda"))]
#[test]
fn card_agrees_with_processor() {
    eprintln!("skipped: built without a card (cargo test -p networks --features cuda --test cuda)");
}

#[cfg(feature = "cuda")]
mod observed;

#[cfg(feature = "cuda")]
mod with_card {
    use crate::observed::{Values, networks, operations};
    use dfdx::tensor::{Cpu, Cuda};

    /// Largest difference, in units of the largest number of a list.
    const TOLERANCE: f32 = 1e-4;

    fn card() -> Option<Cuda> {
        let found = ::networks::cuda::set_up(0, 0);
        found.map_err(|failure| eprintln!("skipped: {failure}")).ok()
    }

    fn agree(on_card: &[Values], on_processor: &[Values]) {
        assert_eq!(on_card.len(), on_processor.len());
        for ((what, found), (_, expected)) in on_card.iter().zip(on_processor) {
            assert_eq!(found.len(), expected.len(), "{what}");
            let scale = expected.iter().fold(0.0, |largest: f32, next| largest.max(next.abs()));
            for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                let near = (found - expected).abs() <= TOLERANCE * scale;
                assert!(near, "{what}, number {index}: {found} on the card, {expected} on the processor");
            }
        }
    }

    #[test]
    fn operations_agree() {
        let Some(card) = card() else { return };
        agree(&operations(&card), &operations(&Cpu::default()));
    }

    #[test]
    fn networks_agree() {
        let Some(card) = card() else { return };
        agree(&networks(&card), &networks(&Cpu::default()));
    }

    #[test]
    fn every_run_gives_the_same_bits() {
        let Some(card) = card() else { return };
        let bits = || {
            let values = networks(&card).into_iter();
            values.flat_map(|(_, numbers)| numbers.into_iter().map(f32::to_bits)).collect::<Vec<_>>()
        };
        assert!(bits() == bits());
    }
}
