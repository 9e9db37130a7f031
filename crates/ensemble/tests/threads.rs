//! Results are the same, bit by bit, for one, two and three threads, whichever way the work is divided.

#![allow(clippy::unwrap_used)]

use ensemble::{Config, Engine, Ensemble, Normalisation, Observables, Record, Through};

fn with_threads(threads: usize, ensemble: &Ensemble) -> Record {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| ensemble.run()).unwrap()
}

fn same(config: Config) {
    let observables =
        Observables::none().moments().pairs().signs().grams([2]).watch([1], [0, 3300]).tangents(2).fresh(3);
    let ensemble = Ensemble::new(config, observables.gradient(Through::Full)).unwrap();
    let one = with_threads(1, &ensemble);
    for threads in [2, 3] {
        assert!(one == with_threads(threads, &ensemble), "{threads} threads, {:?}", ensemble.config());
    }
}

/// Two chunks of units: one network divides over its layers' chunks, four over networks.
#[test]
fn threads_do_not_matter() {
    for engine in Engine::ALL {
        for (normalisation, networks) in
            [(Normalisation::Kaiming, 1), (Normalisation::ScaleBias, 4), (Normalisation::BatchNorm, 2)]
        {
            let shape = Config { width: 3500, depth: 2, samples: 20, networks, ..Config::default() };
            same(Config { engine: *engine, normalisation, ..shape });
        }
    }
}

/// A network is the same whether others run beside it or not, and whichever depth follows.
#[test]
fn networks_do_not_depend_on_their_neighbours() {
    let config = Config { width: 200, depth: 3, samples: 10, networks: 5, ..Config::default() };
    let run = |config: &Config| {
        Ensemble::new(config.clone(), Observables::none().moments().pairs()).unwrap().run().unwrap().networks
    };
    let five = run(&config);
    assert!(five[..2] == run(&Config { networks: 2, ..config.clone() }));
    let deeper = run(&Config { depth: 4, ..config.clone() });
    assert!(five.iter().zip(&deeper).all(|(shallow, deep)| shallow.layers[..] == deep.layers[..4]));
    assert!(five != run(&Config { seed: 1, ..config }));
}
