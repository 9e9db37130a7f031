//! §5.1 and §5.2: the settings that ran.

use report::{Check, Measurement, Protocol, Scale, TableError, Tables};

use super::{data_of, ran, scale_of};

/// The settings that the paper states, by their names in the protocol.
const STATED: [&str; 16] = [
    "settings",
    "init_minibatches",
    "init_epsilon",
    "sgd_momentum",
    "sgd_rates",
    "adam_beta1",
    "adam_beta2",
    "adam_epsilon",
    "adam_rates",
    "rate_choice",
    "seeds",
    "cifar_architecture",
    "cifar_zero_padding",
    "cifar_crop",
    "isbi_architecture",
    "isbi_augmentation",
];

/// Every setting as it ran. An experiment without one of the tasks is a smaller one.
pub(super) fn protocol(tables: &Tables) -> Result<Measurement, TableError> {
    let protocol = Protocol::of(tables)?;
    let checks = STATED.iter().map(|setting| protocol.check(setting)).collect::<Result<Vec<Check>, _>>()?;
    let tasks = ran(tables)?;
    let scale = if tasks.len() < 2 { Scale::Reduced } else { scale_of(tables, &tasks)? };
    let found =
        Measurement::new("5.protocol", checks).at(scale).on(data_of(tables, &tasks)?).table("protocol");
    Ok(found.source(file!(), "protocol").note("the table of choices has what the paper does not state"))
}
