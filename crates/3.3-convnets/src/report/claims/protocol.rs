//! The networks as they were built.

use report::{Check, Measurement, Protocol, TableError, Tables};

use super::of_both;

/// What the paper states of them.
const STATED: [&str; 14] = [
    "allcnn_dataset",
    "allcnn_convolutions",
    "allcnn_global_poolings",
    "allcnn_fully_connected",
    "allcnn_padding",
    "cifar_image",
    "cifar_classes",
    "unet_dataset",
    "unet_convolutions",
    "unet_max_poolings",
    "unet_skips",
    "unet_padding",
    "isbi_image",
    "initialisations",
];

/// Layers and steps counted in the networks that ran, and the images that they saw.
pub(super) fn architectures(tables: &Tables) -> Result<Measurement, TableError> {
    let protocol = Protocol::of(tables)?;
    // A network that did not run has no settings: the judge then says which one was not read back.
    let checks: Vec<Check> = STATED.iter().filter_map(|setting| protocol.check(setting).ok()).collect();
    let found = Measurement::new("3.3.architectures", checks).table("protocol");
    let parameters = ["allcnn_parameters", "unet_parameters"].map(|setting| protocol.word(setting));
    let note = match parameters {
        [Ok(all_cnn), Ok(u_net)] => {
            format!(
                "parameters as built: {all_cnn} and {u_net}; the 23 convolutions of U-Net include 4 up-convolutions"
            )
        }
        _ => "one of the networks did not run".to_owned(),
    };
    of_both(tables, found.source(file!(), "architectures").note(note))
}
