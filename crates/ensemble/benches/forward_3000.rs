//! The forward pass at width 3000 and 100 samples: the exact engine and the direct engine against PyTorch's literal
//! computation on two threads, all in milliseconds per network and layer. Prints one line of JSON; `ratio` is PyTorch's
//! time over the exact engine's.

mod peer;

use ensemble::{Description, Engine, Observe};

fn main() {
    let observe = Observe::nothing().moments();
    let description = Description { width: 3000, depth: 50, networks: 4, ..Description::default() };
    let exact = || peer::milliseconds_per_layer(std::slice::from_ref(&description), &observe);
    let direct = || {
        let few = Description { engine: Engine::Direct, networks: 1, depth: 5, ..description.clone() };
        peer::milliseconds_per_layer(std::slice::from_ref(&few), &observe)
    };
    peer::compare("ensemble/forward-3000", &["forward"], exact, direct);
}
