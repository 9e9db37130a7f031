//! What ran, read back from the networks as they were built.

use datasets::Source;
use report::{Protocol, Table, TableError};

use super::Series;
use crate::experiment::architecture::{Architecture, Variant};
use crate::experiment::runs::PADDING;

/// The settings of Fig. 2 middle and right.
pub(super) fn protocol(all: &[Series]) -> Result<Table, TableError> {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let mut initialisations: Vec<String> = Vec::new();
    for series in all.iter().filter(|series| series.variant == Variant::Standard) {
        let kinds = |kind: &str| series.built.kinds.iter().filter(|other| other.as_str() == kind).count();
        // The paper's 23 convolutions of U-Net include its up-convolutions.
        let convolutions = (kinds("convolution") + kinds("up-convolution")).to_string();
        let [height, width, channels] = series.built.image;
        let data = series.source.as_str().to_owned();
        let set = |name: &str| if series.source == Source::Real { name.to_owned() } else { data.clone() };
        let count = series.curves.len().to_string();
        let (images, parameters) = (series.run.images.to_string(), series.built.parameters.to_string());
        let base_width = series.run.base_width.to_string();
        match series.network {
            Architecture::AllCnn => rows.extend([
                ("allcnn_dataset", set("cifar10")),
                ("allcnn_convolutions", convolutions),
                ("allcnn_global_poolings", series.built.global_poolings.to_string()),
                ("allcnn_fully_connected", kinds("fully connected").to_string()),
                ("allcnn_padding", PADDING.to_owned()),
                ("cifar_image", format!("{height},{width},{channels}")),
                ("cifar_classes", series.built.classes.to_string()),
                ("allcnn_parameters", parameters),
                ("allcnn_width", base_width),
                ("allcnn_images", images),
                ("allcnn_initialisations", count.clone()),
                ("allcnn_data", data),
            ]),
            Architecture::UNet => rows.extend([
                ("unet_dataset", set("isbi2012")),
                ("unet_convolutions", convolutions),
                ("unet_max_poolings", series.built.max_poolings.to_string()),
                ("unet_skips", if series.built.skips > 0 { "yes" } else { "no" }.to_owned()),
                ("unet_padding", PADDING.to_owned()),
                ("isbi_image", format!("{height},{width}")),
                ("unet_side", height.to_string()),
                ("unet_parameters", parameters),
                ("unet_width", base_width),
                ("unet_images", images),
                ("unet_initialisations", count.clone()),
                ("unet_data", data),
            ]),
        }
        if !initialisations.contains(&count) {
            initialisations.push(count);
        }
    }
    rows.push(("initialisations", initialisations.join(",")));
    Protocol::table(&rows)
}
