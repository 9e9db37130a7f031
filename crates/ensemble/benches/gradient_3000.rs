//! The backward pass at width 3000 and 100 samples, forward pass included, in three settings: against PyTorch's literal
//! computation on two threads with weights shared among the settings. Milliseconds per network and layer for all three
//! settings together. Prints one line of JSON; `ratio` is PyTorch's time over the exact engine's.

mod peer;

use ensemble::{Description, Engine, Observe, Setting, Through};

fn main() {
    let observe = Observe::nothing().gradient(Through::Full);
    let settings = |shape: Description| {
        Setting::ALL
            .iter()
            .map(|setting| Description { setting: *setting, ..shape.clone() })
            .collect::<Vec<_>>()
    };
    let shape = Description { width: 3000, depth: 50, networks: 2, ..Description::default() };
    let few = Description { engine: Engine::Direct, networks: 1, depth: 5, ..shape.clone() };
    let exact = || peer::milliseconds_per_layer(&settings(shape.clone()), &observe);
    let direct = || peer::milliseconds_per_layer(&settings(few.clone()), &observe);
    peer::compare("ensemble/gradient-3000", "gradient", 10, exact, direct);
}
