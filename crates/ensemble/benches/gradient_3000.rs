//! The gradient at width 3000 and 100 samples, forward pass included, under three normalisations: against PyTorch's literal
//! computation on two threads with the weights shared among them, in milliseconds per network and layer for all
//! three normalisations together. Prints one line of JSON. `ratio` is the time of PyTorch's `loss.backward()`, as PyTorch does
//! it, over the exact engine's; `ratio gradient-lean` the same for a script that tells PyTorch to leave out the gradients
//! of the weights, which nobody looks at here.

mod peer;

use ensemble::{Config, Engine, Normalisation, Observables, Through};

fn main() {
    let observables = Observables::none().gradient(Through::Full);
    let normalised = |shape: Config| {
        Normalisation::ALL
            .iter()
            .map(|normalisation| Config { normalisation: *normalisation, ..shape.clone() })
            .collect::<Vec<_>>()
    };
    let shape = Config { width: 3000, depth: 50, networks: 2, ..Config::default() };
    let few = Config { engine: Engine::Direct, networks: 1, depth: 5, ..shape.clone() };
    let exact = || peer::milliseconds_per_layer(&normalised(shape.clone()), &observables);
    let direct = || peer::milliseconds_per_layer(&normalised(few.clone()), &observables);
    // Forwards as in the other bench; backwards the Gram matrix of the gradient, its triangular factor's product, and
    // the products with the weights' part in the space of the inputs, there and back.
    let (width, samples) = (shape.width as f64, shape.samples as f64);
    let triangle = width * samples * (samples + 1.0);
    let operations = 3.0 * (4.0 * triangle + 4.0 * width * samples * samples);
    peer::compare("ensemble/gradient-3000", &["gradient", "gradient-lean"], operations, exact, direct);
}
