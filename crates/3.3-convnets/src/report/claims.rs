//! Claims of Section 3.3.
//!
//! Replicates are initialisations, each with weights and images of its own; variants of one initialisation share both, so
//! that differences between variants and between layers are paired. All comparisons of a claim are judged
//! simultaneously. On a stand-in nothing is decided: what is found there is not about the images of the paper.

mod allcnn;
mod protocol;
mod ratios;
mod unet;
mod variance;

use datasets::Source;
use report::{Data, Measurement, Protocol, Register, Scale, TableError, Tables};

use ratios::Ratios;

/// The paper's sizes.
const ALL_CNN: [(&str, f64); 2] =
    [("allcnn_initialisations", INITIALISATIONS as f64), ("allcnn_width", 96.0)];
const U_NET: [(&str, f64); 3] =
    [("unet_initialisations", INITIALISATIONS as f64), ("unet_width", 64.0), ("unet_side", 512.0)];
/// Ratios are told from each other, and from a prediction, by a tenth of what a wide fully connected network has there.
const A_TENTH: f64 = 0.1;
/// The paper's number of initialisations.
const INITIALISATIONS: usize = 30;
/// Why nothing is decided without the real images.
const ON_A_STAND_IN: &str = "found on a stand-in, which says nothing of the real images";

/// All measurements from the tables.
pub fn claims(tables: &Tables, _: &Register) -> Result<Vec<Measurement>, TableError> {
    let ratios = Ratios::of(tables)?;
    let mut found = vec![protocol::architectures(tables)?];
    if ratios.has("allcnn") {
        found.push(allcnn::increases(tables, &ratios)?);
        found.push(allcnn::last_above(tables, &ratios)?);
    }
    if ratios.has("unet") {
        found.push(unet::peak(tables, &ratios)?);
        found.push(unet::above(tables, &ratios)?);
        found.push(unet::pooling_raises(tables, &ratios)?);
    }
    // Both are about both networks.
    if ratios.has("allcnn") && ratios.has("unet") {
        found.push(variance::decays(tables)?);
        found.push(variance::scaling_breaks(tables)?);
    }
    Ok(found)
}

/// Adds scale and data of a network to a measurement, and leaves it undecided on a stand-in. `sizes` are the paper's.
fn of_network(
    tables: &Tables,
    network: &str,
    sizes: &[(&str, f64)],
    measurement: Measurement,
) -> Result<Measurement, TableError> {
    let protocol = Protocol::of(tables)?;
    let real = protocol.word(&format!("{network}_data"))? == Source::Real.as_str();
    let measurement = measurement.at(protocol.scale(sizes)?);
    Ok(if real { measurement.on(Data::Real) } else { measurement.on(Data::StandIn).undecided(ON_A_STAND_IN) })
}

/// A measurement of ALL-CNN-C.
fn of_all_cnn(tables: &Tables, measurement: Measurement) -> Result<Measurement, TableError> {
    of_network(tables, "allcnn", &ALL_CNN, measurement)
}

/// A measurement of U-Net.
fn of_u_net(tables: &Tables, measurement: Measurement) -> Result<Measurement, TableError> {
    of_network(tables, "unet", &U_NET, measurement)
}

/// A measurement of both: on real images where no network that ran saw a stand-in, and full where both ran in full.
fn of_both(tables: &Tables, measurement: Measurement) -> Result<Measurement, TableError> {
    let protocol = Protocol::of(tables)?;
    let real = |setting| protocol.word(setting).map_or(true, |data| data == Source::Real.as_str());
    let real = real("allcnn_data") && real("unet_data");
    let full = |sizes| protocol.scale(sizes).is_ok_and(|scale| scale == Scale::Full);
    let full = real && full(&ALL_CNN) && full(&U_NET);
    Ok(measurement.at(Scale::full_if(full)).on(if real { Data::Real } else { Data::StandIn }))
}
