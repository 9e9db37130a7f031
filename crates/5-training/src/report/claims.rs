//! Claims of Section 5.
//!
//! Replicates are seeds. Initialisations are compared in pairs of the same seed, each at its own fastest rate. A claim
//! about a panel that did not run is not measured, and neither is what the paper says of thousands of iterations in a
//! panel whose runs are shorter.

mod curves;
mod initial;
mod long;
mod misprints;
mod settings;

use datasets::Source;
use report::{Data, Measurement, Protocol, Register, Scale, TableError, Tables};

/// Why a measurement of what the paper found on real images leaves the verdict open.
const ON_A_STAND_IN: &str = "found on a stand-in, which says nothing of the real images";

/// Panels of Fig. 4.
const PANELS: usize = 4;

/// A loss is told from another by a hundredth of it, and so are parts of a mean square.
const A_HUNDREDTH: f64 = 0.01;

/// Learning rates searched for each optimiser.
const RATES: usize = 4;

/// Tasks in the order of the paper: name in tables and in protocols, with the sizes that a full experiment has at least.
/// The paper states no number of iterations, but speaks of ten thousand.
const TASKS: [(&str, [(&str, f64); 4]); 2] = [
    (
        "cifar",
        [("cifar_width", 1.0), ("cifar_side", 32.0), ("cifar_iterations", 10_000.0), ("cifar_seeds", 3.0)],
    ),
    ("isbi", [("isbi_width", 1.0), ("isbi_side", 512.0), ("isbi_iterations", 10_000.0), ("isbi_seeds", 3.0)]),
];

/// All measurements from the tables.
pub fn claims(tables: &Tables, _: &Register) -> Result<Vec<Measurement>, TableError> {
    let mut found = Vec::new();
    found.extend(initial::scale(tables)?);
    found.extend(initial::scale_bias(tables)?);
    found.extend(misprints::scale_statistic(tables)?);
    found.extend(misprints::bias_then_scale(tables)?);
    found.extend(curves::faster(tables)?);
    found.extend(curves::batch_norm(tables)?);
    found.extend(long::ratios_converge(tables)?);
    found.extend(long::gap_persists(tables)?);
    found.push(settings::protocol(tables)?);
    Ok(found)
}

/// Full when a task ran at the paper's sizes and with as many rates of each optimiser.
fn scale_of(tables: &Tables, tasks: &[&str]) -> Result<Scale, TableError> {
    let protocol = Protocol::of(tables)?;
    let mut full = protocol.number::<u64>("missing_runs")? == 0;
    for (_, sizes) in TASKS.iter().filter(|(task, _)| tasks.contains(task)) {
        full &= protocol.scale(sizes)? == Scale::Full;
    }
    for optimiser in protocol.word("optimisers")?.split(',') {
        full &= protocol.word(&format!("{optimiser}_rates"))?.split(',').count() >= RATES;
    }
    Ok(Scale::full_if(full))
}

/// Real when all of these tasks ran on real images.
fn data_of(tables: &Tables, tasks: &[&str]) -> Result<Data, TableError> {
    let protocol = Protocol::of(tables)?;
    let mut real = true;
    for task in tasks {
        real &= protocol.word(&format!("{task}_data"))? == Source::Real.as_str();
    }
    Ok(if real { Data::Real } else { Data::StandIn })
}

/// Adds scale and data of these tasks to a measurement of what the paper found on real images.
fn of_tasks(tables: &Tables, measurement: Measurement, tasks: &[&str]) -> Result<Measurement, TableError> {
    let data = data_of(tables, tasks)?;
    let measurement = measurement.at(scale_of(tables, tasks)?).on(data);
    Ok(if data == Data::Real { measurement } else { measurement.undecided(ON_A_STAND_IN) })
}

/// The tasks that ran, of those in the order of the paper.
fn ran(tables: &Tables) -> Result<Vec<&'static str>, TableError> {
    let known = tables.get("runs")?.distinct("task")?;
    Ok(TASKS.iter().map(|(task, _)| *task).filter(|task| known.iter().any(|other| other == task)).collect())
}

/// The iterations of the curves of a task; 0 where it has none yet.
fn iterations(tables: &Tables, task: &str) -> Result<f64, TableError> {
    Ok(Protocol::of(tables)?.word(&format!("{task}_iterations"))?.parse().unwrap_or(0.0))
}
