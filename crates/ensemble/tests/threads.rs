//! Results are the same, bit by bit, for one, two and three threads, whichever way the work is divided.

#![allow(clippy::unwrap_used)]

use ensemble::{Description, Engine, Ensemble, Observe, Record, Setting, Through};

fn with_threads(threads: usize, ensemble: &Ensemble) -> Record {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| ensemble.run()).unwrap()
}

fn same(description: Description) {
    let observe =
        Observe::nothing().moments().pairs().signs().grams([2]).watch([1], [0, 3300]).tangents(2).fresh(3);
    let ensemble = Ensemble::new(description, observe.gradient(Through::Full)).unwrap();
    let one = with_threads(1, &ensemble);
    for threads in [2, 3] {
        assert!(one == with_threads(threads, &ensemble), "{threads} threads, {:?}", ensemble.description());
    }
}

/// Two chunks of units: one network divides over its layers' chunks, four over networks.
#[test]
fn threads_do_not_matter() {
    for engine in Engine::ALL {
        for (setting, networks) in [(Setting::Kaiming, 1), (Setting::ScaleBias, 4), (Setting::BatchNorm, 2)] {
            let shape =
                Description { width: 3500, depth: 2, samples: 20, networks, ..Description::default() };
            same(Description { engine: *engine, setting, ..shape });
        }
    }
}

/// A network is the same whether others run beside it or not, and whichever depth follows.
#[test]
fn networks_do_not_depend_on_their_neighbours() {
    let description =
        Description { width: 200, depth: 3, samples: 10, networks: 5, ..Description::default() };
    let run = |description: &Description| {
        Ensemble::new(description.clone(), Observe::nothing().moments().pairs())
            .unwrap()
            .run()
            .unwrap()
            .networks
    };
    let five = run(&description);
    assert!(five[..2] == run(&Description { networks: 2, ..description.clone() }));
    let deeper = run(&Description { depth: 4, ..description.clone() });
    assert!(five.iter().zip(&deeper).all(|(shallow, deep)| shallow.layers[..] == deep.layers[..4]));
    assert!(five != run(&Description { seed: 1, ..description }));
}
