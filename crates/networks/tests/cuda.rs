//! An NVIDIA card against the processor, in single precision: every operation with its gradients, whole networks, and
//! the same bits in every run. It is built with the feature `cuda` alone, and then needs a card.

#![allow(clippy::unwrap_used)]

mod observed;

use dfdx::tensor::{Cpu, Cuda};
use observed::{Values, operations};

/// Largest difference, in units of the largest number of a list.
const TOLERANCE: f32 = 1e-4;

fn card() -> Cuda {
    networks::cuda::set_up(0, 0).unwrap()
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
    agree(&operations(&card()), &operations(&Cpu::default()));
}

#[test]
fn networks_agree() {
    agree(&observed::networks(&card()), &observed::networks(&Cpu::default()));
}

#[test]
fn every_run_gives_the_same_bits() {
    let card = card();
    let bits = || {
        let values = observed::networks(&card).into_iter();
        values.flat_map(|(_, numbers)| numbers.into_iter().map(f32::to_bits)).collect::<Vec<_>>()
    };
    assert!(bits() == bits());
}
