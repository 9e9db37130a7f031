//! The forward pass at width 3000 and 100 samples: the exact engine and the direct engine against PyTorch's literal
//! computation on two threads, all in milliseconds per network and layer. Prints one line of JSON; `ratio` is PyTorch's
//! time over the exact engine's.

mod peer;

use ensemble::{Config, Engine, Observables};

fn main() {
    let observables = Observables::none().moments();
    let config = Config { width: 3000, depth: 50, networks: 4, ..Config::default() };
    let exact = || peer::milliseconds_per_layer(std::slice::from_ref(&config), &observables);
    let direct = || {
        let few = Config { engine: Engine::Direct, networks: 1, depth: 5, ..config.clone() };
        peer::milliseconds_per_layer(std::slice::from_ref(&few), &observables)
    };
    // The product with a triangular factor, and the Gram matrix of the next layer: either is a triangle.
    let (width, samples) = (config.width as f64, config.samples as f64);
    let operations = 2.0 * width * samples * (samples + 1.0);
    peer::compare("ensemble/forward-3000", &["forward"], operations, exact, direct);
}
