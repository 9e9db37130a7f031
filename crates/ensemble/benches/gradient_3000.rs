//! The gradient at width 3000 and 100 samples, forward pass included, in three settings: against PyTorch's literal
//! computation on two threads with the weights shared among the settings, in milliseconds per network and layer for all
//! three settings together. Prints one line of JSON. `ratio` is the time of PyTorch's `loss.backward()`, as PyTorch does
//! it, over the exact engine's; `ratio gradient-lean` the same for a script that tells PyTorch to leave out the gradients
//! of the weights, which nobody looks at here.

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
    peer::compare("ensemble/gradient-3000", &["gradient", "gradient-lean"], exact, direct);
}
