//! How much work runs are, for the time left. Kept apart from [`crate::experiment::runs`]: no result depends on it.

use crate::experiment::choices::Initialisation;
use crate::experiment::params::Params;
use crate::experiment::runs::{Run, at_chosen_rates};

/// Multiplications of a run's forward passes.
pub fn of(run: &Run) -> u64 {
    let of_image = run.task.blueprint(run.width_multiplier).and_then(|network| {
        let sizes = network.sizes(run.image())?;
        let layers = network.layers().iter().zip(sizes);
        Ok(layers.map(|(layer, size)| layer.fan_in() * size.units()).sum::<usize>())
    });
    run.iterations * (run.batch * of_image.unwrap_or(1)) as u64
}

/// Those of the runs that the outcomes of a search will call for. It does not depend on the rates that will be chosen.
pub fn ahead(params: &Params) -> u64 {
    const ANY: f64 = 1.0;
    let chosen: Vec<(Initialisation, f64)> =
        params.initialisations.iter().map(|initialisation| (*initialisation, ANY)).collect();
    let panels = params.tasks.iter().flat_map(|task| params.optimisers.iter().map(|rule| (*task, *rule)));
    panels.flat_map(|panel| at_chosen_rates(params, panel, &chosen)).map(|run| of(&run)).sum()
}
